"""The user's editor, for a text of a few lines."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from papertriage.errors import UsageError


def edited(text: str, environ: Mapping[str, str]) -> str:
    """Let the user edit a text in $VISUAL, else $EDITOR, else vi, and give what was saved.

    Raises:
        UsageError: the editor could not be started, or it failed; what was written is dropped.
    """
    editor = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="papertriage-") as folder:
        path = Path(folder) / "note.txt"
        path.write_text(text + "\n" if text else "", encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False, env=dict(environ))  # noqa: S603
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"The editor “{editor}” could not be started: {reason}.", "Set $EDITOR.") from error
        if done.returncode != 0:
            raise UsageError(f"The editor “{editor}” ended with {done.returncode}.", "The note is as it was.")
        return path.read_text(encoding="utf-8", errors="replace").strip()
