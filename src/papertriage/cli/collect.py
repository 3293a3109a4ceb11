"""Commands that change what is in the cache: fetch, import, split, forget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import Context, context_of

if TYPE_CHECKING:
    import datetime as dt


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Fetch new listings into the cache.")(fetch)
    app.command("import", short_help="Import papers from files.")(import_)
    app.command(short_help="Part a paper that is two works.")(split)
    app.command(short_help="Drop papers for good.")(forget)


def fetch(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; all that are configured.", metavar="SOURCE…")
    ] = None,
    since: arg.Since = None,
    date: Annotated[str | None, typer.Option(help="This day alone.", metavar="DATE")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day.", metavar="DATE")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day (today).", metavar="DATE")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked; ask nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Report as JSON on stdout.")] = False,
) -> None:
    """Fetch new listings into the cache; days that were missed are caught up.

    Run it by hand or from cron: it is quiet where no terminal is. It can be interrupted and run again at any moment.

    \b
    Examples:
      papertriage fetch
      papertriage fetch hf-daily --since 7d
      papertriage fetch --from 2026-03-01 --to 2026-04-30
    """
    from papertriage.cli.fetching import run
    from papertriage.cli.indexing import bring_up_to_date

    own = context_of(context)
    asked = _days(own, since=since, date=date, first=first, last=last)
    code = run(own, names=names or [], asked=asked, dry_run=dry_run, as_json=json)
    if not dry_run:
        bring_up_to_date(own)
    own.finish(code)


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files to read; - is standard input.", metavar="FILE…")],
    source: Annotated[
        str | None, typer.Option(help="The source of records that do not say theirs (import).", metavar="NAME")
    ] = None,
) -> None:
    """Import papers from files of any usual kind, told from their content; .gz files are read as they are.

    JSONL (arXiv's metadata snapshot, this cache's own lines, plain records), CSL-JSON, BibTeX, RIS, MEDLINE and PubMed
    XML, CSV and TSV, feeds, arXiv's announcement mails, Daily Papers pages, and ids, one a line, which are looked up.
    An import that was interrupted goes on where it was when it is run again.

    \b
    Examples:
      papertriage import papers.jsonl references.bib screening.csv
      papertriage import 'Daily Papers - Hugging Face.html' copied.txt
      echo 2510.01265 | papertriage import -
    """
    from papertriage.cli.importing import run
    from papertriage.cli.indexing import bring_up_to_date

    own = context_of(context)
    code = run(own, paths, source=source)
    bring_up_to_date(own)
    own.finish(code)


def split(context: typer.Context, ids: arg.Ids = None) -> None:
    """Part a paper that was merged of records of several services by its title, and is two works.

    \b
    Example:
      papertriage split 10.1145/3292500.3330701
    """
    from papertriage.errors import ExitCode, UsageError
    from papertriage.pipeline.splitting import split as split_paper
    from papertriage.store.decisions import Decisions

    own = context_of(context)
    wanted = list(own.ids(ids or []))
    cached, papers, unknown = own.library.named(wanted, records=True)
    own.tell_damage(cached.damage)
    errors = list(unknown)
    decisions = Decisions(own.data, lock_timeout=own.config.lock_timeout, waiting=own.warn)
    for paper in papers:
        try:
            works = split_paper(paper, cached.said[paper.id], decisions, now=own.now)
        except UsageError as none_to_split:
            errors.append(none_to_split)
        else:
            own.tell(f"{paper.id} is now {' and '.join(works)}.")
    for error in errors:
        own.warn(str(error))
    own.finish(ExitCode.PARTIAL if errors else ExitCode.DONE)


def forget(
    context: typer.Context,
    ids: arg.Ids = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Drop papers from the cache for good: later fetches do not bring them back.

    \b
    Example:
      papertriage forget 2510.01265
    """
    from papertriage.errors import ExitCode, UsageError
    from papertriage.render.terminal import visible
    from papertriage.store.log import Log

    own = context_of(context)
    wanted = list(own.ids(ids or []))
    cached, papers, unknown = own.library.named(wanted)
    own.tell_damage(cached.damage)
    for error in unknown:
        own.warn(str(error))
    if papers and not yes:
        if not own.stdin.isatty() or wanted != ids:
            raise UsageError("Forgetting is for good.", "Say --yes to do it without being asked.")
        for paper in papers:
            own.tell(f"{paper.id}  {visible(paper.title)}")
        if not typer.confirm("Drop for good?", err=True):
            own.tell("Nothing was dropped.")
            own.finish(ExitCode.PARTIAL if unknown else ExitCode.DONE)
    if papers:
        Log(own.data, lock_timeout=own.config.lock_timeout, now=own.now, waiting=own.warn).forget(
            *(paper.aliases for paper in papers)
        )
        own.tell(f"Forgot {len(papers)} paper{'s' if len(papers) != 1 else ''}.")
    own.finish(ExitCode.PARTIAL if unknown else ExitCode.DONE)


def _days(
    own: Context, *, since: str | None, date: str | None, first: str | None, last: str | None
) -> list[dt.date] | None:
    """Make the days to ask for of the options; None leaves it to the ledger."""
    import datetime as dt

    from papertriage.errors import UsageError

    if sum(option is not None for option in (since, date, first)) > 1 or (last and date):
        raise UsageError("--since, --date and --from … --to exclude each other.", "Give one of them.")
    if not (since or date or first or last):
        return None
    to = arg.day(last, option="--to") if last else own.today
    if date:
        start = to = arg.day(date, option="--date")
    elif since:
        start = arg.since_day(since, last=to)
    elif first:
        start = arg.day(first, option="--from")
    else:
        raise UsageError("--to needs a first day.", "Give --from DATE too.")
    if to > own.today:
        raise UsageError(f"{to} is in the future.", "Its listing does not exist yet.")
    if start > to:
        raise UsageError(f"{start} lies after {to}.", "Give the earlier day first.")
    return [start + dt.timedelta(days=n) for n in range((to - start).days + 1)]
