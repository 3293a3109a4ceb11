"""The rules as they were at a revision of git."""

from __future__ import annotations

import posixpath
import subprocess
from pathlib import Path

from papertriage.errors import RulesError, UsageError
from papertriage.rules.load import loads_rules
from papertriage.rules.terms import Rules
from papertriage.yamlfile import Faults, decode, read_file
from papertriage.yamlfile.nodes import MAX_BYTES

_SECONDS = 20.0  # a partial clone may have to ask its server for the file


def rules_at(revision: str, file: Path) -> Rules:
    """Read a rules file as it was at a revision, with what it includes as it was then.

    Places are told as `HEAD~1:./rules.yaml`, which git understands too.

    Args:
        revision: of the repository that the file is in; `REVISION:PATH` names another file of it.

    Raises:
        UsageError: git has no such revision or file, or is missing.
        RulesError: the rules of then have mistakes.
    """
    file = file.resolve()  # rules are often a link into a repository of dotfiles
    name = revision if ":" in revision else f"{revision}:./{file.name}"
    start = name.partition(":")[0] + ":"

    def read(path: Path, faults: Faults) -> str | None:
        """Read an included file: beside the one that names it, or from the disk where it is named by a whole path."""
        inner = path.as_posix()
        if not inner.startswith(start):
            return read_file(path, faults)
        try:
            return _text(_blob(start + _plain(inner.removeprefix(start)), file.parent, inner), faults)
        except UsageError:
            raise FileNotFoundError(inner) from None

    faults = Faults(name)
    text = _text(_blob(name, file.parent, revision), faults)
    if text is None:
        raise RulesError(faults.sorted())
    return loads_rules(text, name, read=read)


def _plain(path: str) -> str:
    """Resolve the `..` in a path, as git does only where it begins with a dot: from the folder, not from the root."""
    plain = posixpath.normpath(path)
    return f"./{plain}" if path.startswith(".") and not plain.startswith("../") else plain


def _text(data: bytes, faults: Faults) -> str | None:
    if len(data) > MAX_BYTES:
        faults.add(None, "the file is larger than 1 MB.")
        return None
    return decode(data, faults)


def _blob(name: str, folder: Path, revision: str) -> bytes:
    """Ask git for the content of a file at a revision."""
    hint = f"Name a file, or a revision of the repository that {folder} is in."
    if revision.startswith("-") or "\0" in revision or not revision.strip():
        raise UsageError(f"“{revision}” is neither a file nor a revision.", hint)
    command = ["git", "-C", str(folder), "cat-file", "blob", name]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the name is one argument that is no option
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False
        )
    except FileNotFoundError:
        raise UsageError(
            f"There is no file {revision}, and no git to ask for a revision.", "Name a file, or install git."
        ) from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git did not give {name} within {_SECONDS:g} seconds.", "Try again.") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = told[-1].removeprefix("fatal: ").rstrip(".") if told else f"exit code {done.returncode}"
        raise UsageError(f"“{revision}” is no file, and git knows no such revision of the rules: {said}.", hint)
    return done.stdout
