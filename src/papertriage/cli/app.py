"""The application: the options that go anywhere on the line, and the commands, each file one group."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.models import CommandInfo, TyperInfo

from papertriage import __version__
from papertriage.cli import (
    cache,
    collect,
    deciding,
    evaluate,
    exporting,
    reading,
    rules,
    searching,
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


for group in (starting, reading, searching, deciding, exporting, collect, standing, evaluate):
    group.add_commands(app)
suggesting.add_commands(rules.app)
app.add_typer(rules.app, name="rules")
app.add_typer(cache.app, name="cache")


def lean(words: Sequence[str]) -> typer.Typer:
    """Give the application with the one command that a line names, or with what `--help` shows of all.

    To read the declarations of all commands takes longer than to list a day's papers.

    Args:
        words: the line, the options that go anywhere in front.
    """
    if "_PAPERTRIAGE_COMPLETE" in os.environ:  # a shell asks for completions
        return app
    named = [word for word in _without_hoisted(words) if not word.startswith("-")]
    return _lean(app, named)


def _lean(full: typer.Typer, named: Sequence[str]) -> typer.Typer:
    first = named[0] if named else None
    made = copy.copy(full)
    made.registered_commands = [info for info in full.registered_commands if _name_of(info) == first]
    groups = [info for info in full.registered_groups if info.name == first]
    if not made.registered_commands and not groups:
        made.registered_commands = [_outline(info) for info in full.registered_commands]
        groups = full.registered_groups
    made.registered_groups = [_lean_group(info, named[1:] if info.name == first else None) for info in groups]
    return made


def _lean_group(info: TyperInfo, named: Sequence[str] | None) -> TyperInfo:
    """Give a group of commands; without names only what stands of it among others."""
    group = copy.copy(info)
    if info.typer_instance is not None:
        group.typer_instance = _lean(info.typer_instance, named or ())
        if named is None:
            group.typer_instance.registered_commands = group.typer_instance.registered_commands[:1]
    return group


def _name_of(info: CommandInfo) -> str:
    return info.name or (info.callback.__name__.replace("_", "-") if info.callback else "")


def _outline(info: CommandInfo) -> CommandInfo:
    """Give a command without its parameters."""

    def outline() -> None:
        """Stand for the command."""

    outline.__doc__ = info.callback.__doc__
    short = copy.copy(info)
    short.name, short.callback = _name_of(info), outline
    return short


def _without_hoisted(words: Sequence[str]) -> list[str]:
    rest = iter(words)
    kept = []
    for word in rest:
        if word in _VALUE_OPTIONS:
            next(rest, None)
        elif word not in _FLAGS:
            kept.append(word)
    return kept
