"""The rules of a run, from a ready copy where no file that they were read from has changed.

To read YAML and to compile it takes longer than to list a day's papers. So what came of it last is kept in
`<state>/rules.copy`, with the whole text of each file. The copy holds as long as these texts are the same, at the same
places, and papertriage is the same; one that does not hold, or is damaged, is written anew.
"""

from __future__ import annotations

import codecs
import datetime as dt
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from papertriage import __version__
from papertriage.errors import Fault, StorageError
from papertriage.rules.terms import Rules
from papertriage.store.disk import open_regular

if TYPE_CHECKING:
    from papertriage.yamlfile import Faults

FILE_NAME = "rules.copy"

_SOURCES = ("rules/*.py", "yamlfile/*.py", "errors.py", "latex.py", "names.py", "text.py", "pipeline/rules_copy.py")


class _File(msgspec.Struct, frozen=True):
    """A file that was read: its path as it is shown, the same without links, and its text."""

    path: str
    real: str
    text: str


class _Copy(msgspec.Struct, frozen=True):
    """What came of reading rules.

    Attributes:
        made_by: which papertriage read them, and whose home folder a `~` stood for.
        today: the day for which a topic's `until` was held as past.
        files: the one that was asked for first.
    """

    made_by: str
    today: dt.date
    files: tuple[_File, ...]
    rules: Rules
    warnings: tuple[Fault, ...]

    def holds(self, path: Path, today: dt.date) -> bool:
        """Say whether the same would come of reading the rules now."""
        ends = [topic.until for topic in self.rules.topics if topic.until]
        return (
            self.made_by == _maker()
            and self.files[0].path == str(path)
            and all((end < today) == (end < self.today) for end in ends)
            and all(map(_is_same, self.files))
        )


def ready_rules(path: Path, today: dt.date, state: Path) -> tuple[Rules, tuple[Fault, ...]]:
    """Read a rules file, as `check_rules` does.

    Args:
        state: the folder in which the copy is.

    Raises:
        RulesError: it is missing, unreadable or has mistakes; all of them are told.
    """
    place = state / FILE_NAME
    copy = _read(place)
    if copy and copy.holds(path, today):
        return copy.rules, copy.warnings
    return _read_anew(path, today, place)


def _read_anew(path: Path, today: dt.date, place: Path) -> tuple[Rules, tuple[Fault, ...]]:
    from papertriage.pipeline.writing import write_whole
    from papertriage.rules.load import check_rules
    from papertriage.yamlfile import read_file

    files: list[_File] = []

    def read(path: Path, faults: Faults) -> str | None:
        text = read_file(path, faults)
        files.append(_File(str(path), os.path.realpath(path), text or ""))
        return text

    rules, warnings = check_rules(path, today, read=read)
    if place.parent.is_dir():
        with suppress(StorageError, UnicodeEncodeError):  # without a copy only time is lost
            data = msgspec.msgpack.encode(_Copy(_maker(), today, tuple(files), rules, warnings))
            write_whole(place, zlib.crc32(data).to_bytes(4) + data, private=True, synced=False)
    return rules, warnings


def _read(place: Path) -> _Copy | None:
    data = memoryview(_bytes_of(place) or b"")
    if zlib.crc32(data[4:]).to_bytes(4) == data[:4]:
        with suppress(msgspec.DecodeError, RecursionError):
            return msgspec.msgpack.decode(data[4:], type=_Copy)
    return None


def _is_same(file: _File) -> bool:
    if os.path.realpath(file.path) != file.real:
        return False
    data = _bytes_of(Path(file.path))
    return data is not None and data.removeprefix(codecs.BOM_UTF8) == file.text.encode()


def _bytes_of(path: Path) -> bytes | None:
    with suppress(OSError, StorageError):
        file = open_regular(path)
        if file:
            with file:
                return file.read()
    return None


def _maker() -> str:
    """Give what a copy hangs on beside the files: as Python tells its compiled modules from old ones."""
    folder = Path(__file__).parent.parent
    told = [__version__, os.path.expanduser("~")]  # noqa: PTH111 - there may be none
    for pattern in _SOURCES:
        for path in sorted(folder.glob(pattern)):
            status = path.stat()
            told.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return " ".join(told)
