"""Hits made of the places where terms stand, and of the authors of a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from papertriage.model import Hit, MatchKind, Paper, Span
from papertriage.rules.terms import Author, Rules, Term
from papertriage.text import clean

Role = Literal["any", "all", "none", "authors", "exclude", "follow"]


class Spot(msgspec.Struct, frozen=True, array_like=True):
    """A place in a paper where a term stands.

    Attributes:
        start, end: in the cleaned field.
        text: what stands there.
    """

    field: str
    start: int
    end: int
    text: str
    similarity: float
    kind: MatchKind


Spots = Callable[[Term], Sequence[Spot]]
"""Gives the places where a term stands, field by field as the term names them, in the order of the text."""


def collect(
    paper: Paper, rules: Rules, spots: Spots, possible: Callable[[Author], bool] | None = None
) -> tuple[Hit, ...]:
    """Make hits of the places where terms stand, and find authors.

    Args:
        possible: says whether the paper can be by an author at all.
    """
    found: list[Hit] = []

    def look(topic: str, role: Role, terms: Sequence[Term]) -> None:
        for term in terms:
            for spot in spots(term):
                hit = Hit(
                    topic=topic, role=role, term=term.label, field=spot.field, text=spot.text,
                    span=Span(spot.start, spot.end), similarity=spot.similarity, kind=spot.kind, place=term.place,
                )  # fmt: skip
                found.append(hit)

    look("", "exclude", rules.exclude.any)
    for topic in rules.topics:
        look(topic.name, "any", topic.any)
        look(topic.name, "all", topic.all)
        look(topic.name, "none", topic.none)
        found += _author_hits(paper, topic.name, "authors", filter(possible, topic.authors))
    found += _author_hits(paper, "", "follow", filter(possible, rules.follow))
    return tuple(found)


def _author_hits(paper: Paper, topic: str, role: Role, authors: Iterable[Author]) -> Iterator[Hit]:
    for author in authors:
        from papertriage.names import same_person  # many rules name none

        for raw in paper.authors:
            if same_person(author.name, raw):
                name = clean(raw)
                yield Hit(
                    topic=topic, role=role, term=author.name, field="authors", text=name,
                    span=Span(0, len(name)), similarity=100.0, kind="author", place=author.place,
                )  # fmt: skip
