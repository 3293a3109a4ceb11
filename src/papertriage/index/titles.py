"""By what works are found in the index that may be one with another by their titles."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence

import msgspec

from papertriage.model import Observation
from papertriage.store.group import copied_title
from papertriage.store.identities import is_free, service
from papertriage.store.titles import TitleFacts, block_keys, title_facts
from papertriage.text import title_key


class Titles:
    """By what works are found that may be one with another by their titles.

    Nothing is kept until there is something to compare: works without an arXiv id beside those of another service, or
    copied listings. Then `compare` says so, once, and what is in the index is to be taken in.

    Attributes:
        across: titles are compared across services.
        copied: sources that have copied listings.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        row = db.execute("SELECT value FROM facts WHERE name = 'titles'").fetchone()
        self._seen = msgspec.json.decode(row[0], type=_Seen) if row else _Seen()

    @property
    def across(self) -> bool:  # noqa: D102 - above
        return self._seen.free and len(self._seen.services) > 1

    @property
    def are_compared(self) -> bool:
        """Whether there is anything to compare."""
        return self.across or bool(self._seen.copied)

    def see(self, observations: Iterable[Observation]) -> bool:
        """Take in what kinds of works there are; say whether what is in the index has to be taken in (`add`)."""
        before = self.across, len(self._seen.copied)
        seen = self._seen
        for one in observations:
            seen.services.add(service(one.source))
            if copied_title(one) is not None:
                seen.copied.add(one.source)
            if not seen.free and one.authors and is_free(one):
                seen.free = True
        self._db.execute("INSERT OR REPLACE INTO facts VALUES ('titles', ?)", (msgspec.json.encode(seen),))
        return before != (self.across, len(seen.copied))

    def add(self, doc: int, observations: Sequence[Observation]) -> dict[int, bool]:
        """Note by what a paper is found; give it: number of the block, and whether it is free there."""
        rows: dict[int, bool] = {}
        if not self.are_compared:
            return rows
        for one in observations:
            if one.source in self._seen.copied:
                rows[_number(f"{one.source} {title_key(one.title)}")] = True
            if self.across and (facts := title_facts(one)):
                free = is_free(one)
                for block in block_keys(facts):
                    number = _number(block)
                    rows[number] = rows.get(number, False) or free
        self._db.executemany(
            "INSERT OR REPLACE INTO titles VALUES (?, ?, ?)", [(block, doc, free) for block, free in rows.items()]
        )
        return rows

    def candidates(self, facts: TitleFacts, *, free: bool) -> set[int]:
        """Give the papers that may have an observation that agrees with one of these facts."""
        statement = _IN_BLOCK if free else _FREE_IN_BLOCK
        blocks = map(_number, block_keys(facts))
        return {doc for block in blocks for (doc,) in self._db.execute(statement, (block,))}

    def copies(self, observation: Observation) -> set[int]:
        """Give the papers of a source that have the title of an observation, where some are known by it alone."""
        if observation.source not in self._seen.copied:
            return set()
        block = _number(f"{observation.source} {title_key(observation.title)}")
        return {doc for (doc,) in self._db.execute(_IN_BLOCK, (block,))}


class _Seen(msgspec.Struct):
    services: set[str] = set()
    copied: set[str] = set()
    free: bool = False


_IN_BLOCK = "SELECT doc FROM titles WHERE block = ?"
_FREE_IN_BLOCK = "SELECT doc FROM titles WHERE block = ? AND free"


def _number(block: str) -> int:
    return zlib.crc32(block.encode())
