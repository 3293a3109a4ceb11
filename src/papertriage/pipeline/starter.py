"""`init`: a first config and first rules, commented, for the user to edit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from papertriage.config import Config
from papertriage.pipeline.writing import write_whole


def starter_text(name: str) -> str:
    """Give the text of a starter file: `config.yaml` or `rules.yaml`."""
    return files("papertriage").joinpath("data", "starter", name).read_text(encoding="utf-8")


def write_starter(config: Config, rules: str | None = None) -> tuple[list[Path], list[Path]]:
    """Write the starter files that are not there yet.

    Args:
        rules: the text of the rules in place of the starter's.

    Returns:
        the files written, and those that were there and are left alone.

    Raises:
        StorageError: one cannot be written.
    """
    written: list[Path] = []
    kept: list[Path] = []
    for path, text in ((config.file, starter_text("config.yaml")), (config.rules, rules or starter_text("rules.yaml"))):
        if path.exists() or path.is_symlink():
            kept.append(path)
        else:
            write_whole(path, text, private=True)
            written.append(path)
    return written, kept
