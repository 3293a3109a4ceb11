"""The commands of `papertriage cache`."""

from __future__ import annotations

from typing import Annotated

import typer

from papertriage.cli.context import context_of

app = typer.Typer(help="Look after the files of the cache.", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look after the files of the cache."""


@app.command(short_help="Show where the cache is and what is in it.")
def info(context: typer.Context) -> None:
    """Show where the cache is, how large it is, what is in it, and whether its index is current.

    \b
    Example:
      papertriage cache info
    """
    from papertriage.pipeline.upkeep import info_lines

    own = context_of(context)
    own.write("\n".join(info_lines(own.data, own.library)))


@app.command(short_help="Name every damaged line.")
def verify(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Compare the words of every paper with the index, not of a sample.")
    ] = False,
) -> None:
    """Read every line of the cache and name those that are damaged; hold the index to them (exit code 5 if it fails).

    \b
    Examples:
      papertriage cache verify
      papertriage cache verify --all
    """
    from papertriage.cli.indexing import counting
    from papertriage.errors import ExitCode
    from papertriage.pipeline.upkeep import verify_cache

    own = context_of(context)
    with counting(own) as progress:
        verified = verify_cache(own.data, everything=everything, telling=own.warn, progress=progress)
    for damage in verified.damage:
        own.warn(f"{damage.place}: {damage.reason}")
    for fault in verified.index:
        own.warn(f"The index: {fault}.")
    if verified.index:
        own.warn("The index will be made anew when it is needed next; nothing is lost.")
    state = "is not as the log" if verified.index else "agrees"
    own.write(f"{verified.lines} lines are whole, {len(verified.damage)} damaged; the index {state}.")
    own.finish(ExitCode.STORAGE if verified.damage or verified.index else ExitCode.DONE)


@app.command(short_help="Drop lines that add nothing, join small files.")
def compact(context: typer.Context) -> None:
    """Drop lines of the log that add nothing, and join small files of one month.

    Every paper stays as it is, with the history of its votes, also for `list --as-of` an earlier day.

    \b
    Example:
      papertriage cache compact
    """
    from papertriage.cli.indexing import bring_up_to_date, counting
    from papertriage.pipeline.compacting import compact as compact_log

    own = context_of(context)
    with counting(own) as progress:
        done = compact_log(
            own.data, lock_timeout=own.config.lock_timeout, now=own.now, waiting=own.warn, progress=progress
        )
    own.tell_damage(done.damage)
    arrow = "->" if own.ascii_only else "→"
    lines = f"{done.dropped} line{'s' if done.dropped != 1 else ''} dropped"
    own.write(
        f"{lines}; {done.files_before} {arrow} {done.files_after} files, "
        f"{done.bytes_before / 1e6:.1f} {arrow} {done.bytes_after / 1e6:.1f} MB."
    )
    bring_up_to_date(own)


@app.command(short_help="Make the index anew from the log.")
def reindex(context: typer.Context) -> None:
    """Make the index anew from the log. It is made by itself whenever it is missing, old or damaged.

    \b
    Example:
      papertriage cache reindex
    """
    own = context_of(context)
    own.write(f"{own.library.reindex()} papers are indexed.")
