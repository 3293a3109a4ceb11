"""Make a cache of any size: the log that papertriage would have after years of fetching.

    python benchmarks/generate.py FOLDER 1000000 --corpus ../shared/corpus/arxiv-20k.jsonl.gz

A week brings 3,000 papers, 600 on each working day, whatever the size: so `list --since 7d` has as many papers to rank
in a large cache as in a small one, and the newest 20,000, which are the real ones, are the same at every size. What is
older than a year was harvested when the cache was begun, in segments of 64 MiB; the last year was fetched day by day,
in the segments of its months. Of the papers of that year one in twenty is also in the Daily Papers, seen twice there,
with more votes the second time. Ids, dates and votes are made; that they are like real ones is tested.

Where the corpus is absent the papers are written word by word (`texts.made_up`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
from terms import TERMS
from texts import Recombiner, Text, made_up, read_corpus

from papertriage.model import Observation
from papertriage.store.log import SEGMENT_SIZE, encode_line

A_DAY = 600
A_YEAR = 52 * 5 * A_DAY
NEWEST = 20_000
"""So many papers are not put together of pieces of others."""
MANIFEST = "generated.json"


class Manifest(msgspec.Struct, frozen=True):
    """What a generated cache is.

    Attributes:
        newest: the last day on which papers were announced.
        corpus: whether the papers are real ones and made of real ones.
    """

    papers: int
    lines: int
    bytes: int
    newest: dt.date
    corpus: bool
    seconds: float


def working_days(newest: dt.date) -> Iterator[dt.date]:
    """Give the days on which papers are announced, the newest first."""
    day = newest
    while True:
        if day.weekday() < 5:
            yield day
        day -= dt.timedelta(days=1)


def days_of(papers: int, newest: dt.date) -> list[tuple[dt.date, int]]:
    """Give the days and how many papers each has, oldest first."""
    full, rest = divmod(papers, A_DAY)
    days = list(islice(working_days(newest), full + (rest > 0)))
    counts = [A_DAY] * full + [rest] * (rest > 0)
    return list(zip(days, counts, strict=True))[::-1]


def observations(texts: Iterator[Text], papers: int, newest: dt.date) -> Iterator[tuple[dt.date, Observation]]:
    """Give the lines of the log with the day on which each was written.

    Args:
        texts: of the papers, oldest first.
    """
    days = days_of(papers, newest)
    begun = days[max(0, len(days) - A_YEAR // A_DAY)][0]
    in_month: dict[str, int] = {}
    late: list[Observation] = []
    number = 0
    for day, count in days:
        seen = dt.datetime.combine(max(day, begun), dt.time(5, 30), dt.UTC)
        yield from ((day, again) for again in late)
        late = []
        for text in islice(texts, count):
            month = f"{day:%y%m}"
            in_month[month] = in_month.get(month, 0) + 1
            arxiv = f"{month}.{in_month[month]:05d}"
            paper = Observation(
                id=f"arxiv:{arxiv}", source="arxiv-rss" if day > begun else "arxiv-oai",
                title=text.title, abstract=text.abstract, authors=text.authors, categories=text.categories,
                comment=text.comment, ids={"arxiv": (arxiv,)}, seen=seen, published=day.isoformat(),
                announced=day if day > begun else None, version=1,
                announce_type=dict.fromkeys(text.categories[:1], "new") if day > begun else {},
                urls={"abs": f"https://arxiv.org/abs/{arxiv}"},
            )  # fmt: skip
            yield seen.date(), paper
            number += 1
            if day > begun and number % 20 == 0:
                votes = 1 + number * 7919 % 97
                daily = Observation(
                    id=paper.id, source="hf-daily", title=text.title, abstract=text.abstract, authors=text.authors,
                    ids=paper.ids, seen=seen + dt.timedelta(hours=6), published=day.isoformat(), announced=day,
                    urls={"page": f"https://huggingface.co/papers/{arxiv}"}, signals={"upvotes": votes},
                )  # fmt: skip
                yield day, daily
                seen_again = daily.seen + dt.timedelta(days=1)
                late.append(msgspec.structs.replace(daily, seen=seen_again, signals={"upvotes": 2 * votes}))


def source_texts(corpus: Path | None, papers: int) -> tuple[list[Text], bool]:
    """Give the papers to start from, and whether they are real."""
    if corpus and corpus.exists():
        return read_corpus(corpus)[:papers], True
    return made_up(papers, TERMS), False


def generate(folder: Path, papers: int, newest: dt.date, corpus: Path | None, *, start: int = NEWEST) -> Manifest:
    """Write a cache of some size.

    Args:
        start: how many papers at most to put the others together from.
    """
    started = time.perf_counter()
    real, is_real = source_texts(corpus, min(papers, start))
    older = papers - len(real)

    def texts() -> Iterator[Text]:
        if older > 0:
            yield from Recombiner(real).texts(len(real), papers)
        yield from real[:papers]

    (folder / "papers").mkdir(parents=True, exist_ok=True)
    lines = size = 0
    with _Segments(folder / "papers") as segments:
        for day, observation in observations(texts(), papers, newest):
            line = encode_line(observation) + b"\n"
            segments.write(day, line)
            lines += 1
            size += len(line)
    manifest = Manifest(papers, lines, size, newest, is_real, round(time.perf_counter() - started, 1))
    (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    return manifest


class _Segments:
    """The files of the log, by the month in which a line is written, none much larger than 64 MiB."""

    def __init__(self, papers: Path) -> None:
        self._papers = papers
        self._month = ""
        self._nth = 0
        self._room = 0
        self._lines: list[bytes] = []

    def __enter__(self) -> _Segments:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()

    def write(self, day: dt.date, line: bytes) -> None:
        month = day.isoformat()[:7]
        if month != self._month or self._room <= 0:
            self._flush()
            self._nth = self._nth + 1 if month == self._month else 0
            self._month, self._room = month, SEGMENT_SIZE
        self._lines.append(line)
        self._room -= len(line)

    def _flush(self) -> None:
        if self._lines:
            number = f".{self._nth:03d}" if self._nth else ""
            with (self._papers / f"{self._month}{number}.jsonl").open("xb") as file:
                file.writelines(self._lines)
        self._lines = []


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a cache."""
    parser = argparse.ArgumentParser(description="Make a cache of any size.")
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("papers", type=int)
    parser.add_argument("--newest", type=dt.date.fromisoformat, default=dt.datetime.now(dt.UTC).date(), metavar="DATE")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus/arxiv-20k.jsonl.gz"))
    parser.add_argument("--start", type=int, default=NEWEST, help="papers to put the others together from (20000)")
    options = parser.parse_args(arguments)
    manifest = generate(options.folder, options.papers, options.newest, options.corpus, start=options.start)
    print(
        f"{manifest.papers:,} papers, {manifest.lines:,} lines, {manifest.bytes / 2**20:,.0f} MiB "
        f"in {manifest.seconds} s, the newest of {manifest.newest}"
    )


if __name__ == "__main__":
    main()
