"""The keys of texts, at hand for words that are looked for: those of the index, or of texts in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from papertriage.lexicon import Lexicon
from papertriage.match.vocabulary import Vocabulary


class Numbers(Mapping[str, int]):
    """The numbers of keys in the index, looked up one by one: to read all takes longer than most searches.

    Args:
        db: the index.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._found: dict[str, int | None] = {}

    def __getitem__(self, key: str) -> int:
        if key not in self._found:
            try:
                row = self._db.execute("SELECT number FROM vocabulary WHERE key = ?", (key,)).fetchone()
            except UnicodeEncodeError:  # half a character, which no file can hold
                row = None
            self._found[key] = row[0] if row else None
        number = self._found[key]
        if number is None:
            raise KeyError(key)
        return number

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so."""
        rows = self._db.execute(
            "SELECT key FROM vocabulary WHERE key >= ? AND key < ? ORDER BY key", (prefix, _behind(prefix))
        )
        return [key for (key,) in rows]

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self._db.execute("SELECT key FROM vocabulary ORDER BY number"))

    def __len__(self) -> int:
        count: int = self._db.execute("SELECT count(*) FROM vocabulary").fetchone()[0]
        return count


def _behind(prefix: str) -> str:
    """Give the first text, in the order of characters, behind all that begin so."""
    return prefix + chr(0x10FFFF)


class IndexKeys(Vocabulary):
    """The keys of the index, read as far as they are asked for."""

    def __init__(self, lexicon: Lexicon, numbers: Numbers) -> None:
        super().__init__(lexicon)
        self._numbers = numbers
        self._letters: set[str] = set()

    def __contains__(self, key: object) -> bool:
        """Say whether a key is in the index."""
        return key in self._numbers

    def slips(self, word: str, fuzzy: int) -> list[tuple[str, float]]:
        """Give the keys that may be misspellings of a word, each with its similarity."""
        letter = word[:1]
        if letter and letter not in self._letters:
            self._letters.add(letter)
            self.add(self._numbers.starting(letter))
        return super().slips(word, fuzzy)

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so."""
        return self._numbers.starting(prefix)


class MemoryKeys(Vocabulary):
    """The keys of texts in memory."""

    def __init__(self, lexicon: Lexicon, keys: Iterable[str]) -> None:
        super().__init__(lexicon)
        self._all = keys if isinstance(keys, set | dict) else set(keys)

    def __contains__(self, key: object) -> bool:
        """Say whether a key is in the texts."""
        return key in self._all

    @cached_property
    def _is_ready(self) -> bool:
        self.add(self._all)  # only for misspellings
        return True

    def slips(self, word: str, fuzzy: int) -> list[tuple[str, float]]:
        """Give the keys that may be misspellings of a word, each with its similarity."""
        assert self._is_ready
        return super().slips(word, fuzzy)

    def starting(self, prefix: str) -> list[str]:
        """Give the keys that begin so."""
        return sorted(key for key in self._all if key.startswith(prefix))


Keys = IndexKeys | MemoryKeys
