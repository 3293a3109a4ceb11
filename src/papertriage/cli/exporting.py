"""The command export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import context_of


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Write a reading list.")(export)


def export(
    context: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="Only these: ids, or ranks of the last list; - reads stdin.", metavar="[PAPER…]"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write (stdout).", metavar="FILE")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", "-f", help="markdown, jsonl or csv.", metavar="FORMAT")
    ] = None,
    topic: arg.Topic = None,
    since: arg.Since = None,
    as_of: arg.AsOf = None,
    min_score: arg.MinScore = None,
    limit: arg.Limit = None,
    per_topic: arg.PerTopic = None,
    everything: arg.Everything = False,
    source: arg.Source = None,
    category: arg.Category = None,
    author: arg.Author = None,
    state: arg.State = None,
    unread: arg.Unread = False,
    sort: arg.Sort = "score",
) -> None:
    """Write a reading list: the papers that `list` would show, or those that are named.

    A markdown list that is written again keeps its ticks and the notes below its papers.

    \b
    Examples:
      papertriage export -o reading-list.md
      papertriage export --since 7d --format csv -o week.csv
      papertriage export --all --state star,later -o to-read.md
      papertriage list --format ids | papertriage export - --format jsonl
    """
    from papertriage.errors import ExitCode
    from papertriage.pipeline.exporting import export_format, export_text
    from papertriage.pipeline.listing import listing_of
    from papertriage.pipeline.writing import write_whole

    own = context_of(context)
    format_ = export_format(format_, output)
    query = arg.query_of(
        own,
        topic=topic,
        since=since,
        as_of=as_of,
        min_score=min_score,
        limit=limit,
        per_topic=per_topic,
        everything=everything,
        source=source,
        category=category,
        author=author,
        state=state,
        unread=unread,
        sort=sort,
    )
    rules = own.taught(own.load_rules())
    code = ExitCode.DONE
    if ids:
        wanted, unranked = arg.named(own, ids)
        cached, papers, unknown = own.library.named(wanted, as_of=query.as_of if as_of else None)
        for error in unranked + unknown:
            own.warn(str(error))
            code = ExitCode.PARTIAL
        listed = listing_of(papers, cached, rules, query)
    else:
        listed, cached = own.library.listing(rules, query, as_of=query.as_of if as_of or not everything else None)
    own.tell_damage(cached.damage)
    text = export_text(listed, format_, output)
    if output is None:
        own.write(text)
    else:
        write_whole(output, text)
        own.tell(f"Wrote {len(listed.rows)} paper{'s' if len(listed.rows) != 1 else ''} to {output}")
    own.finish(code)
