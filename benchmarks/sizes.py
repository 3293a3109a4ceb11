"""How time, memory and disk grow with the cache: the same questions of caches of several sizes."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from generate import A_DAY, MANIFEST, generate, observations, source_texts
from measure import Command, Timing, asked, manifest_of, timed
from terms import OTHERS, TERMS, rules_of

from papertriage.index import schema
from papertriage.index.index import Index
from papertriage.store.log import encode_line
from papertriage.store.segments import segments

EDITS = ("privacy budget", "privacy loss", "differential privacy", "privacy risk", "privacy policy")
SEARCHES = ("graph neural network", '"chain of thought" reasoning', "superconductivty")
LONG = 20.0
"""What takes more seconds is not repeated."""


def cache(work: Path, papers: int, corpus: Path | None) -> Path:
    """Give a cache of some size, with rules; made if it is not there."""
    home = work / f"cache-{papers}"
    if not (home / MANIFEST).exists():
        print(f"making a cache of {papers:,} papers", file=sys.stderr)
        generate(home, papers, dt.datetime.now(dt.UTC).date(), corpus)
    write_rules(home, TERMS)
    return home


def write_rules(home: Path, terms: Sequence[str]) -> None:
    """Make these the rules of a cache."""
    (home / "rules.yaml").write_text(rules_of(terms), encoding="utf-8")


def day_of(home: Path) -> list[str]:
    """Give the option that makes the cache's last day today, where it is not."""
    newest = manifest_of(home).newest
    return [] if newest == dt.datetime.now(dt.UTC).date() else ["--as-of", newest.isoformat()]


def since(home: Path) -> Command:
    """Ask for the papers of a week."""
    return asked(home, "list", "--since", "7d", *day_of(home))


def everything(home: Path) -> Command:
    """Ask for the best of all papers."""
    return asked(home, "list", "--all", "--limit", "50")


_BUILD = (
    "import sys; from pathlib import Path; from papertriage.index.index import Index; Index(Path(sys.argv[1])).close()"
)


def bring_up_to_date(home: Path) -> Timing:
    """Make the index, or bring it up to date."""
    return timed([Command((sys.executable, "-c", _BUILD, str(home)))], 1, warm=0)[0]


def of_one(home: Path, runs: int) -> dict[str, Any]:
    """Measure what changes the index of one cache, beginning with none."""
    schema.remove(home / schema.FILE_NAME)
    found: dict[str, Any] = {"log_bytes": sum(path.stat().st_size for path in segments(home / "papers"))}
    found["build"] = bring_up_to_date(home)
    found["index_bytes"] = (home / schema.FILE_NAME).stat().st_size
    found["since_new"] = timed([since(home)], 1, warm=0)[0]  # the terms are new, too
    _forget_hits(home)
    new = [timed([everything(home)], 1, warm=0)[0]]
    if new[0].seconds < LONG and runs > 1:
        write_rules(home, OTHERS)
        new.append(timed([everything(home)], 1, warm=0)[0])
    found["new"] = median_of(new)
    found["edited"] = median_of([_edited(home, term) for term in EDITS[: max(1, runs // 2)]])
    write_rules(home, TERMS)
    timed([everything(home)], 1, warm=0)
    found["hits_bytes"] = (home / schema.FILE_NAME).stat().st_size - found["index_bytes"]
    return found


def _forget_hits(home: Path) -> None:
    with Index(home) as index, index.writing():  # an index that was written to by others would be made anew
        index.db.execute("DELETE FROM hits")
        index.db.execute("DELETE FROM terms")


def _edited(home: Path, term: str) -> Timing:
    write_rules(home, [*TERMS[:-1], term])
    return timed([everything(home)], 1, warm=0)[0]


def median_of(timings: Sequence[Timing]) -> Timing:
    """Give the median of several timings of one thing."""
    seconds = [one.seconds for one in timings]
    return Timing(
        median(seconds),
        (min(seconds), max(seconds)),
        max(one.rss for one in timings),
        len(timings),
    )


def of_all(homes: Sequence[Path], runs: int, *, search: bool) -> list[dict[str, Any]]:
    """Measure what only reads, of all caches in turn: so what slows the machine slows all of them."""
    found: list[dict[str, Any]] = [{} for _ in homes]
    for one, timing in zip(found, timed([since(home) for home in homes], runs, warm=2), strict=True):
        one["since"] = timing
    for one, timing in zip(found, timed([everything(home) for home in homes], max(3, runs // 3)), strict=True):
        one["unchanged"] = timing
    for query in SEARCHES if search else ():
        for one, timing in zip(found, timed([asked(home, "search", query) for home in homes], 3), strict=True):
            one.setdefault("search", {})[query] = timing
    return found


def after_a_fetch(home: Path, corpus: Path | None) -> Timing:
    """Time the first list after a day's papers have come; the log is put back as it was, and the index removed."""
    manifest = manifest_of(home)
    texts, _ = source_texts(corpus, A_DAY)
    path = segments(home / "papers")[-1]
    size = path.stat().st_size
    with path.open("ab") as file:
        for _, one in islice(observations(iter(texts), A_DAY, manifest.newest), A_DAY):
            kind, _, number = one.id.partition(".")
            arxiv = f"{kind.removeprefix('arxiv:')}.{int(number) + 60_000:05d}"
            again = msgspec.structs.replace(one, id=f"arxiv:{arxiv}", ids={"arxiv": (arxiv,)}, source="arxiv-rss")
            file.write(encode_line(again) + b"\n")
    try:
        return timed([since(home)], 1, warm=0)[0]
    finally:
        with path.open("ab") as file:
            file.truncate(size)
        schema.remove(home / schema.FILE_NAME)
