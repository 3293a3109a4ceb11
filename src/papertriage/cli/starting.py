"""Commands for the first day: init, quickstart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertriage.cli.context import context_of

if TYPE_CHECKING:
    from papertriage.cli.context import Context


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


def init(
    context: typer.Context,
    library: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Make the rules of the papers in this file; may be repeated.", metavar="FILE"),
    ] = None,
) -> None:
    """Write a commented first config.yaml and rules.yaml; existing ones are left alone.

    With --from, topics and followed authors are proposed from your own library: a file of any kind that `import`
    reads (BibTeX, RIS, CSL-JSON, CSV, JSON lines). Nothing is put into the cache.

    \b
    Examples:
      papertriage init
      papertriage init --from refs.bib --from zotero.ris
      PAPERTRIAGE_HOME=~/triage papertriage init
    """
    from papertriage.errors import ExitCode, UsageError
    from papertriage.pipeline.starter import write_starter

    own = context_of(context)
    rules, told = _from_library(own, library) if library else (None, "")
    written, kept = write_starter(own.config, rules)
    for path in written:
        own.tell(f"Wrote {path}")
    if kept and not written:
        raise UsageError(f"{' and '.join(map(str, kept))} exist already; nothing was written.", "Edit them.")
    for path in kept:
        own.tell(f"Kept {path}")
    own.tell(told)
    own.finish(ExitCode.DONE)


def _from_library(own: Context, files: list[Path]) -> tuple[str, str]:
    """Give rules made of a library, and what to say of them.

    Raises:
        UsageError: there are rules already, or the files give none.
    """
    from papertriage.cli.arguments import existing_file
    from papertriage.errors import UsageError
    from papertriage.pipeline.cached import read_cache
    from papertriage.pipeline.first_rules import propose
    from papertriage.render.parts import plural

    if own.config.rules.exists() or own.config.rules.is_symlink():
        raise UsageError(f"{own.config.rules} exists already; nothing was written.", "Move it away to make new rules.")
    proposal = propose([existing_file(file) for file in files], read_cache(own.data).papers, now=own.now())
    for skipped in proposal.skipped[:_TOLD]:
        own.warn(f"{skipped.where}: {skipped.reason}; skipped.")
    if len(proposal.skipped) > _TOLD:
        own.warn(f"and {len(proposal.skipped) - _TOLD} more.")
    return proposal.text, (
        f"{plural(proposal.topics, 'topic')} and {plural(proposal.authors, 'followed author')} from "
        f"{plural(proposal.papers, 'paper')}; the rules take {proposal.taken} of them."
    )


_TOLD = 5
"""Records that could not be read of which the reason is told."""
