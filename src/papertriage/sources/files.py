"""Files with papers: what kind a file is, told from its content (`sniff.py`), and the parser that reads it.

| content | parser | read |
|---|---|---|
| one JSON object a line | `records.read_lines` | line by line; may be gone on with from a place in it |
| a JSON list of records, or one record | `records.from_value` | whole |
| a saved reply of the Daily Papers API | `hf_daily.parse` | whole |
| a Daily Papers page saved as HTML, or copied as text | `hf_page` | whole |
| a saved feed (RSS, Atom, RDF) | `feed.parse` | whole |
| PubMed XML | `pubmed.parse` | whole |
| BibTeX | `bibtex` | whole |
| RIS, MEDLINE | `tagged` | line by line |
| CSV, TSV | `tables` | line by line |
| announcement mails of arXiv | `arxiv_mail` | line by line |
| one id a line | here | line by line |

Any of them may be compressed with gzip. The name of a file says nothing.
"""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from papertriage.errors import SourceError, UsageError
from papertriage.identity import Identity, parse_identity
from papertriage.model import Observation, Skipped
from papertriage.sources import arxiv_mail, hf_page, records, references, tables, tagged
from papertriage.sources.hf_daily import listing_day, observation_from_entry
from papertriage.sources.plain import UnusableError
from papertriage.sources.sniff import Kind, kind_of

if TYPE_CHECKING:
    Stream = io.BufferedReader[Any]

MAX_WHOLE = 64 * 1024 * 1024
"""Largest content, in bytes, of a file that must be read as a whole. What is read by lines has no limit."""
MAX_RATIO = 200
"""A compressed file that grows more than this, and past `MAX_WHOLE`, is a bomb: text grows 3 to 20 times."""
HEAD = 256 * 1024

_KNOWN = (
    "It reads JSON lines, JSON, BibTeX, RIS, MEDLINE, PubMed XML, CSV and TSV with a column `title`, feeds, "
    "arXiv's mails, lists of ids, and a Daily Papers page saved as HTML or copied as text."
)

Found = Observation | Skipped | Identity
"""What a file gives: papers, records that could not be read, and ids of papers that are to be looked up."""


@dataclass(slots=True)
class Position:
    """How far a file is read; reading begins at `offset`.

    Attributes:
        taken: bytes taken from the file, as it is on disk.
        offset: for JSON lines, the bytes of the lines that are done (uncompressed), and
        line: their number.
        by_lines: whether these two tell anything: the file has JSON lines.
    """

    taken: int = 0
    offset: int = 0
    line: int = 0
    by_lines: bool = False


def read_file(
    path: Path | IO[bytes], *, seen: dt.datetime, source: str | None = None, at: Position | None = None
) -> Iterator[Found]:
    """Read the papers in a file of any kind that is known, one at a time.

    Args:
        path: a file, a pipe, or standard input.
        seen: when it is read (UTC, aware).
        source: name of the source for papers whose file tells none; None means `import`, or the service
            that the kind of the file is of: `hf-daily`, `arxiv-mail`, `pubmed`.
        at: where to begin; it is moved on.

    Yields:
        Papers and, in their place, records that could not be read, and ids.

    Raises:
        UsageError: the file cannot be read, or nothing in it is known. It may come after some papers.
    """
    at = at or Position()
    name = str(path) if isinstance(path, Path) else "standard input"
    try:
        with path.open("rb", buffering=0) if isinstance(path, Path) else _Kept(path) as raw:
            file: Stream = io.BufferedReader(_Counted(raw, at), HEAD)
            if file.peek(HEAD)[:2] == b"\x1f\x8b":
                file = io.BufferedReader(_Unpacked(name, file, at), HEAD)
            yield from _File(name, file, seen, source, at).papers()
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{name} cannot be read: {reason.rstrip('.')}.") from error


class _File:
    """A file that is open, and its kinds."""

    def __init__(self, name: str, stream: Stream, seen: dt.datetime, source: str | None, at: Position) -> None:
        self._name = name
        self._stream = stream
        self._seen = seen
        self._source = source
        self._at = at

    def papers(self) -> Iterator[Found]:
        """Read it as what it is."""
        head = self._head()
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # what PowerShell writes
            self._stream = _again(self._whole().decode("utf-16", "replace").encode())
            head = self._head()
        if b"\n" not in head and b"\r" in head:  # as on the first Macs
            self._stream = _again(self._whole().replace(b"\r", b"\n"))
            head = self._head()
        if not head.removeprefix(codecs.BOM_UTF8).strip():
            raise UsageError(f"{self._name} is empty.", "There is nothing to import.")
        kind = kind_of(head)
        if kind is None:
            raise UsageError(f"What kind of file {self._name} is was not recognised.", _KNOWN)
        read = _READERS[kind]
        try:
            yield from read(self)
        except UsageError as error:
            message = error.message if self._name in error.message else f"{self._name}: {error.message}"
            raise UsageError(message, error.hint) from error
        except SourceError as error:
            raise UsageError(f"{self._name} cannot be read: {error.message}", error.hint) from error

    def _head(self) -> bytes:
        """Look at the beginning, without taking it."""
        head = self._stream.read(HEAD)
        self._stream = io.BufferedReader(_Joined(head, self._stream), HEAD)
        return head

    # --- by lines ---

    def lines(self) -> Iterator[Found]:
        at = self._at
        left = at.offset
        while left and (skipped := len(self._stream.read(min(left, HEAD)))):
            left -= skipped
        counted = _Lines(self._stream, at)
        at.by_lines = True
        yield from records.read_lines(
            cast("BinaryIO", counted), seen=self._seen, source=self._source or "import", number=at.line
        )

    def text(self) -> Iterator[str]:
        return references.text_lines(self._stream)

    def ris(self) -> Iterator[Found]:
        return tagged.read_ris(self.text(), seen=self._seen, source=self._source or "import")

    def medline(self) -> Iterator[Found]:
        return tagged.read_medline(self.text(), seen=self._seen, source=self._source or "pubmed")

    def table(self) -> Iterator[Found]:
        return tables.read_table(self.text(), seen=self._seen, source=self._source or "import")

    def mail(self) -> Iterator[Found]:
        return arxiv_mail.read_mail(self.text(), seen=self._seen, source=self._source or arxiv_mail.SOURCE)

    def ids(self) -> Iterator[Found]:
        for number, line in enumerate(self.text(), 1):
            text = line.strip()
            if text and not text.startswith("#"):
                yield parse_identity(text) or Skipped(where=f"line {number}", reason=f"“{text[:60]}” is not an id")

    # --- as a whole ---

    def json(self) -> Iterator[Found]:
        try:
            value = records.decode(self._whole())
        except UnusableError as error:
            raise UsageError(f"{self._name} cannot be read as JSON: {error}.") from error
        for number, one in enumerate(value if isinstance(value, list) else [value], start=1):
            where = f"item {number}"
            if isinstance(one, dict) and isinstance(one.get("paper"), dict):  # a saved reply of Daily Papers
                day = listing_day(one, self._seen)
                found = observation_from_entry(one, day=day, seen=self._seen, source=self._source or hf_page.SOURCE)
                yield Skipped(where=where, reason=f"it {found}") if isinstance(found, str) else found
                continue
            try:
                yield records.from_value(one, seen=self._seen, source=self._source or "import")
            except UnusableError as error:
                yield Skipped(where=where, reason=str(error))

    def html(self) -> Iterator[Found]:
        return hf_page.parse_html(_text(self._whole()), seen=self._seen, source=self._source or hf_page.SOURCE)

    def copied(self) -> Iterator[Found]:
        return hf_page.parse_copied(_text(self._whole()), seen=self._seen, source=self._source or hf_page.SOURCE)

    def bibtex(self) -> Iterator[Found]:
        from papertriage.sources.bibtex import read_bibtex

        return read_bibtex(_text(self._whole()), seen=self._seen, source=self._source or "import")

    def feed(self) -> Iterator[Found]:
        from papertriage.sources import feed

        content = feed.parse(self._whole(), seen=self._seen, source=self._source or "import", seconds=60)
        yield from content.observations
        yield from content.skipped
        if content.cut:
            yield Skipped(where="the end", reason="the feed was cut short; its last entry was left out")

    def pubmed(self) -> Iterator[Found]:
        from papertriage.sources import pubmed

        page = pubmed.parse(self._whole(), seen=self._seen, source=self._source or "pubmed")
        yield from page.observations
        yield from page.skipped

    def _whole(self) -> bytes:
        body = self._stream.read(MAX_WHOLE + 1)
        if len(body) > MAX_WHOLE:
            hint = "JSON lines, RIS, MEDLINE and CSV may be of any size."
            raise UsageError(f"{self._name} is larger than 64 MiB, too large for its kind.", hint)
        return body


_READERS: dict[Kind, Callable[[_File], Iterator[Found]]] = {
    Kind.LINES: _File.lines,
    Kind.JSON: _File.json,
    Kind.HTML: _File.html,
    Kind.COPIED: _File.copied,
    Kind.FEED: _File.feed,
    Kind.PUBMED: _File.pubmed,
    Kind.BIBTEX: _File.bibtex,
    Kind.RIS: _File.ris,
    Kind.MEDLINE: _File.medline,
    Kind.TABLE: _File.table,
    Kind.MAIL: _File.mail,
    Kind.IDS: _File.ids,
}


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


# --- streams ---------------------------------------------------------------------------------------------


def _again(body: bytes) -> Stream:
    return io.BufferedReader(cast("io.RawIOBase", io.BytesIO(body)), HEAD)


class _Joined(io.RawIOBase):
    """What was read from a stream already, and then the rest of it."""

    def __init__(self, read: bytes, rest: Stream) -> None:
        self._read = memoryview(read)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._read:
            return self._rest.readinto1(buffer)
        count = min(len(buffer), len(self._read))
        buffer[:count] = self._read[:count]
        self._read = self._read[count:]
        return count


class _Kept:
    """A stream that is not ours to close."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> IO[bytes]:
        return self._stream

    def __exit__(self, *_: object) -> None: ...


class _Counted(io.RawIOBase):
    """A file of which the bytes that are taken are counted."""

    def __init__(self, raw: IO[bytes], at: Position) -> None:
        self._raw = raw
        self._at = at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        take = getattr(self._raw, "read1", self._raw.read)
        data = take(len(buffer)) or b""
        buffer[: len(data)] = data
        self._at.taken += len(data)
        return len(data)


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as long as it grows no more than text does."""

    def __init__(self, name: str, packed: Stream, at: Position) -> None:
        self._name = name
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")
        self._at = at
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._gzip.readinto(buffer)
        self._out += count
        if self._out > MAX_WHOLE and self._out > MAX_RATIO * self._at.taken:
            raise UsageError(f"{self._name} grows {MAX_RATIO} times when it is decompressed; reading stopped there.")
        return count


class _Lines:
    """Lines of a stream, counted as they are taken."""

    def __init__(self, stream: Stream, at: Position) -> None:
        self._stream = stream
        self._at = at

    def readline(self, limit: int) -> bytes:
        line = self._stream.readline(limit)
        self._at.offset += len(line)
        self._at.line += line.endswith(b"\n")
        return line
