"""The commands of `papertriage rules`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertriage.cli.context import context_of

app = typer.Typer(help="Check the rules.", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check the rules."""


@app.command(short_help="Name every mistake in the rules.")
def check(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="The rules file.", metavar="[FILE]")] = None,
) -> None:
    """Name every mistake in the rules with file, line and column, and warn of likely slips.

    \b
    Examples:
      papertriage rules check
      papertriage rules check shared-rules.yaml
    """
    from papertriage.cli.arguments import existing_file
    from papertriage.errors import ExitCode
    from papertriage.pipeline.checking import check as check_rules
    from papertriage.render.parts import plural

    own = context_of(context)
    path = existing_file(file) if file else own.rules_file
    checked = check_rules(path, own.data, today=own.today)
    for warning in checked.warnings:
        own.warn(f"warning: {warning}")
    own.tell(f"{path}: {plural(checked.topics, 'topic')}, {plural(checked.terms, 'term')}, no mistakes.")
    own.finish(ExitCode.DONE)
