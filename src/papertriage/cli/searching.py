"""The command search."""

from __future__ import annotations

from typing import Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import context_of


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Find papers by their words, of all ever cached.")(search)


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="What to look for; quote it for the shell.", metavar="QUERY…")],
    since: Annotated[
        str | None, typer.Option(help="Only from this day on: a date, or 7d, 2w back from the last day.", metavar="DAY")
    ] = None,
    as_of: arg.AsOf = None,
    source: arg.Source = None,
    category: arg.Category = None,
    state: arg.State = None,
    unread: arg.Unread = False,
    limit: Annotated[int, typer.Option(help="At most so many papers.", min=1, metavar="N")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All that are found, whatever --limit says.")] = False,
    sort: Annotated[str, typer.Option(help="score, or date: newest first.", metavar="KEY")] = "score",
    format_: Annotated[
        str, typer.Option("--format", "-f", help="table, json, jsonl, tsv or ids.", metavar="FORMAT")
    ] = "table",
) -> None:
    """Find papers by their words, of all that were ever cached, best first. No rules are asked.

    \b
    A query:
      diffusion model       both words, anywhere; also models, modelling
      "diffusion model"     these very words, side by side
      gan OR diffusion      either; AND, NOT (or -word) and (…) too
      title:gan             title, abstract, author, venue, comment, …
      author:"Chelsea Finn" all in one name
      category:cs.CL        also source:hf-daily, year:2024, year:2023-2025
      reinforc*             what begins so
      transfromer~          misspellings too; ~90 are fewer

    \b
    Examples:
      papertriage search diffusion model
      papertriage search '"diffusion model" -video' --since 30d
      papertriage search 'title:(gan OR diffusion) category:cs.CV' --sort date
      papertriage search 'author:Bengio year:2025' --format ids | papertriage star -
    """
    from papertriage.errors import UsageError
    from papertriage.pipeline.searching import Search
    from papertriage.render.base import LIST_FORMATS, render
    from papertriage.search.language import parse

    own = context_of(context)
    if format_ not in LIST_FORMATS:
        raise UsageError(f"--format: there is no “{format_}”.", f"There are {', '.join(LIST_FORMATS)}.")
    if sort not in ("score", "date"):
        raise UsageError(f"--sort: there is no “{sort}”.", "Sort by score or date.")
    last = arg.day(as_of, option="--as-of") if as_of else own.today
    asked = Search(
        query=parse(" ".join(words)),
        as_of=last,
        since=arg.since_day(since, last=last) if since else None,
        until=last if as_of else None,
        sources=tuple(source or ()),
        categories=tuple(category or ()),
        states=arg.states(state or [], unread=unread),
        limit=None if everything else limit,
        sort=sort,  # type: ignore[arg-type]
    )
    listed, cached = own.library.search(asked, as_of=last if as_of else None)
    own.tell_damage(cached.damage)
    if format_ != "table":
        own.write(render(listed, format_, own.look))
        return
    from msgspec import structs

    from papertriage.render.found import found, found_line

    arg.remember_ranks(own, listed)
    own.write(found(listed, **structs.asdict(own.look)))
    own.tell(found_line(listed, newest=cached.newest))
