"""The keys of one text or of many, at hand for looking up and for finding misspellings."""

from __future__ import annotations

from collections.abc import Iterable

from papertriage.lexicon import Lexicon
from papertriage.match.alike import FUZZY_LETTERS, may_be_slip


class Vocabulary:
    """A growing set of keys.

    Args:
        lexicon: the well-known words, which are no misspellings.
        keys: to begin with.
    """

    def __init__(self, lexicon: Lexicon, keys: Iterable[str] = ()) -> None:
        self.lexicon = lexicon
        self._keys: set[str] = set()
        # What may be misspelt, by first letter and length: all that one word has to be compared with.
        self._slips: dict[tuple[str, int], list[str]] = {}
        self.add(keys)

    def __contains__(self, key: object) -> bool:
        """Say whether a key is in the vocabulary."""
        return key in self._keys

    def add(self, keys: Iterable[str]) -> None:
        """Take in keys; those that are there already change nothing."""
        new = set(keys) - self._keys
        self._keys |= new
        for key in new:
            if may_be_slip(key, self.lexicon):
                self._slips.setdefault((key[0], len(key)), []).append(key)

    def slips(self, word: str, fuzzy: int) -> list[tuple[str, float]]:
        """Give the keys that may be misspellings of a word, each with its similarity.

        They begin as the word, have five letters at least as the word has, no digits, and are not well known.

        Args:
            fuzzy: least similarity.
        """
        if len(word) < FUZZY_LETTERS:
            return []
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extract

        shortest = len(word) * fuzzy // (200 - fuzzy)  # for two lengths the similarity is at most 200 × min / sum
        longest = len(word) * (200 - fuzzy) // fuzzy + 1
        found: list[tuple[str, float]] = []
        for length in range(shortest, longest + 1):
            keys = self._slips.get((word[0], length))
            if keys:
                alike = extract(word, keys, scorer=ratio, score_cutoff=fuzzy, limit=None)
                found.extend((key, similarity) for key, similarity, _ in alike)
        return found
