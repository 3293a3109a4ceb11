"""The commands of `papertriage cache`."""

from __future__ import annotations

import typer

from papertriage.cli.context import context_of

app = typer.Typer(help="Look after the files of the cache.", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look after the files of the cache."""


@app.command(short_help="Show where the cache is and what is in it.")
def info(context: typer.Context) -> None:
    """Show where the cache is, how large it is and what is in it.

    \b
    Example:
      papertriage cache info
    """
    from papertriage.pipeline.upkeep import info_lines

    own = context_of(context)
    own.write("\n".join(info_lines(own.data)))


@app.command(short_help="Name every damaged line.")
def verify(context: typer.Context) -> None:
    """Read every line of the cache and name those that are damaged (exit code 5 if there are any).

    \b
    Example:
      papertriage cache verify
    """
    from papertriage.errors import ExitCode
    from papertriage.pipeline.upkeep import verify_cache

    own = context_of(context)
    verified = verify_cache(own.data)
    for damage in verified.damage:
        own.warn(f"{damage.place}: {damage.reason}")
    own.write(f"{verified.lines} lines are whole, {len(verified.damage)} damaged.")
    own.finish(ExitCode.STORAGE if verified.damage else ExitCode.DONE)
