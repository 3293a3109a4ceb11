"""Bringing the index up to date with the log."""

from __future__ import annotations

import gc
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from itertools import compress
from operator import attrgetter
from pathlib import Path

import msgspec

from papertriage.index import segments as log
from papertriage.index.current import apart_changed, is_finished
from papertriage.index.docs import write_columns
from papertriage.index.inversion import Words
from papertriage.index.schema import READING, WRITING, complete, keep_at_hand
from papertriage.index.segments import Segment
from papertriage.index.words import BLOCK_BITS, FIELDS
from papertriage.index.works import OFFSET_BITS, Entry, LogReader, Works
from papertriage.model import Observation, Paper
from papertriage.store.identities import Apart, names_of
from papertriage.store.jsonl import Damage, read_placed
from papertriage.store.lock import is_busy
from papertriage.store.merge import identities_of, paper_of
from papertriage.store.record import decode_line
from papertriage.store.segments import segments as log_files
from papertriage.text import clean, keys, ready_to_cut

Progress = Callable[[int], None]
"""Told how many observations were read since it was called last."""


_TEXTS = FIELDS[:-1]
_AUTHORS = len(_TEXTS)
_AUTHOR = bytes([_AUTHORS])

_CHUNK = 2048
"""Papers that are taken in together: more would take more memory."""

_MOST = 1 << 16
"""Observations that are committed together though no block is full: most of them are not of new papers."""

_FACET = msgspec.json.Decoder(tuple[tuple[str, ...], tuple[str, ...]])


@contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no cycles: papers are in none, and looking takes an eighth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_collector()
def update(
    db: sqlite3.Connection, folder: Path, apart: Sequence[Apart] = (), *, progress: Progress | None = None
) -> None:
    """Bring the index up to date with the log, one transaction a block of papers.

    The caller holds the lock of the index. Killed at any moment, the next call goes on.

    Args:
        folder: the data folder.
        apart: identities of works that the user holds apart.

    Raises:
        StorageError, NewerVersionError: the log cannot be read.
        sqlite3.Error: the index cannot be written.
    """
    papers = folder / "papers"
    changes = log.find_changes(db, papers)
    moved = apart_changed(db, apart)
    if not changes.grown and not changes.gone and not moved and is_finished(db):
        return
    segments = {segment.number: segment for segment in (*log.known_segments(db).values(), *changes.grown)}
    order = {path.name: rank for rank, path in enumerate(log_files(papers))}
    ranks = {number: order.get(segment.name, len(order)) for number, segment in segments.items()}
    keep_at_hand(db, WRITING)
    with LogReader(papers, segments.values()) as reader:
        updating = _Update(db, Works(db, reader, ranks, apart), progress)
        updating.drop(changes.gone, [segment for segment in changes.grown if segment.tail])
        if moved:
            updating.regroup(moved)
            _save_apart(db, apart)
        for segment in changes.grown:
            updating.read(segment, papers / segment.name, folder)
        updating.finish()
    keep_at_hand(db, READING)


class _Update:
    """One run of bringing up to date."""

    def __init__(self, db: sqlite3.Connection, works: Works, progress: Progress | None) -> None:
        self._db = db
        self._works = works
        self._words = Words(db)
        self._progress = progress
        facets = db.execute("SELECT number, value FROM facets")
        self._facets = {_FACET.decode(value): number for number, value in facets}
        self._next: int = db.execute("SELECT coalesce(max(number), -1) + 1 FROM observations").fetchone()[0]
        self._touched: set[int] = set()  # blocks with papers that changed
        self._block = self._taken = 0  # at the beginning of the transaction the last block; since then observations
        # Papers whose observations went with a file that was replaced: they come back as a rule.
        self._orphans: dict[str, int] = {}

    # -- from the log ---------------------------------------------------------------------------------------

    def read(self, segment: Segment, path: Path, folder: Path) -> None:
        """Take in what a file has more than the index; what is behind the last full block is yet to be committed."""
        state = log.state_of(path)
        damage: list[Damage] = []
        base = segment.number << OFFSET_BITS
        batch: list[Entry] = []
        self._begin()
        self._db.execute("DELETE FROM damage WHERE segment = ? AND line > ?", (segment.number, segment.lines))
        lines = read_placed(
            path, decode_line, damage, busy=lambda: is_busy(folder), offset=segment.size, number=segment.lines + 1
        )
        most = min(self._words.room, _CHUNK)
        for line, observations in lines:
            batch += [Entry(one, base | line.offset, nth) for nth, one in enumerate(observations)]
            if line.ended:
                log.note_line(segment, line, path)
            else:
                segment.tail = bool(observations)
            if len(batch) >= most:
                self._take_in(batch)
                batch = []
                if self._is_due():
                    self._save(segment, damage)
                    self._commit()
                    self._begin()
                most = min(self._words.room, _CHUNK)
        self._take_in(batch)
        log.note_state(segment, state)
        self._save(segment, damage)

    def _save(self, segment: Segment, damage: list[Damage]) -> None:
        """Write how far a file was read, and what is wrong with it."""
        log.save(self._db, segment)
        rows = [(segment.number, note.place.line, note.reason) for note in damage]
        self._db.executemany("INSERT INTO damage VALUES (?, ?, ?)", rows)
        damage.clear()

    def _is_due(self) -> bool:
        """Say whether to commit: a block that is written before it is full has to be written again."""
        return self._words.next_doc >> BLOCK_BITS != self._block or self._taken >= _MOST

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
            self._block, self._taken = self._words.next_doc >> BLOCK_BITS, 0

    def _commit(self) -> None:
        """Write what was taken in together with how far the files were read."""
        self._words.flush()
        write_columns(self._db, self._touched)
        self._touched.clear()
        self._db.execute("COMMIT")

    def drop(self, gone: Sequence[Segment], tails: Sequence[Segment]) -> None:
        """Forget what files said that were replaced or removed, and the last lines of files in which these had no end.

        What others said of the same papers stays. All of it goes at once, since nothing of it can be read any more.
        """
        if not gone and not tails:
            return
        self._begin()
        docs: set[int] = set()
        for segment in tails:
            docs |= self._remove(segment, segment.size)
            segment.tail = False
            log.save(self._db, segment)
        for segment in gone:
            docs |= self._remove(segment, 0)
            self._db.execute("DELETE FROM segments WHERE number = ?", (segment.number,))
            self._db.execute("DELETE FROM damage WHERE segment = ?", (segment.number,))
        self._regroup_without(docs)
        self._commit()

    def _remove(self, segment: Segment, start: int) -> set[int]:
        """Remove the observations of a file from an offset on; give their papers."""
        first = segment.number << OFFSET_BITS
        where, span = "WHERE place >= ? AND place < ?", (first | start, first + (1 << OFFSET_BITS))
        docs = {doc for (doc,) in self._db.execute(f"SELECT doc FROM observations {where}", span)}  # noqa: S608
        self._db.execute(
            f"DELETE FROM names WHERE observation IN (SELECT number FROM observations {where})",  # noqa: S608
            span,
        )
        self._db.execute(f"DELETE FROM observations {where}", span)  # noqa: S608
        return docs

    def _regroup_without(self, docs: set[int]) -> None:
        """Group anew what is left of papers from which observations were removed, and what is like them."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES ('orphans', 1)")
        linked = {doc for doc in docs if self._db.execute(_IS_LINKED, (doc,)).fetchone()}
        rest = self._works.entries(sorted(docs | (self._works.beside(linked) if linked else set())))
        self._take_in(rest)
        left = {entry.doc for entry in rest}
        for doc in sorted(docs):
            row = None if doc in left else self._db.execute("SELECT id FROM docs WHERE doc = ?", (doc,)).fetchone()
            if row:
                self._orphans[row[0]] = doc

    def regroup(self, names: Iterable[str]) -> None:
        """Group anew the papers that have some identities."""
        self._begin()
        docs = {doc for name in names for doc in self._works.named(name)}
        self._take_in(self._works.entries(docs))
        self._commit()

    def finish(self) -> None:
        """Commit what is left, without the papers of which no observation is left."""
        self._begin()
        if not is_finished(self._db):
            gone = self._db.execute("SELECT doc FROM docs WHERE doc NOT IN (SELECT doc FROM observations)").fetchall()
            self._remove_docs(doc for (doc,) in gone)
            self._db.execute("DELETE FROM facts WHERE name = 'orphans'")
        complete(self._db)
        self._commit()

    # -- into the tables ------------------------------------------------------------------------------------

    def _take_in(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        if self._works.titles.see(entry.observation for entry in entries):
            self._note_titles()
        closure = self._works.closure(entries)
        rows = _Rows()
        old = {entry.doc for entry in closure if entry.doc is not None}
        for members in self._works.group(closure):
            old.discard(self._store(members, rows, old))
        rows.write(self._db, rows.linked())
        self._remove_docs(old)
        self._taken += len(entries)
        if self._progress:
            self._progress(len(entries))

    def _store(self, members: Sequence[Entry], rows: _Rows, free: set[int]) -> int:
        """Write a paper; give its number."""
        one = members[0].observation
        paper: Paper | Observation
        sources: tuple[str, ...]
        if len(members) == 1:  # what is asked here is the same of an observation and of the paper made of it alone
            paper, sources = one, (one.source,)
            name = identities_of((one,))[1][0]
        else:
            paper = paper_of([entry.observation for entry in members])
            name, sources = paper.id, paper.sources
        fields, words = _words_of(paper)
        text = zlib.crc32(words, zlib.crc32(fields))
        doc = self._number_for(name, members, text, free)
        if doc is None:
            doc = self._words.add(fields, words)
        day = paper.day.toordinal()
        signals = msgspec.json.encode(paper.signals).decode() if paper.signals else None
        last = 0
        names = [names_of(entry.observation) for entry in members]
        titles = self._works.titles
        blocks = titles.add(doc, [entry.observation for entry in members]) if titles.are_compared else {}
        rows.note_relations(doc, names, blocks)
        for entry, own_names in zip(members, names, strict=True):
            own_day = day if paper is one else entry.observation.day.toordinal()
            seen = entry.observation.seen.toordinal()
            last = max(last, own_day, seen)
            if entry.number is None:
                rows.observations.append((self._next, entry.place, entry.nth, own_day, seen, doc))
                rows.names += [(own, self._next) for own in own_names]
                self._next += 1
            elif entry.doc != doc:
                rows.moved.append((doc, entry.number))
        self._touched.add(doc >> BLOCK_BITS)
        rows.docs.append((doc, name, day, last, self._facet(sources, paper.categories, rows), text, signals))
        return doc

    def _remove_docs(self, docs: Iterable[int]) -> None:
        for doc in docs:
            self._db.execute("DELETE FROM docs WHERE doc = ?", (doc,))
            self._db.execute("DELETE FROM places WHERE doc = ?", (doc,))
            self._touched.add(doc >> BLOCK_BITS)

    def _number_for(self, name: str, members: Sequence[Entry], text: int, free: set[int]) -> int | None:
        """Give the number of the paper, if it is there already with this very text."""
        if not free and not self._orphans:
            return None
        candidates = {entry.doc for entry in members if entry.doc is not None and entry.doc in free}
        if name in self._orphans:
            candidates.add(self._orphans.pop(name))
        for doc in sorted(candidates):
            row = self._db.execute("SELECT text FROM docs WHERE doc = ?", (doc,)).fetchone()
            if row and row[0] == text:
                return doc
        return None

    def _facet(self, sources: tuple[str, ...], categories: tuple[str, ...], rows: _Rows) -> int:
        facet = sources, categories
        number = self._facets.get(facet)
        if number is None:
            number = self._facets[facet] = len(self._facets)
            rows.facets.append((number, msgspec.json.encode(facet).decode()))
        return number

    def _note_titles(self) -> None:
        """Take what is in the index into what titles are compared by: there was nothing to compare until now."""
        docs = [doc for (doc,) in self._db.execute("SELECT doc FROM docs")]
        for doc in docs:
            self._works.titles.add(doc, [entry.observation for entry in self._works.entries([doc])])


class _Rows:
    """Rows to be written, by table: in one go, which is faster."""

    def __init__(self) -> None:
        self.docs: list[tuple[object, ...]] = []
        self.observations: list[tuple[int, ...]] = []
        self.moved: list[tuple[int, int]] = []
        self.names: list[tuple[str, int]] = []
        self.facets: list[tuple[int, str]] = []
        self._by_name: dict[str, int] = {}
        self._by_block: dict[int, list[tuple[int, bool]]] = {}
        self._linked: set[int] = set()

    def note_relations(self, doc: int, names: Sequence[Sequence[str]], blocks: Mapping[int, bool]) -> None:
        """Take in by what a paper may be one with another, or be several."""
        if len(names) > 1 and not set(names[0]).intersection(*names[1:]):
            self._linked.add(doc)
        for name in {name for own in names for name in own} if len(names) > 1 else names[0]:
            other = self._by_name.setdefault(name, doc)
            if other != doc:
                self._linked |= {doc, other}
        for block, free in blocks.items():
            self._by_block.setdefault(block, []).append((doc, free))

    def linked(self) -> set[int]:
        """Give the papers that would be grouped otherwise, maybe, if there were fewer observations."""
        for found in self._by_block.values():
            if len(found) > 1 and any(free for _, free in found):
                self._linked.update(doc for doc, _ in found)
        return self._linked

    def write(self, db: sqlite3.Connection, linked: Set[int]) -> None:
        rows = [(*row, row[0] in linked) for row in self.docs]
        db.executemany("INSERT INTO facets VALUES (?, ?)", self.facets)
        db.executemany("INSERT OR REPLACE INTO docs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.executemany("INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?)", self.observations)
        db.executemany("UPDATE observations SET doc = ? WHERE number = ?", self.moved)
        db.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", sorted(self.names))


_IS_LINKED = "SELECT 1 FROM docs WHERE doc = ? AND linked"


def fields_of(paper: Paper | Observation) -> Iterator[tuple[int, list[str]]]:
    """Give what is tokenised of a paper: the place of each field in `FIELDS`, and its keys."""
    places, raws = _raws_of(paper)
    for place, raw in zip(places, raws, strict=True):
        yield place, keys(clean(raw))


def _words_of(paper: Paper | Observation) -> tuple[bytes, bytes]:
    """Give the same, ready to be cut: the places, and the text of all fields."""
    places, raws = _raws_of(paper)
    return places, ready_to_cut(raws).encode()


def _raws_of(paper: Paper | Observation) -> tuple[bytes, list[str]]:
    texts = _texts_of(paper)
    raws = [text for text in texts if text]
    raws += paper.authors
    return bytes(compress(range(_AUTHORS), texts)) + _AUTHOR * len(paper.authors), raws


_texts_of: Callable[[Paper | Observation], tuple[str | None, ...]] = attrgetter(*_TEXTS)


def _save_apart(db: sqlite3.Connection, apart: Sequence[Apart]) -> None:
    value = msgspec.json.encode([(sorted(one), sorted(other)) for one, other in apart])
    db.execute("INSERT OR REPLACE INTO facts VALUES ('apart', ?)", (value,))
