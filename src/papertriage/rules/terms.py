"""Rules as matching needs them: compiled, with defaults filled in, each with its place in the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from papertriage.errors import Place
from papertriage.model import Opinion, Paper
from papertriage.text import Token


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """Tokens that must stand side by side, in order. At least one token."""

    tokens: tuple[Token, ...]


class Pattern(msgspec.Struct, frozen=True, tag=True):
    """A regular expression of RE2 (it is known to compile), searched in the cleaned field."""

    source: str

    @property
    def compiled(self) -> Any:
        """The pattern of `re2`, made when it is first asked for."""
        from papertriage.rules.regex import compile_regex

        return compile_regex(self.source)[0]


class Near(msgspec.Struct, frozen=True, tag=True):
    """Distinct tokens in any order with at most `within` others between the first and the last.

    Attributes:
        words: each one token as written (a word that splits into several tokens is a fault at load).
    """

    words: tuple[Token, ...]
    within: int


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One term of the rules.

    Attributes:
        label: as its user wrote it, for people (`learning … curve (near, within 4)` for a near).
        look_for: what is looked for.
        weight: any finite number, negative ones lower a score.
        fuzzy: least similarity of one token, 50 to 100; None means exact only.
        fields: field name to its weight; a term looks in these only.
        place: where the term stands.
    """

    label: str
    look_for: Phrase | Pattern | Near
    weight: float
    fuzzy: int | None
    fields: Mapping[str, float]
    place: Place


class Author(msgspec.Struct, frozen=True):
    """An author looked for by name.

    Attributes:
        weight: points (before the topic's weight) for a paper of theirs.
    """

    name: str
    weight: float
    place: Place


class Example(msgspec.Struct, frozen=True):
    """A title or a text with its place in the file."""

    text: str
    place: Place


class Examples(msgspec.Struct, frozen=True):
    """Titles or texts that a topic must take and must not take."""

    match: tuple[Example, ...] = ()
    no_match: tuple[Example, ...] = ()


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A named group of terms. It needs one of `any`, `all`, `authors`; DESIGN's rules say how they act.

    Attributes:
        categories, sources: globs; where the topic looks at all; empty means everywhere.
        min_score: the topic counts only from here; None means from anything above nothing.
        at_most: a list shows at most so many papers of which this is the best topic, None means all.
        until: the last day on which the topic is active, None for ever.
    """

    name: str
    place: Place
    weight: float = 1.0
    any: tuple[Term, ...] = ()
    all: tuple[Term, ...] = ()
    none: tuple[Term, ...] = ()
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    min_score: float | None = None
    at_most: int | None = None
    until: dt.date | None = None
    comment: str | None = None
    examples: Examples = Examples()


class Signal(msgspec.Struct, frozen=True):
    """A number of the paper that adds `weight × ln(1 + value)`."""

    name: str
    weight: float
    place: Place


LEARNED = "learned"
"""The signal that is not a number of the paper's: it adds `weight × what the user's decisions say of it`."""


class Recency(msgspec.Struct, frozen=True):
    """Adds `weight × 0.5^(age/half_life)`, both in days."""

    weight: float
    half_life: float
    place: Place


class Exclude(msgspec.Struct, frozen=True):
    """What puts a paper out, whatever its score.

    Attributes:
        any: terms; one hit suffices.
        categories: globs; the place beside each is its own.
    """

    any: tuple[Term, ...] = ()
    categories: tuple[tuple[str, Place], ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """A whole rules file, compiled.

    Attributes:
        file: the path as it is shown to the user.
        included: the other files that it was read from, as they are shown.
        min_score: the global threshold, held against topics and followed authors together.
        judge: what the user's decisions teach; the signal `learned` gives nothing without it.
    """

    file: str
    included: tuple[str, ...] = ()
    min_score: float = 0.0
    exclude: Exclude = Exclude()
    topics: tuple[Topic, ...] = ()
    follow: tuple[Author, ...] = ()
    recency: Recency | None = None
    signals: tuple[Signal, ...] = ()
    judge: Callable[[Paper], Opinion] | None = None
