"""The operating system's side of the store: files opened, grown, replaced and synced, errors as sentences."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from papertriage.errors import StorageError

CHUNK = 4 * 1024 * 1024
"""Bytes that are written with one call, whole lines always."""

_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> IO[bytes] | None:
    """Open a file for reading; None if there is none.

    Raises:
        StorageError: it cannot be opened, or is a folder, a pipe, a device.
    """
    try:
        # O_NONBLOCK: opening a named pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | _NONBLOCK | _BINARY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, path) from error
    file = None
    try:
        _must_be_regular(descriptor, path)
        file = os.fdopen(descriptor, "rb", buffering=1 << 18)
    finally:
        if file is None:
            os.close(descriptor)
    return file


def append(writes: Sequence[tuple[Path, Iterable[bytes]]]) -> None:
    """Append whole lines to files and sync them: all of it, or nothing.

    Args:
        writes: for each file, pieces of whole lines; each is written with one call.

    Raises:
        StorageError: no space, no permission, …; the files are as they were.
    """
    undo: list[tuple[int, Path, int | None]] = []
    path = Path()
    try:
        for path, pieces in writes:
            descriptor, size = _open_for_append(path)
            undo.append((descriptor, path, size))
            for piece in pieces:
                left = memoryview(piece)
                while left:
                    left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
            if size is None:
                sync_folder(path.parent)
    except BaseException as error:
        for descriptor, made, size in reversed(undo):
            with suppress(OSError):
                os.ftruncate(descriptor, size or 0)
                os.fsync(descriptor)
                if size is None:
                    made.unlink()
        if isinstance(error, OSError):
            raise storage_error(error, path) from error
        raise
    finally:
        for descriptor, _, _ in undo:
            with suppress(OSError):  # what was synced is saved
                os.close(descriptor)


def replace(path: Path, lines: Iterable[bytes]) -> None:
    """Put a new file in the place of an old one: written beside it, synced, renamed.

    Raises:
        StorageError: the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        try:
            beside.unlink(missing_ok=True)  # of a run that was killed: the lock is ours
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise storage_error(error, path, left="it could not be written anew and is as it was") from error


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    Raises:
        StorageError: it cannot be made, or there is a file in its place.
    """
    try:
        if folder.is_dir():
            return
        if folder.parent != folder:
            make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)
    except OSError as error:
        raise storage_error(error, folder) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder lasting."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot
            raise
    finally:
        os.close(descriptor)


@contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into StorageErrors that name a path."""
    try:
        yield
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else path
        raise storage_error(error, named) from error


_NOTHING = "nothing of this batch was saved, and nothing else changed"


def storage_error(error: OSError, path: Path, *, left: str = _NOTHING) -> StorageError:
    """Turn an error of the operating system into a sentence with what to do.

    Args:
        error: what a call raised.
        path: of the file or folder.
        left: how things stand now, for an error in the middle of writing.
    """
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StorageError(
                f"No space on {path}; {left}.",
                "Free some space and run it again.",
            )
        case errno.EFBIG:
            return StorageError(
                f"{path} may not grow further (file size limit); {left}.",
                "Raise the limit (`ulimit -f`) and run it again.",
            )
        case errno.EROFS:
            return StorageError(f"{path} is on a read-only file system.", "Nothing was written.")
        case errno.EACCES | errno.EPERM:
            return StorageError(f"No permission for {path}.", "Check who owns it and its mode.")
        case errno.ENOTDIR | errno.EEXIST:
            return StorageError(f"{path} cannot be made: a part of the path is a file.", "Nothing was written.")
        case errno.ENXIO | errno.EISDIR:
            return _not_regular(path)
        case _:
            return StorageError(f"{path}: {error.strerror or error}.")


def _not_regular(path: Path) -> StorageError:
    return StorageError(f"{path} is not a regular file.", "Move it away and run it again.")


def _must_be_regular(descriptor: int, path: Path) -> int:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise _not_regular(path)
    return status.st_size


def _open_for_append(path: Path) -> tuple[int, int | None]:
    """Open a file for appending; its size, or None when it was made."""
    flags = os.O_WRONLY | os.O_APPEND | _NONBLOCK | _BINARY
    made = False
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
        made = True
    try:
        size = _must_be_regular(descriptor, path)
    except StorageError:
        os.close(descriptor)
        raise
    return descriptor, None if made else size
