"""Whether a word of a term and a word of a text are alike, and how much: the core of matching.

An *entry* is what a text offers for comparison: the key of one token, or the keys of two or three adjacent tokens
parted by a space (`pre training`), which are compared joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from papertriage.lexicon import Lexicon, SameWord, common_start, is_plural, longest_form, same_word, skeleton
from papertriage.model import MatchKind
from papertriage.text import Token

FUZZY_LETTERS = 5
"""Shorter tokens are never compared fuzzily."""

JOINED = 3
"""So many tokens at most are compared joined."""

KINDS: tuple[MatchKind, ...] = ("exact", "inflection", "spelling", "join", "fuzzy")
"""How words are alike, the most exact first."""


class Word(msgspec.Struct, frozen=True):
    """One word that a term looks for: one token of it, or up to three joined.

    Attributes:
        key: what is compared.
        strict: an acronym or a word with digits: a text must have it as it is, a plural s apart.
        fuzzy: least similarity, None for none.
        joined: it is made of several tokens.
        start: with these letters the skeleton of each of its forms begins (`lexicon.common_start`).
        longest: no form of it is longer (`lexicon.longest_form`).
    """

    key: str
    strict: bool
    fuzzy: int | None
    joined: bool
    start: str
    longest: int


class Alike(msgspec.Struct, frozen=True):
    """How alike an entry is to a word: similarity above 0 up to 100, and how it was found."""

    similarity: float
    kind: MatchKind


def word_of(tokens: Sequence[Token], fuzzy: int | None) -> Word:
    """Give what a term looks for with one token, or with several joined."""
    key = "".join(token.key for token in tokens)
    strict = has_digit(key) or any(sum(map(str.isupper, token.form)) > 1 for token in tokens)
    return Word(key, strict, fuzzy, len(tokens) > 1, common_start(key), longest_form(key))


def has_digit(key: str) -> bool:
    """Say whether a key has a digit, of any script."""
    return any(map(str.isnumeric, key)) if not key.isalpha() else False


def may_join(one: str, other: str) -> bool:
    """Say whether two adjacent keys may be compared joined: not where digit meets digit."""
    return not (one[-1].isnumeric() and other[0].isnumeric())


def alike(word: Word, entry: str, lexicon: Lexicon) -> Alike | None:
    """Compare a word with an entry of a text.

    100 when they are equal, forms of one word, or British and American spellings of one; else the normalised Indel
    similarity if it reaches the word's `fuzzy` and the guards hold. None when they are not alike.
    """
    parts = entry.split(" ")
    key = "".join(parts)
    joined = word.joined or len(parts) > 1
    same: SameWord | None
    if word.strict or has_digit(key):
        same = "exact" if key == word.key else "inflection" if is_plural(key, word.key) else None
    else:
        same = same_word(word.key, key) if len(key) <= word.longest else None
    if same:
        return Alike(100.0, "join" if joined else same)
    similarity = _fuzzily(word, key, parts, lexicon)
    return Alike(similarity, "fuzzy") if similarity else None


def plausible(word: Word, key: str) -> bool:
    """Rule out most keys, joined where they are several, at little cost; `alike` decides on the others."""
    if len(key) <= word.longest and skeleton(key).startswith(word.start):
        return True
    return word.fuzzy is not None and ratio(word.key, key, score_cutoff=word.fuzzy) > 0


def _fuzzily(word: Word, key: str, parts: list[str], lexicon: Lexicon) -> float:
    if word.fuzzy is None or word.strict or key[0] != word.key[0]:
        return 0.0
    if min(len(key), len(word.key)) < FUZZY_LETTERS or has_digit(key):
        return 0.0
    similarity = float(ratio(word.key, key, score_cutoff=word.fuzzy))
    # A well-known word is no misspelling of another, and well-known words side by side are none either:
    # `generate on` is not `generation`.
    if not similarity or all(map(lexicon.known, parts)):
        return 0.0
    if len(parts) > 1 and not _belong_together(word, parts, lexicon):
        return 0.0
    return similarity


def _belong_together(word: Word, parts: list[str], lexicon: Lexicon) -> bool:
    """Say whether a misspelling was cut in parts: each has mostly the word's letters, and none is another word like it.

    `evaluate siso` is not `evaluation`, and `interpretable itc` is not `interpretability`.
    """
    letters = LCSseq.similarity(word.key, "".join(parts))
    for place, part in enumerate(parts):
        rest = "".join(parts[:place] + parts[place + 1 :])
        if 3 * (letters - LCSseq.similarity(word.key, rest)) < 2 * len(part):
            return False
        if lexicon.known(part) and ratio(word.key, part, score_cutoff=word.fuzzy) > 0:
            return False
    return True


def windows_at(tokens: Sequence[Token], start: int) -> Iterator[str]:
    """Give the entries of two and three adjacent tokens that start at one place."""
    entry = last = tokens[start].key
    for following in tokens[start + 1 : start + JOINED]:
        if following.breaks or not may_join(last, following.key):
            return
        last = following.key
        entry = f"{entry} {last}"
        yield entry


def windows(tokens: Sequence[Token]) -> Iterator[str]:
    """Give the entries of two and three adjacent tokens: none across a sentence's end, or where digits meet."""
    for start in range(len(tokens)):
        yield from windows_at(tokens, start)
