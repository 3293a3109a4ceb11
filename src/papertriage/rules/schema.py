"""The language of `rules.yaml`: what may be written where. Meaning is checked in `compile.py`.

A field of these records is a key of the file. Their defaults are the language's defaults.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar

import msgspec

from papertriage.patterns import pattern
from papertriage.yamlfile import Parsed, Placed, Text, nearest, read_days, read_number

VERSION = 1
"""The version of the language that this papertriage reads."""

FIELDS = ("title", "abstract", "comment", "venue", "organization", "submitter")
"""Fields of a paper that terms can look in; authors have a key of their own."""

DEFAULT_FUZZY = 80
"""Takes 97 to 98 % of real misspellings of long words; see the design's section on matching."""

_SOURCE_GLOB = pattern(r"[\w.*?\[\]!-]+")


def _fuzzy(text: str) -> int | None:
    """Read `off` (None) or a level from 50 to 100."""
    if text == "off":
        return None
    if text.casefold() in {"no", "false", "none", "never", "0"}:
        raise ValueError("", "Did you mean `off`?")
    number = read_number(text.removesuffix("%"))
    if number is not None and number.is_integer() and 50 <= number <= 100 and not text.endswith("%"):
        return int(number)
    percent = None if number is None else number * 100 if number <= 1 else number
    right = percent is not None and 50 <= percent <= 100
    raise ValueError("", f"Did you mean `{percent:.0f}`?" if right else "")


def _field_weight(text: str) -> float:
    number = read_number(text)
    if number is None or number <= 0:
        raise ValueError("", "Leave a field out to not look there." if number == 0 else "")
    return number


def _field(text: str) -> str:
    if text in FIELDS:
        return text
    if text in {"author", "authors"}:
        raise ValueError("", "A topic looks for authors with `authors:`, not in a field.")
    raise ValueError("", nearest(text, FIELDS))


def _within(text: str) -> int:
    number = read_number(text)
    if number is None or not number.is_integer() or not 0 <= number <= 1000:
        raise ValueError("")
    return int(number)


def _at_most(text: str) -> int:
    number = read_number(text)
    if number is None or not number.is_integer() or not 1 <= number <= 10_000:
        raise ValueError("", "To turn a topic off, write `disabled: true`." if number == 0 else "")
    return int(number)


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a name")
    if len(text) > 100:
        raise ValueError("expected a name of at most 100 characters")
    if not text.isprintable():
        raise ValueError("expected a name of printable characters on one line")
    return text


def _source(text: str) -> str:
    if not _SOURCE_GLOB.fullmatch(text):
        raise ValueError("expected the name of a source, as in `hf-daily` or `arxiv-*`")
    return text


Fuzzy = Annotated[int | None, Parsed("`off` or a whole number from 50 to 100", _fuzzy)]
Days = Annotated[float, Parsed("a length of time above 0, as in `14d` or `2w`", read_days)]
FieldWeight = Annotated[float, Parsed("a finite number above 0", _field_weight)]
FieldName = Annotated[str, Parsed(f"one of {', '.join(FIELDS)}", _field)]
Within = Annotated[int, Parsed("a whole number from 0 to 1000", _within)]
AtMost = Annotated[int, Parsed("a whole number from 1 to 10000", _at_most)]
Name = Annotated[str, Parsed("a name", _name)]
SourceGlob = Annotated[str, Parsed("the name of a source", _source)]
Fields = dict[FieldName, FieldWeight] | tuple[FieldName, ...]


class PhraseSpec(Placed, frozen=True, kw_only=True):
    """A phrase with settings of its own: `{term: CPT, fuzzy: off}`."""

    CALLED: ClassVar[str] = "a term"
    SYNONYMS: ClassVar[dict[str, str]] = {
        "phrase": "term", "keyword": "term", "text": "term", "name": "term",
        "pattern": "regex", "regexp": "regex", "re": "regex", "words": "near", "field": "fields",
        "distance": "within", "threshold": "fuzzy", "similarity": "fuzzy", "score": "weight", "points": "weight",
    }  # fmt: skip

    term: Text
    weight: float | None = None
    fuzzy: Fuzzy | msgspec.UnsetType = msgspec.UNSET
    fields: Fields | None = None


class RegexSpec(Placed, frozen=True, kw_only=True):
    r"""A regular expression: `{regex: 'LLaMA-?\d'}`."""

    CALLED: ClassVar[str] = "a regex"
    SYNONYMS: ClassVar[dict[str, str]] = PhraseSpec.SYNONYMS

    regex: Text
    weight: float | None = None
    fields: Fields | None = None


class NearSpec(Placed, frozen=True, kw_only=True):
    """Words near each other in any order: `{near: [learning, curve], within: 4}`."""

    CALLED: ClassVar[str] = "a near"
    SYNONYMS: ClassVar[dict[str, str]] = PhraseSpec.SYNONYMS

    near: tuple[Text, ...]
    within: Within = 4
    weight: float | None = None
    fuzzy: Fuzzy | msgspec.UnsetType = msgspec.UNSET
    fields: Fields | None = None


TermSpec = Text | PhraseSpec | RegexSpec | NearSpec


class AuthorSpec(Placed, frozen=True, kw_only=True):
    """An author with a weight: `{name: Chelsea Finn, weight: 5}`."""

    CALLED: ClassVar[str] = "an author"
    SYNONYMS: ClassVar[dict[str, str]] = {"author": "name", "score": "weight", "points": "weight"}

    name: Text
    weight: float = 1.0


Authors = tuple[Text | AuthorSpec, ...] | dict[Text, float]


class MatchSpec(Placed, frozen=True, kw_only=True):
    """Defaults for every term."""

    CALLED: ClassVar[str] = "`match`"
    SYNONYMS: ClassVar[dict[str, str]] = {"threshold": "fuzzy", "similarity": "fuzzy", "weights": "fields"}

    fuzzy: Fuzzy = DEFAULT_FUZZY
    fields: Fields = msgspec.field(default_factory=lambda: {"title": 3.0, "abstract": 1.0})


class ExcludeSpec(Placed, frozen=True, kw_only=True):
    """What is out, whatever its score."""

    CALLED: ClassVar[str] = "`exclude`"
    SYNONYMS: ClassVar[dict[str, str]] = {"keywords": "any", "terms": "any", "none": "any"}

    any: tuple[TermSpec, ...] = ()
    categories: tuple[Text, ...] = ()
    remove: tuple[Text, ...] = ()


class ExamplesSpec(Placed, frozen=True, kw_only=True):
    """Titles that a topic must take and must not take."""

    CALLED: ClassVar[str] = "`examples`"

    match: tuple[Text, ...] = ()
    no_match: tuple[Text, ...] = ()


class TopicSpec(Placed, frozen=True, kw_only=True):
    """A named group of terms."""

    CALLED: ClassVar[str] = "a topic"
    SYNONYMS: ClassVar[dict[str, str]] = {
        "keyword": "any", "keywords": "any", "terms": "any", "term": "any", "include": "any", "or": "any",
        "must": "all", "and": "all", "required": "all",
        "not": "none", "exclude": "none", "without": "none",
        "author": "authors", "category": "categories", "source": "sources",
        "limit": "at_most", "quota": "at_most", "max": "at_most",
        "threshold": "min_score", "expires": "until", "note": "comment", "topic": "name", "id": "name",
        "off": "disabled", "delete": "remove", "drop": "remove",
        "tests": "examples", "score": "weight", "priority": "weight",
    }  # fmt: skip

    name: Name
    weight: float = 1.0
    any: tuple[TermSpec, ...] = ()
    all: tuple[TermSpec, ...] = ()
    none: tuple[TermSpec, ...] = ()
    authors: Authors = ()
    categories: tuple[Text, ...] = ()
    sources: tuple[SourceGlob, ...] = ()
    min_score: float | None = None
    at_most: AtMost | None = None
    until: dt.date | None = None
    comment: str | None = None
    examples: ExamplesSpec = ExamplesSpec()
    disabled: bool = False
    remove: tuple[Text, ...] = ()


class FollowSpec(Placed, frozen=True, kw_only=True):
    """Whose papers are listed in any case."""

    CALLED: ClassVar[str] = "`follow`"
    SYNONYMS: ClassVar[dict[str, str]] = {"people": "authors"}

    authors: Authors = ()
    remove: tuple[Text, ...] = ()


class SignalSpec(Placed, frozen=True, kw_only=True):
    """The weight of a number that a paper carries, or of its age."""

    CALLED: ClassVar[str] = "a signal"
    SYNONYMS: ClassVar[dict[str, str]] = {"halflife": "half_life", "decay": "half_life"}

    weight: float
    half_life: Days | None = None


class RulesSpec(Placed, frozen=True, kw_only=True):
    """A whole rules file."""

    CALLED: ClassVar[str] = "the rules"
    SYNONYMS: ClassVar[dict[str, str]] = {
        "rules": "topics", "keywords": "topics", "interests": "topics", "threshold": "min_score",
        "includes": "include", "import": "include", "imports": "include", "extends": "include", "shared": "include",
        "authors": "follow", "boost": "signals", "defaults": "match", "none": "exclude",
    }  # fmt: skip

    version: int
    include: Text | tuple[Text, ...] = ()
    match: MatchSpec = MatchSpec()
    min_score: float = 0.0
    exclude: ExcludeSpec = ExcludeSpec()
    topics: tuple[TopicSpec, ...] = ()
    follow: FollowSpec = FollowSpec()
    signals: dict[Text, SignalSpec] = msgspec.field(default_factory=dict)
