"""A settings file as text: only regular files, up to a size, in UTF-8."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from papertriage.errors import Place
from papertriage.yamlfile.nodes import BREAK, MAX_BYTES, Faults


def read_file(path: Path, faults: Faults) -> str | None:
    """Read a settings file as text.

    Anything but a regular file is refused before it is opened, so that a pipe or a device cannot
    keep the program waiting.

    Returns:
        The text without a byte order mark; None when a fault was noted.

    Raises:
        FileNotFoundError: there is no such file; only the caller knows whether that is a mistake.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            faults.add(None, f"this is {kind}; expected a YAML file.")
            return None
        # Not blocking, for a pipe that took the file's place in between.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else "no file can have this name"
        faults.add(None, f"the file cannot be read: {reason}.")
        return None
    if len(data) > MAX_BYTES:
        faults.add(None, "the file is larger than 1 MB.")
        return None
    return decode(data, faults)


def decode(data: bytes, faults: Faults) -> str | None:
    """Decode UTF-8 and drop a byte order mark; None when a fault was noted."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        lines = BREAK.split(before.decode("utf-8").removeprefix("\ufeff"))
        faults.about(data.decode("utf-8", "replace").removeprefix("\ufeff"))
        name = "UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "not UTF-8"
        faults.add(
            Place(faults.file, len(lines), len(lines[-1]) + 1),
            f"the file is {name}: byte 0x{data[error.start]:02X} at offset {error.start} is no UTF-8.",
            "Save it as UTF-8.",
        )
        return None
