"""The keys of one text or of many, at hand for looking up and for finding misspellings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from papertriage.index.keys import Keys
from papertriage.lexicon import Lexicon
from papertriage.match.alike import FUZZY_LETTERS, may_be_slips

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Vocabulary:
    """A set of keys.

    Args:
        lexicon: the well-known words, which are no misspellings.
        keys: all of them.
    """

    def __init__(self, lexicon: Lexicon, keys: Iterable[str] = ()) -> None:
        self.lexicon = lexicon
        self._keys = frozenset(keys)
        self._beginnings: dict[str, _Beginning] = {}

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self._keys:
            found.setdefault(key[0], []).append(key)
        return found

    def __contains__(self, key: object) -> bool:
        """Say whether a key is in the vocabulary."""
        return key in self._keys

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so, in the order of their characters."""
        return sorted(key for key in self._by_letter.get(prefix[0], ()) if key.startswith(prefix))

    def slips(self, word: str, fuzzy: int) -> list[tuple[str, float]]:
        """Give the keys that may be misspellings of a word, each with its similarity.

        They begin as the word, have five letters at least as the word has, no digits, and are not well known.

        Args:
            fuzzy: least similarity.
        """
        if len(word) < FUZZY_LETTERS:
            return []
        beginning = self._beginnings.get(word[0])
        if beginning is None:
            beginning = self._beginnings[word[0]] = _Beginning(may_be_slips(self.starting(word[0]), self.lexicon))
        keys = beginning.near(word, fuzzy)
        if not keys:
            return []
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extract

        found = extract(word, keys, scorer=ratio, score_cutoff=fuzzy, limit=None)
        return [(key, similarity) for key, similarity, _ in found]


class IndexVocabulary(Vocabulary):
    """The keys of an index, read as far as they are asked for."""

    def __init__(self, lexicon: Lexicon, keys: Keys) -> None:
        super().__init__(lexicon)
        self._index_keys = keys

    def __contains__(self, key: object) -> bool:
        """Say whether a key is in the index."""
        return isinstance(key, str) and self._index_keys.find(key) is not None

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so, in the order of their characters."""
        return self._index_keys.starting(prefix)


class _Beginning:
    """The keys with one first letter that may be misspelt.

    To compare a word with thousands of them takes longer than to find out first which can be so similar at all: the
    Indel similarity of lengths n and m is at least f only if at most (n + m) (1 - f) letters have to go or to come,
    and each of these changes by one at most which letters there are, once and twice.
    """

    def __init__(self, keys: list[str]) -> None:
        self._few: Sequence[str] | None = keys
        if len(keys) >= _MANY:
            keys.sort(key=len)
            self._lengths, self._letters = _lengths_and_letters(keys)
            self._stops = self._lengths.cumsum()
            self._text = "".join(keys)  # a million texts would take ten times as much memory
            self._few = None

    def near(self, word: str, fuzzy: int) -> Sequence[str]:
        """Give the keys that may be as similar to a word as that, and others."""
        if self._few is not None:
            return self._few
        import numpy as np

        size = len(word)
        shortest, longest = size * fuzzy // (200 - fuzzy), size * (200 - fuzzy) // fuzzy + 1
        bounds = self._lengths.searchsorted(np.arange(shortest, longest + 2))
        first, stop = bounds[0], bounds[-1]
        differ = np.bitwise_count(self._letters[first:stop] ^ np.uint64(_letters(word)))
        may = [min((size + length) * (100 - fuzzy) // 100, _BITS) for length in range(shortest, longest + 1)]
        near = np.flatnonzero(differ <= np.array(may, np.uint8).repeat(bounds[1:] - bounds[:-1])) + first
        stops, text = self._stops[near], self._text
        return [
            text[start:stop] for start, stop in zip((stops - self._lengths[near]).tolist(), stops.tolist(), strict=True)
        ]


_MANY = 200
_BITS = 64
"""As many letters as can differ."""


def _letters(word: str) -> int:
    """Give as bits which letters a word has, and which it has twice; several letters share a bit."""
    bits = 0
    for letter in word:
        bit = 1 << (ord(letter) & 31)
        bits |= bit << 32 if bits & bit else bit
    return bits


def _lengths_and_letters(keys: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Give the length, in order, and the letters, as `_letters` does, of each key."""
    import numpy as np

    lengths = np.array(list(map(len, keys)))
    letters = [_letters_of(keys[start : start + _AT_ONCE]) for start in range(0, len(keys), _AT_ONCE)]
    return lengths, np.concatenate(letters)


def _letters_of(keys: Sequence[str]) -> NDArray[np.uint64]:
    import numpy as np

    letters = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), np.uint32)
    owners = np.repeat(np.arange(len(keys)), list(map(len, keys)))
    counts = np.bincount(owners << 5 | (letters & 31), minlength=len(keys) << 5).reshape(-1, 32)
    bits = np.packbits(np.hstack((counts > 0, counts > 1)), axis=1, bitorder="little")
    return bits.view("<u8")[:, 0]


_AT_ONCE = 10_000
"""Of so many keys letters are counted at once: each takes a kilobyte meanwhile."""
