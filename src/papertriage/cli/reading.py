"""Commands to read with: list, show, why, open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import Context, context_of

if TYPE_CHECKING:
    import datetime as dt

    from papertriage.model import Listed, Paper
    from papertriage.pipeline.cached import Cached
    from papertriage.pipeline.listing import Query
    from papertriage.rules.terms import Rules


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command("list", short_help="Show new papers, ranked.")(list_)
    app.command(short_help="Show one paper in full.")(show)
    app.command(short_help="Show the sum behind a score.")(why)
    app.command("open", short_help="Open a paper in the browser.")(open_)


def list_(
    context: typer.Context,
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
    near_misses: Annotated[
        bool, typer.Option("--near-misses", help="Instead, what nearly came in (20), and what it lacked.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(help="Instead, N papers at random that no rule takes.", min=1, metavar="N")
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", help="table, json, jsonl, tsv or ids.", metavar="FORMAT")
    ] = "table",
) -> None:
    """Show the papers of the last days that your rules take, best first.

    \b
    Examples:
      papertriage list
      papertriage list --since 7d --topic agents --limit 20
      papertriage list --per-topic 5
      papertriage list --sort trending --since 7d
      papertriage list --all --format jsonl | jq .title
      papertriage list --unread
      papertriage list --all --state star,later
      papertriage list --near-misses --topic agents
      papertriage list --sample 20 --since 7d
      papertriage list --format ids | papertriage why -
    """
    from papertriage.errors import UsageError
    from papertriage.pipeline.looking import note_look
    from papertriage.render.base import LIST_FORMATS, render
    from papertriage.render.table import left_out_line

    own = context_of(context)
    if format_ not in LIST_FORMATS:
        raise UsageError(f"--format: there is no “{format_}”.", f"There are {', '.join(LIST_FORMATS)}.")
    if sample is not None and (near_misses or limit is not None):
        other = "--near-misses" if near_misses else "--limit"
        raise UsageError(f"--sample and {other} do not go together.", "--sample says itself how many papers.")
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
    cut = query.as_of if as_of or not everything else None
    if near_misses or sample is not None:
        listed, cached, last_line = _not_listed(own, rules, query, cut, limit=limit, sample=sample)
    else:
        listed, cached = own.library.listing(rules, query, as_of=cut)
        last_line = left_out_line(listed, newest=cached.newest)
    own.tell_damage(cached.damage)
    if format_ == "table":
        arg.remember_ranks(own, listed, as_of=query.as_of if as_of else None)
    own.write(render(listed, format_, own.look))
    if own.on_terminal and not as_of and not near_misses and sample is None:
        note_look(own.config.folders.state, now=own.now())
    if format_ == "table":
        own.tell(last_line if listed.in_window else left_out_line(listed, newest=cached.newest))


def _not_listed(
    own: Context, rules: Rules, query: Query, cut: dt.date | None, *, limit: int | None, sample: int | None
) -> tuple[Listed, Cached, str]:
    """List near misses, or a sample of what no rule takes, and tell of it in one line."""
    from msgspec import structs

    from papertriage.pipeline import near_misses
    from papertriage.render.missing import near_misses_line, sample_line

    cached = own.library.window(query.since, query.as_of, as_of=cut)
    if sample is not None:
        listed = near_misses.sample(cached, rules, query, sample)
        return listed, cached, sample_line(listed, query.topics)
    listed = near_misses.near_misses(cached, rules, structs.replace(query, limit=limit or near_misses.MOST))
    return listed, cached, near_misses_line(listed)


def show(
    context: typer.Context,
    ids: arg.Papers = None,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Say beside each field which source it is from.")
    ] = False,
    format_: Annotated[str, typer.Option("--format", "-f", help="text or json.", metavar="FORMAT")] = "text",
) -> None:
    """Show one paper in full: all fields, ids, links and the abstract.

    \b
    Examples:
      papertriage show 2510.01265
      papertriage show --provenance https://huggingface.co/papers/2510.01265
    """
    from msgspec import structs

    from papertriage.render.paper import paper_json, paper_text

    own = context_of(context)
    arg.text_or_json(format_)
    cached, papers, code = _named(own, ids, records=True)
    for number, paper in enumerate(papers):
        state, note = cached.state(paper)
        facts: dict[str, Any] = {
            "observations": cached.said[paper.id],
            "provenance": provenance,
            "state": state,
            "note": note,
        }
        if format_ == "json":
            own.write(paper_json(paper, **facts))
        else:
            own.write("" if number == 0 else "\n")
            own.write(paper_text(paper, **facts, **structs.asdict(own.look)))
    own.finish(code)


def why(
    context: typer.Context,
    ids: arg.Papers = None,
    as_of: arg.AsOf = None,
    min_score: arg.MinScore = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", help="text, or json: one object a line.", metavar="FORMAT")
    ] = "text",
) -> None:
    """Show the sum behind a paper's score, line by line, and what keeps it out if it is out.

    Ranks are explained as of the day of the list that they are from.

    \b
    Examples:
      papertriage why 2510.01265
      papertriage why 3
      papertriage list --format ids | papertriage why - --format json
    """
    from msgspec import structs

    from papertriage.pipeline.listing import explain
    from papertriage.render.reason import reason_json, reason_text

    own = context_of(context)
    arg.text_or_json(format_)
    as_of = as_of or arg.as_of_ranks(own, ids)
    query = arg.query_of(own, as_of=as_of, min_score=min_score)
    rules = own.taught(own.load_rules())
    cached, papers, code = _named(own, ids, as_of=query.as_of if as_of else None)

    def whole() -> Listed:
        return own.library.listing(rules, structs.replace(query, limit=None), as_of=query.as_of)[0]

    for number, (row, verdict) in enumerate(explain(papers, cached, rules, query, whole)):
        if format_ == "json":
            own.write(reason_json(row, verdict))
        else:
            own.write("" if number == 0 else "\n")
            own.write(reason_text(row, verdict, **structs.asdict(own.look)))
    own.finish(code)


def open_(
    context: typer.Context,
    ids: arg.Papers = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="The PDF rather than the page.")] = False,
) -> None:
    """Open a paper's page, or its PDF, in the browser ($BROWSER is honoured).

    \b
    Examples:
      papertriage open 2510.01265
      papertriage open --pdf 2510.01265
    """
    import webbrowser

    from papertriage.errors import ExitCode
    from papertriage.render.parts import address_of

    own = context_of(context)
    _, papers, code = _named(own, ids)
    for paper in papers:
        url = address_of(paper, pdf=pdf)
        if url is None:
            own.warn(f"{paper.id} has no web address{' of a PDF' if pdf else ''}.")
            code = ExitCode.PARTIAL
        elif not webbrowser.open(url):
            own.warn(f"No browser could be started. The address is {url}")
            code = ExitCode.PARTIAL
        else:
            own.tell(f"Opened {url}")
    own.finish(code)


def _named(
    own: Context, ids: list[str] | None, *, as_of: dt.date | None = None, records: bool = False
) -> tuple[Cached, list[Paper], int]:
    """Find the papers that the ids name; unknown ids are told, and make the exit code partial."""
    from papertriage.errors import ExitCode

    wanted, unranked = arg.named(own, ids)
    cached, papers, unknown = own.library.named(wanted, as_of=as_of, records=records)
    own.tell_damage(cached.damage)
    for error in unranked + unknown:
        own.warn(str(error))
    return cached, papers, ExitCode.PARTIAL if unranked or unknown else ExitCode.DONE
