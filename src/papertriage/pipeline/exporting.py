"""`export`: a ranked list as a file."""

from __future__ import annotations

from pathlib import Path

from papertriage.errors import StorageError, UsageError
from papertriage.model import Listed
from papertriage.render.base import render
from papertriage.render.kept import carried_over, is_reading_list
from papertriage.render.markdown import in_comment

FORMATS = ("markdown", "jsonl", "csv")
_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".txt": "markdown", ".jsonl": "jsonl", ".csv": "csv"}


def export_format(wanted: str | None, output: Path | None) -> str:
    """Decide the format: as wanted, else by the file's suffix, else markdown.

    Raises:
        UsageError: there is no such format, or the file's suffix tells none.
    """
    if wanted is None:
        suffix = output.suffix.lower() if output else ""
        if suffix and suffix not in _BY_SUFFIX:
            raise UsageError(
                f"{output}: no format goes by {suffix}.", f"Say which with --format: {', '.join(FORMATS)}."
            )
        return _BY_SUFFIX.get(suffix, "markdown")
    if wanted not in FORMATS:
        raise UsageError(f"--format: there is no “{wanted}”.", f"There are {', '.join(FORMATS)}.")
    return wanted


def export_text(listed: Listed, name: str, output: Path | None) -> str:
    """Render a list for a file; a reading list that is there already keeps its ticks and notes.

    Raises:
        UsageError: the file is there and is not a reading list.
        StorageError: it cannot be read.
    """
    text = render(listed, name)
    if name != "markdown" or output is None or not output.is_file():
        return text
    try:
        old = output.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{output} cannot be read: {error}.", "It is as it was.") from error
    if not is_reading_list(old):
        raise UsageError(f"{output} is not a reading list of papertriage.", "Choose another name; it is as it was.")
    papers = [row.paper for row in listed.rows]
    renamed = {in_comment(alias): in_comment(paper.id) for paper in papers for alias in paper.aliases[1:]}
    return carried_over(old, text, renamed)
