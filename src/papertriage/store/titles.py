"""Whether two records of different services, without a shared id, are one work: by title, first author and year. Pure.

Titles must agree after normalisation, or nearly (normalised Indel similarity of `NEARLY` or more) with the same
numerals and without a word in place of another; the first author's surname must agree and the years be at most one
apart. Titles that many works share (`Editorial`) decide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

import msgspec

from papertriage.lexicon import load_lexicon, same_word
from papertriage.model import Observation, day_of
from papertriage.names import surname
from papertriage.patterns import pattern
from papertriage.spelling import american
from papertriage.text import clean, keys

NEARLY = 95
"""Least similarity, of 100, of two titles that are not the same."""

YEARS_APART = 1

SHORTEST = 3
"""Titles of fewer tokens are too common to tell a work by."""

_GENERIC = frozenset(
    (
        "a abstracts acknowledgement acknowledgements an and announcement annual article author authors back "
        "board book call comment comments commentary communication conference contents contributors "
        "correction corrections corrigendum cover editor editorial editors errata erratum foreword for from "
        "front guest in index information introduction issue issues journal letter letters list matter "
        "meeting message news note notes obituary of on overview papers preface president proceedings "
        "publication report reports response retraction review reviewers reviews section special summary "
        "symposium table that the this thanks to volume welcome with workshop"
    ).split()
)
"""Titles made of these words alone stand over many works."""

_APART = frozenset(
    (
        "addendum answer appendix book comment commentary comments correction corrections corrigendum "
        "editorial errata erratum expression note preface reply response retracted retraction review "
        "supplement supplementary withdrawal withdrawn"
    ).split()
)
"""A work and what is said of it differ by these words: `Comment on …`, `Retraction: …`."""

_SMALL = frozenset(
    (
        "a among amongst an and as at by for from in into of on or the through to toward towards upon using via with x"
    ).split()
)
"""Words that come and go between the versions of a title."""

_SPELLED = {
    name: digits
    for digits, names in (
        ("1", "one first i"), ("2", "two second ii"), ("3", "three third iii"), ("4", "four fourth iv"),
        ("5", "five fifth v"), ("6", "six sixth vi"), ("7", "seven seventh vii"), ("8", "eight eighth viii"),
        ("9", "nine ninth ix"), ("10", "ten tenth"), ("12", "twelve twelfth xii"), ("20", "twenty twentieth xx"),
        ("30", "thirty"), ("40", "forty"), ("50", "fifty"), ("100", "hundred"), ("versus", "vs"),
    )
    for name in names.split()
}  # fmt: skip
"""Words that stand for others in titles: numbers in words and Roman ones, `vs`."""


class TitleFacts(msgspec.Struct, frozen=True):
    """What is compared of a record.

    Attributes:
        words: keys of the title's tokens.
        title: the keys joined by a space.
        surnames: what the first author's surname may be: it stands first in `Vasquez N`.
        year: of publication, else of announcement.
    """

    words: tuple[str, ...]
    title: str
    surnames: frozenset[str]
    year: int


def title_facts(observation: Observation) -> TitleFacts | None:
    """Give what can be compared of a record; None where it cannot be told by its title."""
    if not observation.authors:
        return None
    day = day_of(observation.published) or observation.announced
    words = tuple(keys(clean(observation.title)))
    surnames = _surnames(observation.authors[0])
    if day is None or not surnames or len(words) < SHORTEST or _GENERIC.issuperset(words):
        return None
    return TitleFacts(words, " ".join(words), surnames, day.year)


_INITIALS_LAST = pattern(r"(?P<surname>.*[^\W\d_]{2}.*?)\s+[A-Z]{1,3}", re.ASCII)


def _surnames(name: str) -> frozenset[str]:
    """Give what the surname may be; a double one may have lost its hyphen (`García-Lobo`, `Garcia Lobo`)."""
    turned = _INITIALS_LAST.fullmatch(name.strip())
    names = (surname(name), surname(name.replace("-", " ")), turned and surname(f"{turned['surname']}, X"))
    return frozenset(filter(None, names))


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

    >>> facts = lambda title: TitleFacts(tuple(title.split()), title, frozenset({"finn"}), 2024)
    >>> same_work(facts("on the limits of deep learning"), facts("on the limit of deep learning"))
    True
    >>> same_work(facts("spectral theory of graphs part i"), facts("spectral theory of graphs part ii"))
    False
    """
    if one.surnames.isdisjoint(other.surnames) or abs(one.year - other.year) > YEARS_APART:
        return False
    return one.title == other.title or _nearly(one, other)


def _nearly(one: TitleFacts, other: TitleFacts) -> bool:
    from rapidfuzz.fuzz import ratio

    core, other_core = _core(one.words), _core(other.words)
    if core.letters == other_core.letters:
        return True
    if not ratio(core.text, other_core.text, score_cutoff=NEARLY):
        return False
    if _numerals(core.words) != _numerals(other_core.words):
        return False
    left, right = _difference(core.words, other_core.words)
    return not (_APART & left.keys() or _APART & right.keys()) and _are_slips(left, right)


class _Core(NamedTuple):
    """What titles that nearly agree have in common: words, parted by spaces, and run together."""

    words: tuple[str, ...]
    text: str
    letters: str


@lru_cache(maxsize=1 << 15)  # a title is compared with all of its block
def _core(words: tuple[str, ...]) -> _Core:
    """Give the words without small ones, in one spelling: American, numbers in digits, Greek letters by name."""
    spelled = (_SPELLED.get(word) or _greek(word) or american(word) for word in words)
    kept = tuple(word for word in spelled if word not in _SMALL)
    return _Core(kept, " ".join(kept), "".join(kept))


def _greek(word: str) -> str | None:
    if len(word) > 1 or word.isascii():
        return None
    name = unicodedata.name(word, "")
    return name.removeprefix("GREEK SMALL LETTER ").lower() if name.startswith("GREEK SMALL LETTER ") else None


def _numerals(words: Iterable[str]) -> list[str]:
    return [number for word in words for number in re.findall(r"\d+", word)]


def _difference(one: Sequence[str], other: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    left, right = Counter(one), Counter(other)
    return left - right, right - left


def _are_slips(left: Counter[str], right: Counter[str]) -> bool:
    """Say whether what differs is a slip, a form of a word or a hyphen, and not another word."""
    rest_left, rest_right = list(left.elements()), list(right.elements())
    for word in list(rest_left):
        like = next((candidate for candidate in rest_right if _is_slip(word, candidate)), None)
        if like is not None:
            rest_left.remove(word)
            rest_right.remove(like)
    return "".join(rest_left) == "".join(rest_right)


def _is_slip(word: str, other: str) -> bool:
    from rapidfuzz.fuzz import ratio

    if same_word(word, other):
        return True
    lexicon = load_lexicon()
    if lexicon.known(word) and lexicon.known(other):
        return False
    return word[0] == other[0] and min(len(word), len(other)) >= 5 and ratio(word, other) >= 75


def block_keys(fact: TitleFacts) -> set[str]:
    """Give the blocks in which a record is compared with others: two that may be one work share one."""
    letters = fact.title.replace(" ", "")
    return {f"{name} {end}" for name in fact.surnames for end in (f"^{letters[:5]}", f"{letters[-5:]}$")}


def pairs_to_compare(facts: Sequence[TitleFacts | None], free: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Give the places of pairs that may be one work, at least one of the two `free`.

    They have one surname and the same letters at one end of the title: titles that nearly agree do but for the rarest.
    """
    blocks: dict[str, list[int]] = {}
    for place, fact in enumerate(facts):
        if fact is not None:
            for block in block_keys(fact):
                blocks.setdefault(block, []).append(place)
    given: set[tuple[int, int]] = set()
    for places in blocks.values():
        for one in places:
            if free[one]:
                given.update((min(one, other), max(one, other)) for other in places if other != one)
    yield from sorted(given)
