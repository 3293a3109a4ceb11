"""What `rules suggest` is worth: the order of the papers not yet decided on, before and after its patch.

    python benchmarks/suggest.py ../shared/labelled

For each set of screening decisions (a CSV as in ASReview's data sets, with `label_included`): the rules are one topic
with one term; the sixty papers that they rank highest are decided on by their labels; the suggestion is applied as a
patch, and the other papers are ranked under the patched text. All of it runs through what the commands run through.

Average precision is taken over the papers not decided on, in the order in which `list --all` shows them: of papers
with equal scores the newer first, then by id. As the ids have nothing to do with the labels, that is a fair draw.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from papertriage.findings import Suggested
from papertriage.model import Decision
from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.importing import import_file
from papertriage.pipeline.listing import Query, listing
from papertriage.pipeline.suggesting import suggest
from papertriage.rules.load import check_rules
from papertriage.store.decisions import Decisions
from papertriage.store.log import Log

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)

STARTER = "version: 1\ntopics:\n  - name: review\n    any:\n      - {term}\n"


def average_precision(order: Sequence[str], wanted: Collection[str]) -> float:
    """Give the mean precision at the ranks of the wanted."""
    found = 0
    total = 0.0
    for rank, paper in enumerate(order, start=1):
        if paper in wanted:
            found += 1
            total += found / rank
    return total / len(wanted) if wanted else 0.0


def order_of(folder: Path, rules: Path) -> list[str]:
    """Give the ids in the order of `list --all`; papers that the rules exclude come last."""
    cached = read_cache(folder)
    query = Query(as_of=NOW.date(), everything=True, limit=None)
    shown = [row.paper.id for row in listing(cached, check_rules(rules)[0], query).rows]
    return shown + sorted({paper.id for paper in cached.papers} - set(shown))


def measure(
    file: Path, term: str, folder: Path, *, decided: int, label: str
) -> tuple[int, int, int, float, float, Suggested]:
    """Decide, suggest, apply and rank one set.

    Returns:
        how many of the decided and of the other papers are wanted, the number of papers, average precision before
        and after, and what was suggested.
    """
    log = Log(folder)
    import_file(file, log, source=None, now=lambda: NOW)
    rules = folder / "rules.yaml"
    rules.write_text(STARTER.format(term=term), encoding="utf-8")
    order = order_of(folder, rules)
    papers = {paper.id: paper for paper in read_cache(folder).papers}
    wanted = {name for name, paper in papers.items() if paper.extra.get(label) == 1}
    first, rest = order[:decided], order[decided:]
    Decisions(folder).append(
        [Decision(at=NOW, ids=papers[name].aliases, state="star" if name in wanted else "skip") for name in first]
    )
    cached = read_cache(folder)
    suggested = suggest(rules, [(paper, cached.state(paper)[0]) for paper in cached.papers], as_of=NOW.date())
    rules.write_text(suggested.after, encoding="utf-8")
    left = wanted & set(rest)
    after = [name for name in order_of(folder, rules) if name in set(rest)]
    return (
        len(wanted & set(first)), len(left), len(order),
        average_precision(rest, left), average_precision(after, left), suggested,
    )  # fmt: skip


def terms_of(folder: Path) -> dict[str, str]:
    """Read the first term of each set from the last column of the table in the folder's README."""
    rows = re.findall(
        r"^\| *(\w+) *\|.*\| *([^|\n]+?) *\|$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name: term for name, term in rows if name != "set"}


def main() -> None:
    """Measure every set, and print a table."""
    parser = argparse.ArgumentParser(description="Average precision before and after `rules suggest`.")
    parser.add_argument("folder", type=Path, help="labelled sets, with the first term of each in README.md")
    parser.add_argument("--decided", type=int, default=60, help="papers decided on (60)")
    parser.add_argument("--label", default="label_included", help="the column that says what is wanted")
    parser.add_argument("--show", action="store_true", help="print the patches too")
    options = parser.parse_args()
    print("| set | papers | wanted among the decided | wanted among the others | before | after | changes |")
    print("|---|---|---|---|---|---|---|")
    for name, term in sorted(terms_of(options.folder).items()):
        with tempfile.TemporaryDirectory() as folder:
            inside, left, papers, before, after, suggested = measure(
                options.folder / f"{name}.csv.gz", term, Path(folder), decided=options.decided, label=options.label
            )
        if not inside + left:
            continue  # a review without this label
        count = len(suggested.learned.suggestions)
        print(f"| {name} | {papers} | {inside} | {left} | {before:.3f} | {after:.3f} | {count} |", flush=True)
        if options.show:
            print(suggested.patch)


if __name__ == "__main__":
    main()
