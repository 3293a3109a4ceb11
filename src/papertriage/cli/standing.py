"""Commands that say how things stand: sources, status, config, doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from papertriage.cli.context import context_of


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Show the sources and how each stands.")(sources)
    app.command(short_help="Show which days are complete.")(status)
    app.command(short_help="Show each setting and where it comes from.")(config)
    app.command(short_help="Try config, rules, files and sources.")(doctor)


def sources(context: typer.Context) -> None:
    """Show the sources that are configured and how each stands.

    \b
    Example:
      papertriage sources
    """
    from papertriage.pipeline.standing import source_lines

    own = context_of(context)
    own.write("\n".join(source_lines(own.config, own.data)))


def status(
    context: typer.Context,
    weeks: Annotated[int, typer.Option(help="How many weeks to show.", min=1, max=520, metavar="N")] = 5,
    json: Annotated[bool, typer.Option("--json", help="Every day that is known, as JSON.")] = False,
) -> None:
    """Show for each source and day whether its listing is whole: complete, partial, stale, failed or missed.

    The next `fetch` asks again for what can still be had.

    \b
    Examples:
      papertriage status
      papertriage status --weeks 12
      papertriage status --json
    """
    from papertriage.pipeline.standing import standings, status_json
    from papertriage.render.calendar import status_text

    own = context_of(context)
    if json:
        own.write(status_json(own.data))
    else:
        shown = standings(own.data, today=own.today, weeks=weeks)
        own.write(status_text(shown, last=own.today, weeks=weeks, color=own.color, ascii_only=own.ascii_only))
        if not shown:
            own.tell("Nothing was fetched yet. `papertriage fetch` does it.")


def config(context: typer.Context) -> None:
    """Show each setting with its value and where that comes from.

    \b
    Example:
      papertriage config
    """
    from papertriage.pipeline.standing import config_lines

    own = context_of(context)
    own.write("\n".join(config_lines(own.config)))


def doctor(context: typer.Context) -> None:
    """Try config, rules, cache and disk, and each source with one request; say what to do where one is not well.

    \b
    Example:
      papertriage doctor
    """
    from papertriage.errors import ExitCode
    from papertriage.pipeline.doctor import checks
    from papertriage.render.terminal import visible
    from papertriage.sources.http import Session

    own = context_of(context)
    session = Session(state=own.config.folders.state, contact=own.config.contact, environ=own.environ, seconds=120)
    well = True
    for check in checks(own.config, now=own.now, session=session):
        own.write(f"{'ok' if check.ok else 'NOT':3}  {visible(check.name):12}  {visible(check.said)}")
        own.stdout.flush()
        well = well and check.ok
    own.finish(ExitCode.DONE if well else ExitCode.PARTIAL)
