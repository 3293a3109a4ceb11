"""`init --from`: rules for a first day, made of the papers that the user has already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from papertriage import rank
from papertriage.errors import UsageError
from papertriage.identity import Identity
from papertriage.learn.library import Library, describe
from papertriage.learn.patch import spelled
from papertriage.lexicon import load_lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Observation, Paper, Skipped
from papertriage.rules.load import loads_rules
from papertriage.rules.terms import Rules
from papertriage.sources.files import read_file
from papertriage.store.merge import merge

LEAST = 5
"""Papers of which nothing can be said in general."""

BACKGROUND_FROM, BACKGROUND_TO = 500, 2000
"""Papers of the cache that the library is held against: with fewer the shipped frequencies are used, of more every
so many are read."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """First rules made of a library.

    Attributes:
        text: of the rules file.
        papers: papers of the library.
        taken: how many of them the rules take.
        skipped: records that could not be read, or are ids alone.
    """

    text: str
    papers: int
    taken: int
    topics: int
    authors: int
    skipped: tuple[Skipped, ...]


def propose(files: Sequence[Path], others: Sequence[Paper], *, now: dt.datetime) -> Proposal:
    """Read a library from files of any kind that `import` reads, and make rules of it.

    Args:
        others: the papers of the cache.

    Raises:
        UsageError: a file cannot be read, or there is too little in them.
    """
    observations: list[Observation] = []
    skipped: list[Skipped] = []
    for file in files:
        for found in read_file(file, seen=now):
            if isinstance(found, Observation):
                observations.append(found)
            elif isinstance(found, Identity):
                skipped.append(Skipped(where=f"{file}: {found}", reason="nothing is known of it but its id"))
            else:
                skipped.append(Skipped(where=f"{file}: {found.where}", reason=found.reason))
    papers = list(merge(observations))
    names = ", ".join(map(str, files))
    if len(papers) < LEAST:
        raise UsageError(
            f"{names}: too few papers to find topics in ({len(papers)}); at least {LEAST} are needed.",
            "`papertriage init` without --from writes rules to begin with.",
        )
    library = describe(papers, _background(others, papers))
    if not library.topics:
        raise UsageError(
            f"{names}: the papers share no phrases that could be topics.",
            "`papertriage init` without --from writes rules to begin with.",
        )
    text = rules_text(library, [file.name for file in files], len(papers))
    rules = loads_rules(text)
    return Proposal(
        text=text,
        papers=len(papers),
        taken=_taken(papers, rules, now.date()),
        topics=len(library.topics),
        authors=len(library.authors),
        skipped=tuple(skipped),
    )


def _background(others: Sequence[Paper], library: Iterable[Paper]) -> Sequence[Paper]:
    ours = {alias for paper in library for alias in paper.aliases}
    others = [paper for paper in others if ours.isdisjoint(paper.aliases)]
    if len(others) < BACKGROUND_FROM:
        return ()
    return others[:: -(-len(others) // BACKGROUND_TO)]


def _taken(papers: Iterable[Paper], rules: Rules, today: dt.date) -> int:
    matcher = Matcher(rules, load_lexicon())
    scores = (rank.score(paper, matcher.hits(paper), rules, as_of=today) for paper in papers)
    return sum(not (score.excluded or score.below) for score in scores)


# -- the text ---------------------------------------------------------------------------------------------------

_HEAD = """\
# What you want to read. papertriage reads this file and never writes it.
# `papertriage rules check` names every mistake; `papertriage why ID` shows the sum behind a score.
# Made of {papers} papers in {files}: rename the topics, throw out what is too broad, add what is missing.
version: 1

# Defaults for every term. `fuzzy` is how alike a word must be, 50 to 100, or off; a hit in the title
# counts three times one in the abstract.
match: {{fuzzy: 80, fields: {{title: 3, abstract: 1}}}}

# The least that topics and followed authors must give together before a paper is listed.
min_score: 1

# Each term with the number of papers of your library that use it.
topics:
"""

_FOLLOW = """\
# Authors of at least three papers of your library; their papers are listed in any case. The number is the points.
follow:
  authors:
"""

_TAIL = """\
# Added to the score of a paper that is listed anyway; they let none in on their own.
signals:
  recency: {weight: 1, half_life: 14d}
  upvotes: {weight: 0.3}
"""


def rules_text(library: Library, files: Sequence[str], papers: int) -> str:
    """Give the text of a rules file."""
    told = ", ".join("".join(sign if sign.isprintable() else "?" for sign in name) for name in files)
    text = _HEAD.format(papers=papers, files=told)
    for topic in library.topics:
        text += f"  - name: {spelled(topic.name)}\n    any:\n"
        text += "".join(_line(f"      - {spelled(term.text)}", f"{term.papers} papers") for term in topic.terms)
        text += "\n"
    if library.authors:
        text += _FOLLOW
        text += "".join(_line(f"    {spelled(name)}: 3", f"{count} papers") for name, count in library.authors)
        text += "\n"
    return text + _TAIL


def _line(entry: str, comment: str) -> str:
    return f"{entry:<48}  # {comment}\n"
