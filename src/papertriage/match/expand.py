"""Terms expanded into what a vocabulary has that is alike.

A term is compared with the vocabulary, not with texts: once expanded, it is looked up in a text exactly (`find.py`).
What is alike is told from the word (`alike.py`), so that most of it is looked up in the vocabulary and not searched.
An `Expansion` is a plain value; it can be stored, and extended when the vocabulary has grown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from papertriage.match.alike import JOINED, Alike, Word, cuts, may_join, splits, word_of
from papertriage.match.vocabulary import Vocabulary
from papertriage.rules.terms import Near, Pattern, Term
from papertriage.text import Token

JOIN = Alike(100.0, "join")


class Part(msgspec.Struct, frozen=True):
    """One to three tokens of a term, and the entries of a vocabulary that are alike.

    Attributes:
        start, count: which tokens of the term.
        word: what they look for.
        entries: keys of the vocabulary that are alike.
        windows: windows that are alike and whose keys the vocabulary has, by their first key.
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

    def first_keys(self) -> Iterator[str]:
        """Give the keys that are looked for, of windows the first."""
        for part in self.parts:
            yield from part.entries
            yield from part.windows


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


def expand(term: Term, vocabulary: Vocabulary) -> Expansion:
    """Expand a term into what a vocabulary has that is alike.

    Args:
        term: a phrase or a proximity.
        vocabulary: the keys of texts; windows follow from them.
    """
    return extend(unexpanded(term), vocabulary, vocabulary)


def extend(expansion: Expansion, vocabulary: Vocabulary, new: Vocabulary) -> Expansion:
    """Give the expansion of a term against a vocabulary that has grown.

    Args:
        expansion: against the vocabulary without what is new.
        vocabulary: as it is now.
        new: what is new in it.

    Returns:
        What `expand` gives against the vocabulary as it is now.
    """
    parts = tuple(_extended(part, vocabulary, new) for part in expansion.parts)
    return msgspec.structs.replace(expansion, parts=parts)


def _extended(part: Part, vocabulary: Vocabulary, new: Vocabulary) -> Part:
    windows = {first: dict(entries) for first, entries in part.windows.items()}
    extended = msgspec.structs.replace(part, entries=dict(part.entries), windows=windows)
    _add_entries(extended, new)
    if not part.word.joined:
        _add_windows(extended, vocabulary, new)
    return extended


def _add_entries(part: Part, new: Vocabulary) -> None:
    word = part.word
    for form, same in word.forms.items():
        if form in new:
            part.add(form, Alike(100.0, "join" if word.joined else same))
    if word.fuzzy is not None:
        for key, similarity in new.slips(word.key, word.fuzzy):
            if key not in word.forms:
                part.add(key, Alike(similarity, "fuzzy"))


def _add_windows(part: Part, vocabulary: Vocabulary, new: Vocabulary) -> None:
    """Add the windows of which a piece is new."""
    for form in part.word.forms:
        for pieces in cuts(form, vocabulary):
            if new is vocabulary or any(piece in new for piece in pieces):
                part.add(" ".join(pieces), JOIN)
    for window, similarity in _cut_slips(part.word, vocabulary, new):
        part.add(window, Alike(similarity, "fuzzy"))


def _cut_slips(word: Word, vocabulary: Vocabulary, new: Vocabulary) -> Iterator[tuple[str, float]]:
    """Give the windows that are a misspelling of a word cut in two, of which a piece is new."""
    if word.fuzzy is None:
        return
    from rapidfuzz.fuzz import ratio

    for split in splits(word.key):
        if split.exact in vocabulary:
            for slip, _ in (vocabulary if split.exact in new else new).slips(split.rest, word.fuzzy):
                window = split.window(slip)
                key = window.replace(" ", "")
                similarity = ratio(word.key, key, score_cutoff=word.fuzzy)
                if similarity and key not in word.forms:
                    yield window, similarity
