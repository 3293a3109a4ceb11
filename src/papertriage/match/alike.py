"""Whether a word of a term and a word of a text are alike, and how much: the core of matching.

An *entry* is what a text offers for comparison: the key of one token, or the keys of two or three adjacent tokens
parted by a space, a *window* (`pre training`). All that is alike can be told from the word: its forms, its forms cut
in pieces (`cuts`), and what is a misspelling of it or of the rest that an exact piece leaves (`splits`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from papertriage.lexicon import Lexicon, SameWord, forms, is_plural
from papertriage.model import MatchKind
from papertriage.text import Token

FUZZY_LETTERS = 5
"""Shorter tokens are never compared fuzzily."""

EXACT_LETTERS = 3
"""So many letters at least has the exact piece of a misspelling cut in two."""

PIECE_LETTERS = 3
"""So many letters at least has a piece of a word that was cut, the first of two apart."""

JOINED = 3
"""So many tokens at most are compared joined."""

KINDS: tuple[MatchKind, ...] = ("exact", "inflection", "spelling", "join", "fuzzy")
"""How words are alike, the most exact first."""


class Word(msgspec.Struct, frozen=True, gc=False):
    """One word that a term looks for: one token of it, or up to three joined.

    Attributes:
        key: what is compared.
        strict: an acronym or a word with digits: a text must have it as it is, a plural s apart.
        fuzzy: least similarity of a misspelling; None where none is taken.
        joined: it is made of several tokens.
    """

    key: str
    strict: bool
    fuzzy: int | None
    joined: bool

    @property
    def forms(self) -> Mapping[str, SameWord]:
        """The keys that are this word, and how."""
        return _plurals(self.key) if self.strict else forms(self.key)


class Alike(msgspec.Struct, frozen=True, gc=False):
    """How alike an entry is to a word: similarity above 0 up to 100, and how it was found."""

    similarity: float
    kind: MatchKind


def word_of(tokens: Sequence[Token], fuzzy: int | None) -> Word:
    """Give what a term looks for with one token, or with several joined."""
    key = "".join(token.key for token in tokens)
    strict = has_digit(key) or any(sum(map(str.isupper, token.form)) > 1 for token in tokens)
    return Word(key, strict, None if strict or len(key) < FUZZY_LETTERS else fuzzy, len(tokens) > 1)


def _plurals(key: str) -> dict[str, SameWord]:
    found: dict[str, SameWord] = {key: "exact"}
    found.update((other, "inflection") for other in (key + "s", key[:-1]) if is_plural(key, other))
    return found


def has_digit(key: str) -> bool:
    """Say whether a key has a digit, of any script."""
    return any(map(str.isnumeric, key)) if not key.isalpha() else False


def may_join(one: str, other: str) -> bool:
    """Say whether two adjacent keys may be compared joined: not where digit meets digit."""
    return not (one[-1].isnumeric() and other[0].isnumeric())


def may_be_slip(key: str, lexicon: Lexicon) -> bool:
    """Say whether a key of a text may be a misspelling: long enough, without digits, and no well-known word."""
    return len(key) >= FUZZY_LETTERS and not has_digit(key) and not lexicon.known(key)


def may_be_slips(keys: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Give those of some keys with one first letter that may be misspellings (`may_be_slip`)."""
    known = lexicon.starting(keys[0][0]) if keys else frozenset()
    return [key for key in keys if len(key) >= FUZZY_LETTERS and key not in known and not has_digit(key)]


class Split(NamedTuple):
    """A word cut in two: what a text must have exactly, and what it may have misspelt."""

    exact: str
    rest: str
    exact_first: bool

    def window(self, slip: str) -> str:
        """Give the window that has a misspelling of the rest."""
        return f"{self.exact} {slip}" if self.exact_first else f"{slip} {self.exact}"


def splits(key: str) -> Iterator[Split]:
    """Give the ways to cut a word in two of which one piece may be misspelt.

    >>> [split.window("…") for split in splits("midlevel")]
    ['mid …', '… vel']
    """
    for place in range(EXACT_LETTERS, len(key) - FUZZY_LETTERS + 1):
        yield Split(key[:place], key[place:], exact_first=True)
    for place in range(FUZZY_LETTERS, len(key) - EXACT_LETTERS + 1):
        yield Split(key[place:], key[:place], exact_first=False)


def are_pieces(pieces: Sequence[str]) -> bool:
    """Say whether two or three adjacent tokens may be one word that was cut.

    The first may be one letter (`e learning`); each other, and each of three, has three. Cut at numbers (`CO 2`)
    anything may be, but not between digits.

    >>> are_pieces(["pre", "training"]), are_pieces(["x", "ray"]), are_pieces(["a", "n"]), are_pieces(["t", "o", "ol"])
    (True, True, False, False)
    """
    if any(map(str.isnumeric, pieces)):
        return all(map(may_join, pieces, pieces[1:]))
    long = pieces[1:] if len(pieces) == 2 else pieces
    return all(len(piece) >= PIECE_LETTERS for piece in long) and all(map(may_join, pieces, pieces[1:]))


def cuts(key: str, vocabulary: Container[str]) -> Iterator[tuple[str, ...]]:
    """Give the ways to cut a key in two or three pieces that a vocabulary has (`are_pieces`)."""
    # Without a number the pieces have their letters: most places need not be tried.
    least = PIECE_LETTERS if key.isalpha() else 1
    for place in range(1, len(key) - least + 1):
        first, rest = key[:place], key[place:]
        if first not in vocabulary:
            continue
        if rest in vocabulary and are_pieces((first, rest)):
            yield first, rest
        if place < least:
            continue
        for second in range(least, len(rest) - least + 1):
            pieces = first, rest[:second], rest[second:]
            if pieces[1] in vocabulary and pieces[2] in vocabulary and are_pieces(pieces):
                yield pieces


def alike(word: Word, entry: str, lexicon: Lexicon) -> Alike | None:
    """Compare a word with an entry of a text; None when they are not alike.

    100 when the entry, joined, is a form of the word. Else, for one token, the normalised Indel similarity if it
    reaches the word's `fuzzy` and the guards hold: the first letter agrees, both have five letters and no digits, and
    the token is no well-known word. Two tokens may be a misspelling too, if one is exactly what the word has there and
    the other is alike to the rest by the same rule. Several tokens of a term are never compared with several.
    """
    pieces = entry.split(" ")
    if word.joined and len(pieces) > 1:
        return None
    key = "".join(pieces)
    same = word.forms.get(key)
    if same and (len(pieces) == 1 or are_pieces(pieces)):
        return Alike(100.0, "join" if word.joined or len(pieces) > 1 else same)
    if same or word.fuzzy is None:
        return None
    if len(pieces) == 1:
        similarity = _slip(word.key, key, word.fuzzy, lexicon)
    elif any(_is_cut_slip(split, entry, word.fuzzy, lexicon) for split in splits(word.key)):
        similarity = _ratio(word.key, key, word.fuzzy)
    else:
        return None
    return Alike(similarity, "fuzzy") if similarity else None


def _is_cut_slip(split: Split, entry: str, fuzzy: int, lexicon: Lexicon) -> bool:
    one, _, other = entry.partition(" ")
    exact, slip = (one, other) if split.exact_first else (other, one)
    return exact == split.exact and _slip(split.rest, slip, fuzzy, lexicon) > 0


def _slip(word: str, key: str, fuzzy: int, lexicon: Lexicon) -> float:
    if len(word) < FUZZY_LETTERS or key[:1] != word[0] or not may_be_slip(key, lexicon):
        return 0.0
    return _ratio(word, key, fuzzy)


def _ratio(one: str, other: str, fuzzy: int) -> float:
    from rapidfuzz.fuzz import ratio  # not to look up what was found before

    return ratio(one, other, score_cutoff=fuzzy)


def windows_at(keys: Sequence[str], starts: Container[int], place: int) -> Iterator[str]:
    """Give the windows of two and three adjacent tokens that start at one place.

    None goes across a sentence's end, or where digits meet.

    Args:
        keys: of the tokens of a text.
        starts: which of them begin a sentence.
    """
    entry = last = keys[place]
    for following in range(place + 1, min(place + JOINED, len(keys))):
        key = keys[following]
        if following in starts or not may_join(last, key):
            return
        last = key
        entry = f"{entry} {key}"
        yield entry
