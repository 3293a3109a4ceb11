"""`rules try`: what one term would take in the cache, at several levels of `fuzzy`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from papertriage.errors import Place
from papertriage.findings import Level, Spelling, Trial
from papertriage.lexicon import load_lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Hit, Paper
from papertriage.rules.terms import Exclude, Pattern, Rules, Term

LEVELS: tuple[int | None, ...] = (None, 90, 85, 80, 75, 70)
"""The levels of `fuzzy` that are tried, the strictest first; None is `off`."""


def term_trial(
    papers: Iterable[Paper], term: Term, *, since: dt.date | None, as_of: dt.date, origin: str = ""
) -> Trial:
    """Find what a term takes at each level, and the spellings that it takes.

    Args:
        papers: of the cache.
        term: its `fuzzy` is the level that is marked.
        since: the first day of the window; None for everything.
        as_of: its last day.
        origin: whose level that is, in words.
    """
    levels = _levels(term)
    variants = [msgspec.structs.replace(term, fuzzy=level, place=Place("", n)) for n, level in enumerate(levels)]
    matcher = Matcher(Rules(file="", exclude=Exclude(any=tuple(variants))), load_lexicon())
    counts = [0] * len(levels)
    seen: dict[str, _Seen] = {}
    total = 0
    for paper in papers:
        if since is not None and not since <= paper.day <= as_of:
            continue
        total += 1
        hits = matcher.hits(paper)
        for level in {hit.place.line for hit in hits}:
            counts[level] += 1
        for hit in hits:
            seen.setdefault(_spelled(hit), _Seen(hit, paper)).take(hit, paper)
    spellings = [
        Spelling(
            text=text,
            papers=len(one.papers),
            similarity=one.hit.similarity,
            kind=one.hit.kind,
            joins=levels[one.level],
            taken=one.level <= levels.index(term.fuzzy),
            paper=one.paper,
            hit=one.hit,
        )
        for text, one in sorted(seen.items(), key=lambda item: (item[1].level, -len(item[1].papers), item[0]))
    ]
    return Trial(
        term=term.label,
        since=since,
        as_of=as_of,
        papers=total,
        levels=tuple(Level(level, count) for level, count in zip(levels, counts, strict=True)),
        marked=term.fuzzy,
        origin=origin,
        spellings=tuple(spellings),
    )


def _levels(term: Term) -> Sequence[int | None]:
    if isinstance(term.look_for, Pattern):
        return (None,)
    return sorted({*LEVELS, term.fuzzy}, key=lambda level: -101 if level is None else -level)


class _Seen:
    """One spelling: the strictest level that takes it, the papers that have it, and the newest of them."""

    def __init__(self, hit: Hit, paper: Paper) -> None:
        self.level = hit.place.line
        self.papers: set[str] = set()
        self.hit = hit
        self.paper = paper

    def take(self, hit: Hit, paper: Paper) -> None:
        self.papers.add(paper.id)
        if hit.place.line < self.level or (hit.place.line == self.level and paper.day > self.paper.day):
            self.level, self.hit, self.paper = hit.place.line, hit, paper


def _spelled(hit: Hit) -> str:
    """Give the text of a hit, letter case aside where it makes no difference."""
    text = " ".join(hit.text.split())
    return text if hit.kind == "regex" else text.casefold()
