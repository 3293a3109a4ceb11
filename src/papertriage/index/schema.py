"""The file of the index: its tables, its version, and what happens when it cannot be used."""

from __future__ import annotations

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

-- The log's files, each as far as it is in the index. `crc` is of the first `size` bytes.
CREATE TABLE segments (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER, lines INTEGER, crc INTEGER,
    file_size INTEGER, modified INTEGER, inode INTEGER
);
CREATE TABLE damage (segment INTEGER, line INTEGER, reason TEXT);

-- Each observation: where its line is (segment << 44 | offset; `nth` of a damaged line with several), and its paper.
-- Days are ordinals; `seen` is the day of it.
CREATE TABLE observations (
    number INTEGER PRIMARY KEY, place INTEGER, nth INTEGER, day INTEGER, seen INTEGER, doc INTEGER
);
CREATE INDEX observations_by_doc ON observations (doc);
CREATE INDEX observations_by_day ON observations (day, doc);
CREATE TABLE names (name TEXT, observation INTEGER, PRIMARY KEY (name, observation)) WITHOUT ROWID;

-- What titles are compared by across services (`titles.pairs_to_compare`); filled once there is anything to compare.
CREATE TABLE titles (block INTEGER, doc INTEGER, free INTEGER, PRIMARY KEY (block, doc)) WITHOUT ROWID;

-- Each paper: `last` is the latest day of what is known of it, `text` a checksum of what was tokenised.
-- A paper whose text changes gets a new number; a number is never used again.
CREATE TABLE docs (
    doc INTEGER PRIMARY KEY, id TEXT, day INTEGER, last INTEGER, facet INTEGER, text INTEGER, signals TEXT
);
CREATE INDEX docs_by_last ON docs (last);
-- Sources and categories, of which few combinations occur.
CREATE TABLE facets (number INTEGER PRIMARY KEY, value TEXT UNIQUE);

-- Tokenised texts, `words.py`.
CREATE TABLE vocabulary (number INTEGER PRIMARY KEY, key TEXT UNIQUE);
CREATE TABLE blocks (block INTEGER PRIMARY KEY, docs INTEGER, length INTEGER, starts BLOB, owners BLOB);
CREATE TABLE postings (number INTEGER PRIMARY KEY, places BLOB);

-- What was found before: each term's expansion, and its hits in each block.
CREATE TABLE terms (number INTEGER PRIMARY KEY, definition TEXT UNIQUE, vocabulary INTEGER, expansion BLOB);
CREATE TABLE hits (block INTEGER, term INTEGER, docs INTEGER, found BLOB, PRIMARY KEY (block, term)) WITHOUT ROWID;
"""

_SOURCES = (
    "text.py", "latex.py", "lexicon.py", "identity.py", "names.py", "model.py", "store/group.py", "store/titles.py",
    "store/merge.py", "store/record.py", "index/schema.py", "index/works.py", "index/words.py",
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


def connect(path: Path, *, timeout: float) -> sqlite3.Connection:
    """Open the file, made if it is not there, without looking at what is in it.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -32768")
        db.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        db.close()
        raise
    return db


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


def _statements(script: str) -> list[str]:
    lines = (line.partition("--")[0] for line in script.splitlines())
    return [statement for part in "\n".join(lines).split(";") if (statement := part.strip())]


def remove(path: Path) -> None:
    """Remove the file and what SQLite keeps beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()
