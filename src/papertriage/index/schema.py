"""The file of the index: its tables, its version, and what happens when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import sys
import unicodedata
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path

from papertriage.errors import StorageError

FILE_NAME = "index.sqlite3"

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- The log's files, each as far as it is in the index. `crc` is of the first `size` bytes, which end with a line;
-- `tail` says that records behind them, in a last line without its end, are in the index too.
CREATE TABLE segments (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER, lines INTEGER, crc INTEGER,
    file_size INTEGER, modified INTEGER, inode INTEGER, tail INTEGER
);
CREATE TABLE damage (segment INTEGER, line INTEGER, reason TEXT);

-- Each observation: where its line is (segment << 44 | offset; `nth` of a damaged line with several), and its paper.
-- Days are ordinals; `seen` is the day of it.
CREATE TABLE observations (
    number INTEGER PRIMARY KEY, place INTEGER, nth INTEGER, day INTEGER, seen INTEGER, doc INTEGER
);
CREATE INDEX observations_by_doc ON observations (doc);
CREATE TABLE names (name TEXT, observation INTEGER, PRIMARY KEY (name, observation)) WITHOUT ROWID;

-- What titles are compared by across services (`titles.pairs_to_compare`); filled once there is anything to compare.
CREATE TABLE titles (block INTEGER, doc INTEGER, free INTEGER, PRIMARY KEY (block, doc)) WITHOUT ROWID;

-- Each paper: `last` is the latest day of what is known of it, `text` a checksum of what was tokenised.
-- A paper whose text changes gets a new number; a number is never used again.
-- `linked`: with fewer observations it might be several papers, or be one with another.
CREATE TABLE docs (
    doc INTEGER PRIMARY KEY, id TEXT, day INTEGER, last INTEGER, facet INTEGER, text INTEGER, signals TEXT,
    linked INTEGER
);
-- The same by blocks, to be read at once (`docs.py`): numbers, days, combinations, and signals by place.
CREATE TABLE columns (block INTEGER PRIMARY KEY, docs BLOB, days BLOB, facets BLOB, signals BLOB);
-- Sources and categories, of which few combinations occur.
CREATE TABLE facets (number INTEGER PRIMARY KEY, value TEXT UNIQUE);

-- Tokenised texts, `words.py`.
CREATE TABLE vocabulary (first INTEGER PRIMARY KEY, keys TEXT);
CREATE TABLE blocks (block INTEGER PRIMARY KEY, docs INTEGER, length INTEGER, starts BLOB, owners BLOB);
CREATE TABLE postings (number INTEGER PRIMARY KEY, places BLOB);

-- What was found before: each term's expansion, and its hits in each block.
-- The number of a term, too, is never used again.
CREATE TABLE terms (
    number INTEGER PRIMARY KEY AUTOINCREMENT, definition TEXT UNIQUE, vocabulary INTEGER, expansion BLOB
);
CREATE TABLE hits (block INTEGER, term INTEGER, docs INTEGER, found BLOB, PRIMARY KEY (block, term)) WITHOUT ROWID;
-- Of papers that were shown the places of terms.
CREATE TABLE places (doc INTEGER PRIMARY KEY, found BLOB);
"""

# What is not asked for while papers are taken in: made when the first of them are in, which is faster.
INDEXES = """
CREATE INDEX IF NOT EXISTS observations_by_day ON observations (day, doc);
CREATE INDEX IF NOT EXISTS docs_by_last ON docs (last);
CREATE INDEX IF NOT EXISTS docs_by_day ON docs (day);
CREATE INDEX IF NOT EXISTS docs_linked ON docs (doc) WHERE linked;
"""

_SOURCES = (
    "text.py", "latex.py", "lexicon.py", "identity.py", "names.py", "model.py", "store/group.py", "store/identities.py",
    "store/titles.py", "store/merge.py", "store/record.py", "index/docs.py", "index/schema.py", "index/segments.py",
    "index/titles.py", "index/works.py", "index/words.py", "index/inversion.py", "index/update.py",
)  # fmt: skip


class IndexUnavailableError(StorageError):
    """There can be no index here; the log can be read without it."""


@cache
def version() -> str:
    """Give what the index depends on beside the log: the rules of texts and of what is one paper, as they are now."""
    folder = Path(__file__).parent.parent
    checksum = 0
    for name in _SOURCES:
        checksum = zlib.crc32((folder / name).read_bytes(), checksum)
    return f"{checksum:08x} {unicodedata.unidata_version} {sys.byteorder}"


READING, WRITING = 16, 32
"""Megabytes of the file that are kept at hand: what is read is read once, new names go to all places of it."""


def keep_at_hand(db: sqlite3.Connection, megabytes: int) -> None:
    """Say how much of the file is kept in memory."""
    db.execute(f"PRAGMA cache_size = -{megabytes << 10}")


def connect(path: Path, *, timeout: float) -> sqlite3.Connection:
    """Open the file, made if it is not there, without looking at what is in it.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    with suppress(OSError):  # for its owner alone, as all files of the cache
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        keep_at_hand(db, READING)
        db.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        db.close()
        raise
    return db


def connect_unchanging(path: Path) -> sqlite3.Connection:
    """Open a file in a folder in which nothing can be written, nor does anyone.

    Raises:
        sqlite3.Error: it cannot be opened, or it was left in the middle of a change.
    """
    if _is_in_use(path) or os.access(path.parent, os.W_OK):
        raise sqlite3.OperationalError("unable to open database file")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def is_current(db: sqlite3.Connection) -> bool:
    """Say whether the tables are there and were made by these very rules."""
    try:
        found = db.execute("SELECT value FROM facts WHERE name = 'version'").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return False
        raise
    return found is not None and found[0] == version()


def create(db: sqlite3.Connection) -> None:
    """Make the tables in an empty file."""
    db.execute("BEGIN IMMEDIATE")
    for statement in _statements(TABLES):
        db.execute(statement)
    db.execute("INSERT INTO facts VALUES ('version', ?)", (version(),))
    db.execute("COMMIT")


def complete(db: sqlite3.Connection) -> None:
    """Make what is to be made when the papers are in, in a transaction."""
    for statement in _statements(INDEXES):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    lines = (line.partition("--")[0] for line in script.splitlines())
    return [statement for part in "\n".join(lines).split(";") if (statement := part.strip())]


def remove(path: Path) -> None:
    """Remove the file and what stands beside it."""
    for beside in ("", "-wal", "-shm", "-journal", _STATE):
        with suppress(FileNotFoundError):
            path.with_name(path.name + beside).unlink()


# -- whether the file is as it was left -----------------------------------------------------------------------
#
# SQLite finds damage to its own structure, but not a number that became another. So whoever closes the file as the last
# notes its size and time of change beside it; a file that something else has written to since then is not trusted.
# While there is a write-ahead log, a process is writing, or was killed; then SQLite knows how to go on.

_STATE = ".state"
_DAMAGED = "damaged"


def is_as_left(path: Path) -> bool:
    """Say whether nothing but papertriage has written to the file."""
    try:
        noted = path.with_name(path.name + _STATE).read_text(encoding="ascii")
    except (OSError, ValueError):
        noted = ""
    if noted == _DAMAGED:
        return False
    return _is_in_use(path) or noted == _state_of(path)


def note_left(path: Path) -> None:
    """Note how the file was left, unless another process is in the middle of writing to it."""
    beside = path.with_name(path.name + _STATE)
    with suppress(OSError, ValueError):
        if _is_in_use(path):
            return
        state = _state_of(path)
        if not beside.exists() or beside.read_text(encoding="ascii") != state:
            replacement = path.with_name(f"{path.name}{_STATE}.{os.getpid()}")
            replacement.write_text(state, encoding="ascii")
            replacement.replace(beside)


def note_damage(path: Path) -> None:
    """Note that the file is damaged: whoever opens it next makes it anew."""
    with suppress(OSError):
        path.with_name(path.name + _STATE).write_text(_DAMAGED, encoding="ascii")


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Say whether an error means that the file is damaged, and not that it is locked, cannot be written or is full."""
    if isinstance(error, sqlite3.OperationalError):
        return any(word in str(error) for word in ("malformed", "disk image", "no such", "has no column"))
    return not isinstance(error, sqlite3.ProgrammingError)


def _is_in_use(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _state_of(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
