"""The hits and scores of two files of rules in the same papers, what they share found once.

This is what `rules diff` stands on: an index that keeps the hits of each term goes under `hits_of_both`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from papertriage import rank
from papertriage.errors import Place
from papertriage.lexicon import load_lexicon
from papertriage.match.collect import Role
from papertriage.match.matcher import Matcher
from papertriage.model import Hit, Paper, Score
from papertriage.rules.terms import Author, Exclude, Pattern, Rules, Term


def scores_of_both(
    papers: Iterable[Paper], old: Rules, new: Rules, *, as_of: dt.date
) -> Iterator[tuple[Paper, Score, Score]]:
    """Score papers under two files of rules; papers that neither can list are left out."""
    for paper, before, after in hits_of_both(papers, old, new):
        yield paper, rank.score(paper, before, old, as_of=as_of), rank.score(paper, after, new, as_of=as_of)


def hits_of_both(
    papers: Iterable[Paper], old: Rules, new: Rules
) -> Iterator[tuple[Paper, tuple[Hit, ...], tuple[Hit, ...]]]:
    """Find the hits of two files of rules, equal to those of `match.hits` under either.

    A term or an author that stands in both, or several times in one, is looked for once. Papers are left out in which
    nothing hits that could have them listed: those that only conditions hit are many.
    """
    joint = _Joint()
    for side, rules in enumerate((old, new)):
        joint.add(side, rules)
    matcher = Matcher(joint.rules(), load_lexicon())
    for paper in papers:
        found = matcher.hits(paper)
        if joint.may_list(found):
            before, after = joint.dealt(found)
            yield paper, before, after


class _User(msgspec.Struct, frozen=True, order=True):
    """One place in one of the files where a term or an author stands.

    Attributes:
        side: which file.
        turn: its turn in the order of hits.
    """

    side: int
    turn: int
    topic: str
    role: Role
    label: str
    place: Place


class _Joint:
    """The distinct terms and authors of several files; each has a number, which the line of its place tells."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._terms: list[Term] = []
        self._authors: list[Author] = []
        self._users: list[list[_User]] = []
        self._listing: set[int] = set()
        self._turn = 0

    def add(self, side: int, rules: Rules) -> None:
        """Take in the terms and authors of a file, in the order of hits."""
        self._add_terms(side, "", "exclude", rules.exclude.any)
        for topic in rules.topics:
            self._add_terms(side, topic.name, "any", topic.any, lists=True)
            self._add_terms(side, topic.name, "all", topic.all, lists=not (topic.any or topic.authors))
            self._add_terms(side, topic.name, "none", topic.none)
            self._add_authors(side, topic.name, "authors", topic.authors)
        self._add_authors(side, "", "follow", rules.follow)

    def rules(self) -> Rules:
        """Give rules that find everything once; what they say is of no use."""
        return Rules(file="", exclude=Exclude(any=tuple(self._terms)), follow=tuple(self._authors))

    def may_list(self, hits: Iterable[Hit]) -> bool:
        """Say whether there is a hit without which a paper is in no list."""
        return any(hit.place.line in self._listing for hit in hits)

    def dealt(self, hits: Iterable[Hit]) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
        """Give the hits of the joint rules as each file has them, in its order."""
        found: dict[int, list[Hit]] = {}
        for hit in hits:
            found.setdefault(hit.place.line, []).append(hit)
        sides: tuple[list[Hit], list[Hit]] = ([], [])
        users = sorted((user, key) for key in found for user in self._users[key])
        for user, number in users:
            sides[user.side].extend(
                msgspec.structs.replace(hit, topic=user.topic, role=user.role, term=user.label, place=user.place)
                for hit in found[number]
            )
        return tuple(sides[0]), tuple(sides[1])

    def _add_terms(self, side: int, topic: str, role: Role, terms: Iterable[Term], *, lists: bool = False) -> None:
        for term in terms:
            what = term.look_for.source if isinstance(term.look_for, Pattern) else term.look_for
            number = self._number((what, term.fuzzy, tuple(term.fields)))
            if number == len(self._users):
                self._users.append([])
                self._terms.append(msgspec.structs.replace(term, place=Place("", number)))
            if lists:
                self._listing.add(number)
            self._users[number].append(_User(side, self._next(), topic, role, term.label, term.place))

    def _add_authors(self, side: int, topic: str, role: Role, authors: Iterable[Author]) -> None:
        for author in authors:
            number = self._number(("author", author.name))
            if number == len(self._users):
                self._users.append([])
                self._authors.append(msgspec.structs.replace(author, place=Place("", number)))
            self._listing.add(number)
            self._users[number].append(_User(side, self._next(), topic, role, author.name, author.place))

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _next(self) -> int:
        self._turn += 1
        return self._turn
