"""Commands for the first day: init, quickstart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertriage.cli.context import context_of


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Do everything once, for a first look.")(quickstart)
    app.command(short_help="Write a first config.yaml and rules.yaml.")(init)


def quickstart(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The reading list to write.", metavar="FILE")] = Path(
        "reading-list.md"
    ),
    offline: Annotated[bool, typer.Option("--offline", help="Ask no service; show the shipped sample.")] = False,
) -> None:
    """Do everything once: starter rules, fetch, ranked table, reading list.

    Where the network is out of reach, a sample of real papers that comes with papertriage takes the place of the
    fetch, and a line says so. Existing config and rules are used as they are.

    \b
    Examples:
      papertriage quickstart
      papertriage quickstart --offline -o sample.md
    """
    from papertriage.cli.quickstart import run

    own = context_of(context)
    own.finish(run(own, output=output, offline=offline))


def init(context: typer.Context) -> None:
    """Write a commented first config.yaml and rules.yaml; existing ones are left alone.

    \b
    Examples:
      papertriage init
      PAPERTRIAGE_HOME=~/triage papertriage init
    """
    from papertriage.errors import ExitCode, UsageError
    from papertriage.pipeline.starter import write_starter

    own = context_of(context)
    written, kept = write_starter(own.config)
    for path in written:
        own.tell(f"Wrote {path}")
    if kept and not written:
        raise UsageError(f"{' and '.join(map(str, kept))} exist already; nothing was written.", "Edit them.")
    for path in kept:
        own.tell(f"Kept {path}")
    own.finish(ExitCode.DONE)
