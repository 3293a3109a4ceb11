"""Terms expanded into what a vocabulary has that is alike.

A term is compared with the vocabulary, not with texts: once expanded, it is looked up in a text exactly (`find.py`).
An `Expansion` is a plain value; it can be stored, and extended when the vocabulary has grown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

import msgspec

from papertriage.lexicon import Lexicon
from papertriage.match.alike import JOINED, Alike, Word, alike, may_join, plausible, word_of
from papertriage.rules.terms import Near, Pattern, Term
from papertriage.text import Token


class Part(msgspec.Struct, frozen=True):
    """One to three tokens of a term, and the entries of a vocabulary that are alike.

    Attributes:
        start, count: which tokens of the term.
        word: what they look for.
        entries: keys of the vocabulary that are alike.
        windows: windows of the vocabulary that are alike, by their first key.
    """

    start: int
    count: int
    word: Word
    entries: dict[str, Alike]
    windows: dict[str, dict[str, Alike]]

    def add(self, entry: str, likeness: Alike) -> None:
        """Take in an entry that is alike."""
        first, space, _ = entry.partition(" ")
        if space:
            self.windows.setdefault(first, {})[entry] = likeness
        else:
            self.entries[entry] = likeness


class Expansion(msgspec.Struct, frozen=True):
    """A term against a vocabulary.

    Attributes:
        letters: of each token of the term: its weight in the similarity.
        parts: ordered by start and count.
        within: for a proximity, how many other tokens may stand between its words; None for a phrase.
    """

    letters: tuple[int, ...]
    parts: tuple[Part, ...]
    within: int | None = None


def unexpanded(term: Term) -> Expansion:
    """Give the expansion of a term against an empty vocabulary.

    Raises:
        TypeError: the term is a pattern: those are searched in the text.
    """
    look_for = term.look_for
    if isinstance(look_for, Pattern):
        msg = "a pattern has no expansion"
        raise TypeError(msg)
    is_near = isinstance(look_for, Near)
    tokens = look_for.words if isinstance(look_for, Near) else look_for.tokens
    parts = [
        Part(start, count, word_of(tokens[start : start + count], term.fuzzy), {}, {})
        for start in range(len(tokens))
        for count in range(1, 2 if is_near else JOINED + 1)
        if start + count <= len(tokens) and _joins(tokens[start : start + count])
    ]
    letters = tuple(len(token.key) for token in tokens)
    return Expansion(letters, tuple(parts), look_for.within if isinstance(look_for, Near) else None)


def _joins(tokens: Sequence[Token]) -> bool:
    return all(may_join(one.key, other.key) and not other.breaks for one, other in pairwise(tokens))


def expand(term: Term, vocabulary: Iterable[str], lexicon: Lexicon) -> Expansion:
    """Expand a term into the entries of a vocabulary that are alike.

    Args:
        term: a phrase or a proximity.
        vocabulary: keys of tokens, and windows of adjacent ones (`alike.windows`).
        lexicon: the well-known words.
    """
    return extend(unexpanded(term), vocabulary, lexicon)


def extend(expansion: Expansion, vocabulary: Iterable[str], lexicon: Lexicon) -> Expansion:
    """Give the expansion with the entries of more vocabulary."""
    by_initial: dict[str, list[str]] = {}
    for entry in vocabulary:
        by_initial.setdefault(entry[0], []).append(entry)
    parts = []
    for part in expansion.parts:
        windows = {first: dict(entries) for first, entries in part.windows.items()}
        extended = msgspec.structs.replace(part, entries=dict(part.entries), windows=windows)
        for entry in chain.from_iterable(by_initial.get(letter, ()) for letter in initials(part.word.key)):
            if " " in entry and part.count > 1:
                continue  # never several tokens with several
            if plausible(part.word, entry.replace(" ", "")) and (likeness := alike(part.word, entry, lexicon)):
                extended.add(entry, likeness)
        parts.append(extended)
    return msgspec.structs.replace(expansion, parts=tuple(parts))


def initials(key: str) -> str:
    """Give the letters with which a key that is alike can begin: its own first, or those of `oestrogen`, `estrogen`."""
    if key[0] == "e":
        return "eao"
    return key[0] + "e" if key.startswith(("ae", "oe")) else key[0]
