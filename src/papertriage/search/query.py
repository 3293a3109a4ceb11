"""What can be asked: a tree of words, of facts about a paper, and of AND, OR and NOT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

import msgspec

from papertriage.text import Token

How = Literal["forms", "exact", "prefix", "fuzzy"]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Words that stand side by side in one field, in order.

    Attributes:
        text: as written.
        column: where it stands in the query, from 1.
        tokens: at least one.
        how: `forms` takes inflections, spellings and joins; `exact` none; `prefix` words that begin as the last;
            `fuzzy` forms and misspellings.
        fuzzy: least similarity of a misspelling.
        field: the only field to look in, a name of `index.words.FIELDS`; None looks in all.
        mixed: the words stand in any order, and not side by side: in one name of a person.
    """

    text: str
    column: int
    tokens: tuple[Token, ...]
    how: How = "forms"
    fuzzy: int | None = None
    field: str | None = None
    mixed: bool = False

    @property
    def looked_for(self) -> tuple[object, ...]:
        """What makes other words ask for the same."""
        return tuple(token.form for token in self.tokens), self.how, self.fuzzy, self.field, self.mixed


class Facts(msgspec.Struct, frozen=True):
    """What is known of a paper, for `Fact` to look at.

    Attributes:
        day: by which windows count, an ordinal.
        state: gives what the user said, `none` for nothing.
    """

    day: int
    sources: tuple[str, ...]
    categories: tuple[str, ...]
    state: Callable[[], str]


class Fact(msgspec.Struct, frozen=True):
    """Something that a paper is, and not what it says: it is no part of the ranking."""

    holds: Callable[[Facts], bool]


class And(msgspec.Struct, frozen=True):
    """Every part."""

    parts: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True):
    """At least one part."""

    parts: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True):
    """Not this."""

    part: Node


Node: TypeAlias = "Words | Fact | And | Or | Not"


def words_of(node: Node) -> Iterator[Words]:
    """Give all words of a query, those behind a NOT too, in the order in which they are written."""
    if isinstance(node, Words):
        yield node
    elif isinstance(node, Not):
        yield from words_of(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from words_of(part)


def wanted_words(node: Node) -> list[Words]:
    """Give the words for which a paper is found: not those behind a NOT, and what is asked for twice once."""
    found: dict[tuple[object, ...], Words] = {}
    for words in _wanted(node):
        found.setdefault(words.looked_for, words)
    return list(found.values())


def _wanted(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _wanted(part)
