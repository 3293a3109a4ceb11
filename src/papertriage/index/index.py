"""What is asked of the index."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from papertriage.errors import Place
from papertriage.index import schema
from papertriage.index.current import is_apart, is_finished
from papertriage.index.docs import Docs, all_docs, count_docs, docs_between
from papertriage.index.keys import Keys
from papertriage.index.schema import IndexUnavailableError
from papertriage.index.segments import is_fresh, known_segments
from papertriage.index.words import BLOCK_BITS, Block, blocks_of
from papertriage.index.works import Entry, LogReader, Works
from papertriage.model import Observation, Paper
from papertriage.store.identities import Apart
from papertriage.store.jsonl import Damage
from papertriage.store.merge import merge, paper_of
from papertriage.store.segments import segments as log_files

if TYPE_CHECKING:
    from papertriage.index.update import Progress

LOCK_NAME = "index.lock"

T = TypeVar("T")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of each.

    Attributes:
        lines: of the log, damaged ones aside.
        first, last: the days of papers.
        sources: of each, how many papers it lists.
        texts: how many texts are in the index, those that were replaced included; None where there is no index.
    """

    papers: int
    lines: int
    first: dt.date | None
    last: dt.date | None
    sources: Counter[str]
    texts: int | None = None


class Index:
    """The index of a data folder, up to date with the log as it was when this was opened.

    Use as a context; it holds a file and a database open.

    Args:
        folder: the data folder.
        apart: identities of works that the user holds apart.
        timeout: seconds to wait for another process that is indexing.
        waiting: told, in one sentence, when there is something to wait for.
        progress: told how many observations were taken in since it was called last.

    Raises:
        IndexUnavailableError: there can be no index; read the log.
        StorageError, NewerVersionError: the log cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        apart: Sequence[Apart] = (),
        timeout: float = 30.0,
        waiting: Callable[[str], None] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.folder = folder
        self._apart = apart
        self._timeout = timeout
        self._waiting = waiting
        self._progress = progress
        self._kept: dict[str, Any] = {}
        self.db = self._open()
        try:
            self.db.execute("BEGIN")  # all that is asked is of one state
            self._reader = LogReader(folder / "papers", known_segments(self.db).values())
        except BaseException:
            self.db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write to the index, all or nothing.

        Raises:
            sqlite3.OperationalError: another process is writing.
        """
        self.db.execute("COMMIT")
        try:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")
        finally:
            self.db.execute("BEGIN")

    def close(self) -> None:
        """Close what is open."""
        self._reader.__exit__()
        self.db.close()
        schema.note_left(self.folder / schema.FILE_NAME)

    # -- opening --------------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        path = self.folder / schema.FILE_NAME
        if not self.folder.is_dir():
            raise IndexUnavailableError(f"There is no folder {self.folder}.")
        try:
            if path.exists():
                if not schema.is_as_left(path):
                    return self._bring_up_to_date(path, anew=True)
                if db := self._open_fresh(path):
                    return db
            return self._bring_up_to_date(path)
        except sqlite3.DatabaseError as error:
            if schema.is_damage(error):
                return self._rebuild(path)
            raise _unavailable(path, error) from error

    def _open_fresh(self, path: Path) -> sqlite3.Connection | None:
        try:
            db = schema.connect(path, timeout=self._timeout)
        except sqlite3.OperationalError:
            db = schema.connect_unchanging(path)
        try:
            if (
                schema.is_current(db)
                and is_apart(db, self._apart)
                and is_finished(db)
                and is_fresh(db, self.folder / "papers")
            ):
                return db
        except BaseException:
            db.close()
            raise
        db.close()
        return None

    def _bring_up_to_date(self, path: Path, *, anew: bool = False) -> sqlite3.Connection:
        import filelock

        lock = filelock.FileLock(self.folder / LOCK_NAME, mode=0o600)
        try:
            try:
                lock.acquire(timeout=0)
            except filelock.Timeout:
                if self._waiting:
                    self._waiting("Another papertriage is bringing the index up to date; waiting for it.")
                lock.acquire(timeout=self._timeout)
        except filelock.Timeout:
            raise IndexUnavailableError("Another papertriage is still indexing; the log is read instead.") from None
        except OSError as error:
            raise _unavailable(path, error) from error
        try:
            return self._updated(path, anew=anew)
        except OSError as error:
            raise _unavailable(path, error) from error
        finally:
            lock.release()

    def _updated(self, path: Path, *, anew: bool) -> sqlite3.Connection:
        """Bring the file up to date, made anew if need be; the lock is held."""
        from papertriage.index.update import update  # not when it is up to date

        if anew and not (path.exists() and schema.is_as_left(path)):  # who held the lock before may have made it anew
            schema.remove(path)
        db = schema.connect(path, timeout=self._timeout)
        try:
            if not schema.is_current(db):
                if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    db = self._emptied(db, path)
                schema.create(db)
            update(db, self.folder, self._apart, progress=self._progress)
            if _is_mostly_dead(db):
                db = self._emptied(db, path)
                schema.create(db)
                update(db, self.folder, self._apart, progress=self._progress)
        except BaseException:
            db.close()
            raise
        return db

    def _emptied(self, db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
        db.close()
        schema.remove(path)
        return schema.connect(path, timeout=self._timeout)

    def _rebuild(self, path: Path) -> sqlite3.Connection:
        schema.note_damage(path)
        try:
            return self._bring_up_to_date(path, anew=True)
        except sqlite3.Error as error:
            raise _unavailable(path, error) from error

    # -- the log --------------------------------------------------------------------------------------------

    @cached_property
    def _works(self) -> Works:
        order = {path.name: rank for rank, path in enumerate(log_files(self.folder / "papers"))}
        segments = known_segments(self.db).values()
        ranks = {segment.number: order.get(segment.name, len(order)) for segment in segments}
        return Works(self.db, self._reader, ranks, self._apart)

    @property
    def damage(self) -> tuple[Damage, ...]:
        """What in the log is no whole record."""
        names = {segment.number: segment.name for segment in known_segments(self.db).values()}
        rows = self.db.execute("SELECT segment, line, reason FROM damage ORDER BY segment, line")
        return tuple(
            Damage(Place(str(self.folder / "papers" / names[segment]), line), reason) for segment, line, reason in rows
        )

    def observations(self, doc: int) -> list[Observation]:
        """Read what was said of a paper, in the order of the log."""
        return [entry.observation for entry in self.entries(doc)]

    def entries(self, doc: int) -> list[Entry]:
        """Give what was said of a paper, each with its place, in the order of the log."""
        return self._works.ordered(self._works.entries([doc]))

    def repeated(self) -> list[int]:
        """Give the papers of which there are several observations."""
        rows = self.db.execute("SELECT doc FROM observations GROUP BY doc HAVING count(*) > 1 ORDER BY doc")
        return [doc for (doc,) in rows]

    def related(self, doc: int) -> list[Entry]:
        """Give all observations on which the grouping of a paper depends, in the order of the log."""
        return self._works.closure(self._works.entries([doc]))

    @property
    def segments(self) -> dict[str, int]:
        """The files of the log by name, with the numbers by which places name them."""
        return {segment.name: segment.number for segment in known_segments(self.db).values()}

    def paper(self, doc: int) -> Paper | None:
        """Read a paper from the log; None if the number is that of an earlier text of a paper."""
        observations = self.observations(doc)
        return paper_of(observations) if observations else None

    def as_of(self, docs: Iterable[int], day: dt.date) -> tuple[set[int], list[Paper]]:
        """Read papers as they were on a day.

        Returns:
            the papers asked for and all that their grouping depends on, by number; and the papers that there were.
        """
        entries = self._works.closure(self._works.entries(sorted(docs)))
        numbers = {entry.doc for entry in entries if entry.doc is not None}
        return numbers, merge([entry.observation for entry in entries], as_of=day, apart=self._apart)

    def named(self, name: str) -> list[int]:
        """Give the papers of which some observation has an identity (`arxiv:2510.01265`), in the order of the log."""
        docs = sorted(self._works.named(name))
        return docs if len(docs) < 2 else sorted(docs, key=self._works.first_place)

    # -- papers ---------------------------------------------------------------------------------------------

    @cached_property
    def size(self) -> int:
        """How many papers there are."""
        return count_docs(self.db)

    def counts(self) -> Counts:
        """Count papers, lines, sources and texts."""
        lines, first, last = self.db.execute(
            "SELECT (SELECT count(*) FROM observations), min(day), max(day) FROM docs"
        ).fetchone()
        facets = self.facets()
        sources: Counter[str] = Counter()
        for facet, count in self.db.execute("SELECT facet, count(*) FROM docs GROUP BY facet"):
            sources.update(dict.fromkeys(facets[facet][0], count))
        texts, papers = texts_and_papers(self.db)
        return Counts(
            papers=papers,
            lines=lines,
            first=dt.date.fromordinal(first) if first else None,
            last=dt.date.fromordinal(last) if last else None,
            sources=sources,
            texts=texts,
        )

    @cached_property
    def newest(self) -> dt.date | None:
        """The newest day of a paper."""
        day = self.db.execute("SELECT max(day) FROM docs").fetchone()[0]
        return dt.date.fromordinal(day) if day else None

    def docs(self, since: dt.date | None = None, until: dt.date | None = None) -> Docs:
        """Give all papers, or those of which an observation speaks of a day of a window."""
        return all_docs(self.db) if since is None or until is None else docs_between(self.db, since, until)

    def window(self, since: dt.date, until: dt.date, *, cut: dt.date | None = None) -> list[Paper]:
        """Read the papers of a window of days, as they are now or were on the day `cut`."""
        docs, papers = self.cut(self.docs(since, until), cut)
        papers += [paper for number in docs.numbers if (paper := self.paper(number))]
        return [paper for paper in papers if since <= paper.day <= until]

    def cut(self, docs: Docs, day: dt.date | None) -> tuple[Docs, list[Paper]]:
        """Part papers that were others on a day, or may have been, from the rest; give them as they were then."""
        later = self.later_than(day) if day else None
        if not day or not later:
            return docs, []
        reached, papers = self.as_of((later | self._linked()).intersection(docs.numbers), day)
        return docs.only(number not in reached for number in docs.numbers), papers

    def later_than(self, day: dt.date) -> set[int]:
        """Give the papers of which something is known from after a day."""
        return {doc for (doc,) in self.db.execute("SELECT doc FROM docs WHERE last > ?", (day.toordinal(),))}

    def _linked(self) -> set[int]:
        """Give the papers that other observations would group in another way."""
        return {doc for (doc,) in self.db.execute("SELECT doc FROM docs WHERE linked")}

    def size_on(self, day: dt.date) -> int:
        """How many papers there were on a day."""
        if not self.db.execute("SELECT 1 FROM docs WHERE last > ? LIMIT 1", (day.toordinal(),)).fetchone():
            return self.size
        reached, papers = self.as_of(self._linked(), day)
        then = {doc for (doc,) in self.db.execute(_DOCS_ON, (day.toordinal(),))}
        return len(then - reached) + len(papers)

    def facets(self, numbers: Iterable[int] | None = None) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Give all combinations of sources and categories by number, or only some."""
        if numbers is None:
            rows = self.db.execute("SELECT number, value FROM facets").fetchall()
        else:
            one = "SELECT number, value FROM facets WHERE number = ?"
            rows = [self.db.execute(one, (number,)).fetchone() for number in numbers]
        return {number: _FACET.decode(value) for number, value in rows}

    def ids(self, docs: Iterable[int]) -> dict[int, str]:
        """Give the ids of papers."""
        return {doc: self.db.execute("SELECT id FROM docs WHERE doc = ?", (doc,)).fetchone()[0] for doc in docs}

    # -- words ----------------------------------------------------------------------------------------------

    @cached_property
    def keys(self) -> Keys:
        """All keys, with their numbers."""
        return Keys(self.db)

    def blocks(self) -> list[tuple[int, int]]:
        """Give the blocks in which papers are tokenised: number, and papers in it."""
        return blocks_of(self.db)

    def docs_in(self, block: int) -> int:
        """Give the number of papers in a block."""
        row = self.db.execute("SELECT docs FROM blocks WHERE block = ?", (block,)).fetchone()
        return row[0] if row else 0

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Give what was made of this index under a name, or make it: it lives as long as the index is open."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found

    def block(self, number: int) -> Block:
        """Give the texts of a block."""
        return Block(self.db, number, self.keys.find)


_DOCS_ON = "SELECT DISTINCT doc FROM observations WHERE day <= ?"
_FACET = msgspec.json.Decoder(tuple[tuple[str, ...], tuple[str, ...]])


def standing(folder: Path) -> str:
    """Say how the index of a folder stands, without changing it: as it ends a sentence."""
    path = folder / schema.FILE_NAME
    if not path.exists():
        return "made just now"
    try:
        if not schema.is_as_left(path):
            return "made anew: it was changed by something else"
        with closing(schema.connect(path, timeout=1)) as db:
            if not schema.is_current(db):
                return "made anew: it was of another version"
            return "current" if is_finished(db) and is_fresh(db, folder / "papers") else "brought up to date just now"
    except (sqlite3.Error, LookupError, OSError):
        return "made anew: it could not be read"


_FEW = 1000


def _is_mostly_dead(db: sqlite3.Connection) -> bool:
    """Say whether more than half of the texts are of papers that have another by now."""
    texts, papers = texts_and_papers(db)
    return texts > _FEW and texts > 2 * papers


def texts_and_papers(db: sqlite3.Connection) -> tuple[int, int]:
    """Give how many texts there are, those that were replaced included, and how many papers."""
    row = db.execute("SELECT block, docs FROM blocks ORDER BY block DESC LIMIT 1").fetchone()
    texts = (row[0] << BLOCK_BITS) + row[1] if row else 0
    return texts, count_docs(db)


def _unavailable(path: Path, error: Exception) -> IndexUnavailableError:
    return IndexUnavailableError(
        f"The index {path} cannot be used ({error}); the log is read instead.", "Nothing is lost by deleting it."
    )
