"""The application: the options that go anywhere on the line, and the commands, each file one group."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from papertriage import __version__
from papertriage.cli import (
    cache,
    collect,
    deciding,
    evaluate,
    exporting,
    reading,
    rules,
    standing,
    starting,
    suggesting,
)
from papertriage.cli.context import Context, Options
from papertriage.errors import UsageError

app = typer.Typer(
    name="papertriage",
    help="Decide in half an hour a day what to read: listings, your topics, ranked with reasons.",
    epilog="Options of this page go anywhere on the line. The manual: README.md and docs/.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_VALUE_OPTIONS = ("--config", "--rules", "--color")
_FLAGS = ("--quiet", "-q", "--verbose", "-v", "--debug")


def hoisted(argv: Sequence[str]) -> list[str]:
    """Move the options that go anywhere to the front, where the parser looks for them.

    >>> hoisted(["list", "--rules", "mine.yaml", "--all", "-q"])
    ['--rules', 'mine.yaml', '-q', 'list', '--all']
    """
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _FLAGS or word.startswith(tuple(f"{option}=" for option in _VALUE_OPTIONS)):
            front.append(word)
        elif word in _VALUE_OPTIONS:
            value = next(words, None)
            if value is None:
                raise UsageError(f"{word} needs a value.", "Write it behind.")
            front += [word, value]
        else:
            rest.append(word)
    return front + rest


def _version(value: bool) -> None:
    if value:
        typer.echo(f"papertriage {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The config file.", metavar="FILE")] = None,
    rules: Annotated[Path | None, typer.Option(help="The rules file.", metavar="FILE")] = None,
    color: Annotated[str | None, typer.Option(help="auto, always or never.", metavar="WHEN")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Tell errors only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell more on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that go anywhere."""
    options = Options(config=config, rules=rules, color=color, quiet=quiet, verbose=verbose, debug=debug)
    context.obj = Context(options, os.environ, stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr)


for group in (starting, reading, deciding, exporting, collect, standing, evaluate):
    group.add_commands(app)
suggesting.add_commands(rules.app)
app.add_typer(rules.app, name="rules")
app.add_typer(cache.app, name="cache")
