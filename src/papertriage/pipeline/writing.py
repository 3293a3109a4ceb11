"""Writing a file of the user's: the old one or the new one, never half of either."""

from __future__ import annotations

import os
from pathlib import Path

from papertriage.errors import StorageError


def write_whole(path: Path, content: str | bytes, *, private: bool = False, synced: bool = True) -> None:
    """Write a file beside the old one, sync it, and put it in the old one's place.

    A link is followed to the file that it names. An existing file keeps its permissions.

    Args:
        private: a new file is for its owner alone, and so is a folder that has to be made for it.
        synced: wait until it is on the disk, so that it outlives a power cut.

    Raises:
        StorageError: it cannot be written; the old file is as it was.
    """
    import tempfile  # a list for programs writes nothing

    data = content.encode() if isinstance(content, str) else content
    temporary: str | None = None
    try:
        target = Path(os.path.realpath(path))
        if private:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists() and not target.is_file():
            # A terminal, a pipe or /dev/null: there is nothing to replace.
            target.write_bytes(data)
            return
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(data)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600 if private else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
        temporary = None
    except OSError as error:
        raise StorageError(f"{path} could not be written: {error.strerror or error}.", "It is as it was.") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
