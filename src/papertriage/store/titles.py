"""Whether two records of different services, without a shared id, are one work: by title, first author and year. Pure.

Titles must agree after normalisation, or nearly (normalised Indel similarity of `NEARLY` or more) with the same
numerals and without a word in place of another; the first author's surname must agree and the years be at most one
apart. Titles that many works share (`Editorial`) decide nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

import msgspec

from papertriage.lexicon import load_lexicon, same_word
from papertriage.model import Observation, day_of
from papertriage.names import surname
from papertriage.text import clean, tokens

NEARLY = 95
"""Least similarity, of 100, of two titles that are not the same."""

YEARS_APART = 1

SHORTEST = 3
"""Titles of fewer tokens are too common to tell a work by."""

_GENERIC = frozenset(
    [
        "a",
        "abstracts",
        "acknowledgement",
        "acknowledgements",
        "an",
        "and",
        "announcement",
        "annual",
        "article",
        "author",
        "authors",
        "back",
        "board",
        "book",
        "call",
        "comment",
        "comments",
        "commentary",
        "communication",
        "conference",
        "contents",
        "contributors",
        "correction",
        "corrections",
        "corrigendum",
        "cover",
        "editor",
        "editorial",
        "editors",
        "errata",
        "erratum",
        "foreword",
        "for",
        "from",
        "front",
        "guest",
        "in",
        "index",
        "information",
        "introduction",
        "issue",
        "issues",
        "journal",
        "letter",
        "letters",
        "list",
        "matter",
        "meeting",
        "message",
        "news",
        "note",
        "notes",
        "obituary",
        "of",
        "on",
        "overview",
        "papers",
        "preface",
        "president",
        "proceedings",
        "publication",
        "report",
        "reports",
        "response",
        "retraction",
        "review",
        "reviewers",
        "reviews",
        "section",
        "special",
        "summary",
        "symposium",
        "table",
        "that",
        "the",
        "this",
        "thanks",
        "to",
        "volume",
        "welcome",
        "with",
        "workshop",
    ]
)
"""Titles made of these words alone stand over many works."""

_APART = frozenset(
    [
        "addendum",
        "answer",
        "appendix",
        "book",
        "comment",
        "commentary",
        "comments",
        "correction",
        "corrections",
        "corrigendum",
        "editorial",
        "errata",
        "erratum",
        "expression",
        "note",
        "preface",
        "reply",
        "response",
        "retracted",
        "retraction",
        "review",
        "supplement",
        "supplementary",
        "withdrawal",
        "withdrawn",
    ]
)
"""A work and what is said of it differ by these words: `Comment on …`, `Retraction: …`."""

_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "the",
        "through",
        "to",
        "toward",
        "towards",
        "using",
        "via",
        "with",
    ]
)
"""Words that come and go between the versions of a title."""

_NUMBERS = {
    name: str(number)
    for number, names in enumerate(
        ["one first i", "two second ii", "three third iii", "four fourth iv", "five fifth v", "six sixth vi",
         "seven seventh vii", "eight eighth viii", "nine ninth ix", "ten tenth x"],
        start=1,
    )
    for name in names.split()
}  # fmt: skip


class TitleFacts(msgspec.Struct, frozen=True):
    """What is compared of a record.

    Attributes:
        words: keys of the title's tokens.
        title: the keys joined by a space.
        surname: key of the first author's surname.
        year: of publication, else of announcement.
    """

    words: tuple[str, ...]
    title: str
    surname: str
    year: int


def title_facts(observation: Observation) -> TitleFacts | None:
    """Give what can be compared of a record; None where it cannot be told by its title."""
    if not observation.authors:
        return None
    day = day_of(observation.published) or observation.announced
    words = tuple(token.key for token in tokens(clean(observation.title)))
    family = surname(observation.authors[0])
    if day is None or not family or len(words) < SHORTEST or _GENERIC.issuperset(words):
        return None
    return TitleFacts(words, " ".join(words), family, day.year)


def may_have_surname(authors: Sequence[str], surnames: Set[str]) -> bool:
    """Rule out at little cost most records whose first author has none of the surnames (their words)."""
    if not authors:
        return False
    first = authors[0]
    if not first.isascii() or "\\" in first or "&" in first:
        return True
    return not surnames.isdisjoint(re.split(r"[^a-z0-9]+", first.lower()))


def same_work(one: TitleFacts, other: TitleFacts) -> bool:
    """Say whether two records of different services are one work.

    >>> facts = lambda title: TitleFacts(tuple(title.split()), title, "finn", 2024)
    >>> same_work(facts("on the limits of deep learning"), facts("on the limit of deep learning"))
    True
    >>> same_work(facts("spectral theory of graphs part i"), facts("spectral theory of graphs part ii"))
    False
    """
    if one.surname != other.surname or abs(one.year - other.year) > YEARS_APART:
        return False
    return one.title == other.title or _nearly(one, other)


def _nearly(one: TitleFacts, other: TitleFacts) -> bool:
    from rapidfuzz.fuzz import ratio

    if not ratio(one.title, other.title, score_cutoff=NEARLY):
        return ratio(one.title.replace(" ", ""), other.title.replace(" ", "")) == 100
    if _numerals(one.words) != _numerals(other.words):
        return False
    left, right = _difference(one.words, other.words)
    if (_APART & left.keys()) or (_APART & right.keys()):
        return False
    return _are_slips(left, right)


def _numerals(words: Iterable[str]) -> list[str]:
    return [number for word in words for number in re.findall(r"\d+", word) or [_NUMBERS.get(word, "")] if number]


def _difference(one: Sequence[str], other: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    left, right = Counter(one), Counter(other)
    return left - right, right - left


def _are_slips(left: Counter[str], right: Counter[str]) -> bool:
    """Say whether what differs is a slip, a form of a word, a hyphen or a small word, and not another word."""
    rest_left, rest_right = list(left.elements()), list(right.elements())
    for word in list(rest_left):
        like = next((candidate for candidate in rest_right if _is_slip(word, candidate)), None)
        if like is not None:
            rest_left.remove(word)
            rest_right.remove(like)
    rest_left = [word for word in rest_left if word not in _SMALL]
    rest_right = [word for word in rest_right if word not in _SMALL]
    return "".join(rest_left) == "".join(rest_right)


def _is_slip(word: str, other: str) -> bool:
    from rapidfuzz.fuzz import ratio

    if same_word(word, other):
        return True
    lexicon = load_lexicon()
    if lexicon.known(word) and lexicon.known(other):
        return False
    return min(len(word), len(other)) >= 5 and ratio(word, other) >= 75


def pairs_to_compare(facts: Sequence[TitleFacts | None], free: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Give the places of pairs that may be one work, at least one of the two `free`.

    They have one surname and the same letters at one end of the title: titles that nearly agree do but for the rarest.
    """
    blocks: dict[tuple[str, str], list[int]] = {}
    for place, fact in enumerate(facts):
        if fact is not None:
            letters = fact.title.replace(" ", "")
            for end in {f"^{letters[:6]}", f"{letters[-6:]}$"}:
                blocks.setdefault((fact.surname, end), []).append(place)
    given: set[tuple[int, int]] = set()
    for places in blocks.values():
        for one in places:
            if free[one]:
                given.update((min(one, other), max(one, other)) for other in places if other != one)
    yield from sorted(given)
