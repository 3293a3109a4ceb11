"""The one lock that all writers of a data folder take, across processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from papertriage.errors import LockedError
from papertriage.store.disk import errors_of, make_folder, storage_error

LOCK_NAME = ".lock"
HOLDER_NAME = ".lock.pid"


@contextmanager
def writing(folder: Path, *, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock of a data folder, which is made if it does not exist.

    The operating system frees the lock when its holder ends, however it ends. It lies on a file of
    its own, since a lock on a data file is lost when that file is replaced.

    Args:
        folder: the data folder.
        timeout: seconds to wait for another process.
        waiting: told once, in one sentence, if there is anything to wait for.

    Raises:
        LockedError: another process still holds it.
        StorageError: the lock file cannot be made.
    """
    import filelock

    make_folder(folder)
    path = folder / LOCK_NAME
    try:
        lock = filelock.FileLock(path, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            if waiting and timeout > 0:
                waiting(f"Another papertriage{_holder(folder)} is writing to {folder}; waiting up to {timeout:g} s.")
            lock.acquire(timeout=timeout)
    except filelock.Timeout:
        raise LockedError(
            f"Another papertriage{_holder(folder)} still holds {path} after {timeout:g} s.",
            "Nothing was written. Wait for it to end, or stop it, and try again.",
        ) from None
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        _name_holder(folder)
        with errors_of(folder):
            yield
    finally:
        with suppress(OSError):
            (folder / HOLDER_NAME).unlink(missing_ok=True)
        with suppress(OSError):
            lock.release()


def is_busy(folder: Path) -> bool:
    """Say whether some process is writing to the folder at this moment; False if that cannot be known."""
    import filelock

    if not (folder / LOCK_NAME).exists():
        return False
    try:
        with filelock.FileLock(folder / LOCK_NAME, timeout=0, mode=0o600):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # a read-only folder: whoever wrote there is gone
        return False


def _name_holder(folder: Path) -> None:
    # Not in the lock file: some versions of filelock cut that to nothing when they try to take it.
    with suppress(OSError):
        path = folder / HOLDER_NAME
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a descriptor
            file.write(f"{os.getpid()}\n")


def _holder(folder: Path) -> str:
    with suppress(OSError, ValueError):
        return f" (process {int((folder / HOLDER_NAME).read_text(encoding='ascii')[:20])})"
    return ""
