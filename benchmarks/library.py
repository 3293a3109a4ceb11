"""Ranking by library call: 20,000 papers under 50 fuzzy terms, with papertriage and with what else one would use.

    python library.py HOME RUNS [PYTHON-WITH-BM25S]

Everything is told of the same texts and the same terms, in one process; prints JSON. papertriage and the loop are
timed in turn, round by round, the others after them.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gold import Pair, judge, judged, pairs
from measure import HERE, Work, in_turn, manifest_of, once, times
from rapidfuzz import fuzz
from terms import EDITED, TERMS, edited, rules_of

from papertriage.index.index import Index
from papertriage.lexicon import load_lexicon
from papertriage.match.hits import hits as definition
from papertriage.match.kept import KeptHits
from papertriage.model import Paper
from papertriage.pipeline.indexed import indexed_listing
from papertriage.pipeline.listing import Query
from papertriage.pipeline.scoring import Scorer
from papertriage.rules.load import loads_rules
from papertriage.rules.terms import Rules
from papertriage.store.decisions import States
from papertriage.store.log import Log

CUTOFF = 88


# -- papertriage ----------------------------------------------------------------------------------------------


def rank_all(index: Index, rules: Rules, day: dt.date) -> list[int]:
    """Score all papers and give their places in order; what was found is kept."""
    docs = index.docs()
    kept = KeptHits(index, rules)
    cents = Scorer(index, kept, rules, as_of=day).scores(docs).cents
    order = sorted(range(len(cents)), key=cents.__getitem__, reverse=True)
    kept.save()
    return order


def forget(index: Index, *, which: str = "%") -> None:
    """Drop what is kept of some terms."""
    with index.writing():
        numbers = [row[0] for row in index.db.execute("SELECT number FROM terms WHERE definition LIKE ?", (which,))]
        for number in numbers:
            index.db.execute("DELETE FROM hits WHERE term = ?", (number,))
            index.db.execute("DELETE FROM terms WHERE number = ?", (number,))


def ours_and_loop(home: Path, texts: Sequence[str], runs: int) -> tuple[dict[str, Any], float]:
    """Time papertriage over a warm index, and in turn with it the loop."""
    day = manifest_of(home).newest
    rules, other = loads_rules(rules_of(TERMS)), loads_rules(rules_of(edited(TERMS)))
    query = Query(as_of=day, everything=True)
    lower = [term.lower() for term in TERMS]
    with Index(home) as index:
        forget(index)
        cold, _ = once(lambda: rank_all(index, rules, day))

        def rank() -> None:
            rank_all(index, rules, day)

        def show() -> None:
            indexed_listing(index, States(), rules, query)

        def edit() -> None:
            forget(index, which=f"%{EDITED.split()[1]}%")

        found = in_turn(
            {
                "loop": Work(lambda: loop(texts, lower)),
                "new": Work(rank, before=lambda: forget(index)),
                "unchanged": Work(rank, before=rank),
                "edited": Work(lambda: rank_all(index, other, day), before=edit),
                "listed": Work(show, before=show),
            },
            runs,
        )
        seconds = found.pop("loop")
        return {"papers": index.size, "vocabulary": len(index.keys), "cold": cold, **found}, seconds


def gold_of_ours(gold: Sequence[Pair]) -> list[bool]:
    """Say which pairs papertriage takes, at its defaults."""
    text = "version: 1\ntopics:\n" + "".join(
        f"  - {{name: t{number}, any: [{json.dumps(pair.term, ensure_ascii=False)}]}}\n"
        for number, pair in enumerate(gold)
    )
    rules = loads_rules(text)
    taken = []
    for number, pair in enumerate(gold):
        now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        paper = Paper(id="x:1", title="", abstract=pair.text, day=now.date(), first_seen=now)
        topics = {hit.topic for hit in definition(paper, rules, load_lexicon())}
        taken.append(f"t{number}" in topics)
    return taken


# -- what else ------------------------------------------------------------------------------------------------


def loop(texts: Sequence[str], terms: Sequence[str]) -> int:
    """Compare every term with every text."""
    found = 0
    for text in texts:
        for term in terms:
            if fuzz.partial_ratio(term, text.lower(), score_cutoff=CUTOFF):
                found += 1
    return found


def expression(term: str) -> re.Pattern[str]:
    """Write the regular expression that a careful user writes: whole words, hyphen or not, a plural s."""
    words = (re.escape(word) for word in re.split(r"[\s-]+", term))
    return re.compile(rf"\b{'[- ]?'.join(words)}s?\b", re.IGNORECASE)


def expressions(texts: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> int:
    """Search every text for every pattern."""
    return sum(1 for text in texts for pattern in patterns if pattern.search(text))


def grep(files: Sequence[Path], terms: Sequence[str]) -> int:
    """Count the lines with each term, a process a term."""
    found = 0
    for term in terms:
        answer = subprocess.run(
            ["grep", "-h", "-i", "-c", "-F", "-e", term, *map(str, files)],  # noqa: S607
            capture_output=True, check=False,
        )  # fmt: skip
        found += sum(map(int, answer.stdout.split()))
    return found


def full_text(texts: Sequence[str]) -> sqlite3.Connection:
    """Put texts into SQLite FTS5, stemmed."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE papers USING fts5(text, tokenize='porter unicode61')")
    db.executemany("INSERT INTO papers (rowid, text) VALUES (?, ?)", enumerate(texts))
    return db


def phrases(db: sqlite3.Connection, terms: Sequence[str]) -> Iterator[set[int]]:
    """Give the texts that have each term as a phrase."""
    for term in terms:
        quoted = '"' + term.replace('"', '""') + '"'
        yield {row[0] for row in db.execute("SELECT rowid FROM papers WHERE papers MATCH ?", (quoted,))}


def bm25(python: str | None, texts: Sequence[str], terms: Sequence[str], gold: Sequence[Pair]) -> dict[str, Any] | None:
    """Ask bm25s, in an environment of its own; None where there is none."""
    if python is None or not Path(python).exists():
        return None
    asked = {"texts": texts, "terms": terms, "gold": [(pair.term, pair.folded) for pair in gold]}
    answer = subprocess.run(
        [python, str(HERE / "with_bm25s.py")], input=json.dumps(asked).encode(), capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    scores = found.pop("gold")
    # Relevance has no threshold of its own: the one that does best on this very set is taken.
    verdicts = [judged(gold, [score >= least for score in scores]) for least in sorted(set(scores)) if least > 0]
    best = max(verdicts, key=lambda verdict: verdict.f1)
    return {**found, "precision": best.precision, "recall": best.recall}


def main() -> None:
    """Measure all."""
    home, runs = Path(sys.argv[1]), int(sys.argv[2])
    python = sys.argv[3] if len(sys.argv) > 3 else None
    gold = pairs()
    texts = list({one.id: f"{one.title}\n{one.abstract or ''}" for one in Log(home).read()}.values())
    ours, seconds = ours_and_loop(home, texts, max(5, runs))
    found: dict[str, Any] = {"ours": ours}
    verdict = judged(gold, gold_of_ours(gold))
    found["ours"] |= {
        "precision": verdict.precision, "recall": verdict.recall,
        "missed": [(pair.term, pair.text, pair.why) for pair in verdict.missed],
        "wrong": [(pair.term, pair.text, pair.why) for pair in verdict.wrong],
    }  # fmt: skip

    def with_verdict(seconds: dict[str, float], verdict: Any) -> dict[str, Any]:
        return {**seconds, "precision": verdict.precision, "recall": verdict.recall}

    for cutoff in (CUTOFF, 80):
        taken = judge(gold, lambda pair: fuzz.partial_ratio(pair.term.lower(), pair.folded.lower()) >= cutoff)  # noqa: B023
        name = "loop" if cutoff == CUTOFF else "loop_80"
        found[name] = with_verdict({}, taken)
    found["loop"]["seconds"] = seconds
    patterns = [expression(term) for term in TERMS]
    found["regex"] = with_verdict(
        {"seconds": once(lambda: expressions(texts, patterns))[0]},
        judge(gold, lambda pair: bool(expression(pair.term).search(pair.folded))),
    )
    files = sorted((home / "papers").glob("*.jsonl"))
    found["grep"] = with_verdict(
        {"seconds": times(lambda: grep(files, TERMS), min(runs, 3))},
        judge(gold, lambda pair: pair.term.lower() in pair.folded.lower()),
    )
    build, db = once(lambda: full_text(texts))
    seconds = times(lambda: list(phrases(db, TERMS)), runs)
    in_gold = list(phrases(full_text([pair.folded for pair in gold]), [pair.term for pair in gold]))
    found["fts5"] = with_verdict(
        {"build": build, "seconds": seconds}, judged(gold, [number in rows for number, rows in enumerate(in_gold)])
    )
    found["bm25"] = bm25(python, texts, TERMS, gold)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
