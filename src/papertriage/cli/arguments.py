"""Arguments that several commands take, and how their text becomes values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertriage.errors import UsageError
from papertriage.patterns import pattern

if TYPE_CHECKING:
    from papertriage.cli.context import Context
    from papertriage.model import Listed
    from papertriage.pipeline.listing import Query

Ids = Annotated[list[str] | None, typer.Argument(help="Ids in any spelling; - reads them from stdin.", metavar="ID…")]
Papers = Annotated[
    list[str] | None,
    typer.Argument(
        help="Ids in any spelling, or ranks of the last list: 3, 7-9; - reads them from stdin.", metavar="PAPER…"
    ),
]
"""What `named` makes ids of."""
Topic = Annotated[
    list[str] | None, typer.Option("--topic", "-t", help="Only this topic; may be repeated.", metavar="NAME")
]
Since = Annotated[str | None, typer.Option(help="First day: a date, or 7d, 2w back from the last day.", metavar="DAY")]
AsOf = Annotated[str | None, typer.Option(help="Last day (today); later papers are as if not there.", metavar="DATE")]
MinScore = Annotated[float | None, typer.Option(help="Replaces the thresholds of the rules.", metavar="SCORE")]
Limit = Annotated[int | None, typer.Option(help="At most so many papers (50).", min=1, metavar="N")]
PerTopic = Annotated[
    int | None, typer.Option(help="At most so many papers of one topic; replaces at_most.", min=1, metavar="N")
]
Everything = Annotated[bool, typer.Option("--all", help="All that is cached, whatever its day, topic or score.")]
Source = Annotated[list[str] | None, typer.Option(help="Only from this source; * and ? are wild.", metavar="NAME")]
Category = Annotated[
    list[str] | None, typer.Option(help="Only this category, such as cs.CL or q-bio.*.", metavar="NAME")
]
Author = Annotated[str | None, typer.Option(help="Only papers by this author, whole words.", metavar="NAME")]
State = Annotated[
    list[str] | None,
    typer.Option(help="Only star, later, skip, read or none; a list, or repeated.", metavar="STATE"),
]
Unread = Annotated[bool, typer.Option("--unread", help="Only papers that you have not marked, as --state none.")]
Sort = Annotated[str, typer.Option(help="score, date, upvotes, trending or title.", metavar="KEY")]

_BACK = pattern(r"(\d{1,5})([dw])")


def day(text: str, *, option: str) -> dt.date:
    """Read a date as YYYY-MM-DD.

    Raises:
        UsageError: it is none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: “{text}” is not a date.", "Write it as 2026-11-24.") from None


def since_day(text: str, *, last: dt.date, option: str = "--since") -> dt.date:
    """Read the first day of a window: a date, or a number of days (7d) or weeks (2w), the last day included.

    Raises:
        UsageError: it is neither, or it lies after the last day.
    """
    if match := _BACK.fullmatch(text):
        days = int(match[1]) * (7 if match[2] == "w" else 1)
        if days == 0:
            raise UsageError(f"{option}: {text} is no time at all.", "Write 1d for the last day alone.")
        return _back(last, days)
    try:
        first = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: “{text}” is neither a date nor a time.", "Write 2026-11-24, 7d or 2w.") from None
    if first > last:
        raise UsageError(f"{option}: {first} lies after the last day, {last}.", "Write an earlier day.")
    return first


def _back(last: dt.date, days: int) -> dt.date:
    """Give the first of so many days, no earlier than there are dates."""
    return last - dt.timedelta(days=min(days - 1, (last - dt.date.min).days))


def query_of(
    context: Context,
    *,
    topic: list[str] | None = None,
    since: str | None = None,
    as_of: str | None = None,
    min_score: float | None = None,
    limit: int | None = None,
    per_topic: int | None = None,
    everything: bool = False,
    source: list[str] | None = None,
    category: list[str] | None = None,
    author: str | None = None,
    state: list[str] | None = None,
    unread: bool = False,
    sort: str = "score",
) -> Query:
    """Make a query of the options that `list` and `export` share.

    Raises:
        UsageError: one of them cannot be.
    """
    import math

    from papertriage.pipeline.listing import Query
    from papertriage.text import clean, keys

    if sort not in ("score", "date", "upvotes", "trending", "title"):
        raise UsageError(f"--sort: there is no “{sort}”.", "Sort by score, date, upvotes, trending or title.")
    if min_score is not None and not math.isfinite(min_score):
        raise UsageError("--min-score: a number, please.", "Write 2 or 2.5.")
    config = context.config
    last = day(as_of, option="--as-of") if as_of else context.today
    first = _back(last, config.window)
    if author is not None and not keys(clean(author)):
        raise UsageError(f"--author: “{author}” holds no letter.", "Write a name, or a part of one.")
    if since:
        first = since_day(since, last=last)
    return Query(
        as_of=last,
        since=None if everything and not since else first,
        topics=tuple(topic or ()),
        min_score=min_score,
        limit=limit if limit is not None else None if everything else config.limit,
        per_topic=per_topic,
        everything=everything,
        sources=tuple(source or ()),
        categories=tuple(category or ()),
        author=author,
        states=states(state or [], unread=unread),
        sort=sort,  # type: ignore[arg-type]
        looked=None if as_of else looked(context),
    )


def states(given: list[str], *, unread: bool = False) -> tuple[str, ...]:
    """Read the states to list: `star,later`, or repeated; `none` stands for papers without one.

    Raises:
        UsageError: there is no such state, or two options contradict each other.
    """
    from papertriage.model import STATES
    from papertriage.pipeline.listing import NO_STATE

    if unread:
        if given:
            raise UsageError("--unread and --state exclude each other.", "Write --state none,later for both.")
        return (NO_STATE,)
    known = (*STATES, NO_STATE)
    wanted = [word.strip().lower() for text in given for word in text.split(",")]
    for word in wanted:
        if word not in known:
            raise UsageError(f"--state: there is no “{word}”.", f"There are {', '.join(known)}.")
    return tuple(dict.fromkeys(wanted))


def named(context: Context, given: list[str] | None) -> tuple[list[str], list[UsageError]]:
    """Give the ids that a command was given, by themselves, as ranks of the last list, or on stdin.

    Returns:
        the ids in the order given, and an error for each rank that the last list does not have.
    """
    from papertriage.pipeline.looking import ids_of, last_shown

    return ids_of(context.ids(given or []), last_shown(context.config.folders.state))


def as_of_ranks(context: Context, given: list[str] | None) -> str | None:
    """Give the day that the last list was asked for as of, where its ranks alone name the papers."""
    from papertriage.pipeline.looking import all_ranks, last_as_of

    day = last_as_of(context.config.folders.state) if given and all_ranks(given) else None
    return day.isoformat() if day else None


def remember_ranks(context: Context, listed: Listed, *, as_of: dt.date | None = None) -> None:
    """Let the ranks of a table that is about to be shown name its papers; where that fails, say so."""
    from papertriage.errors import StorageError
    from papertriage.pipeline.looking import note_shown

    try:
        note_shown(context.config.folders.state, listed, as_of=as_of)
    except StorageError as error:
        context.warn(f"The numbers of this list name no papers to other commands: {error.message}")


def looked(context: Context) -> dt.datetime | None:
    """Say when the user last saw a list, before this sitting."""
    from papertriage.pipeline.looking import last_look

    return last_look(context.config.folders.state, now=context.now())


def text_or_json(format_: str) -> None:
    """Refuse any other format.

    Raises:
        UsageError: it is none of the two.
    """
    if format_ not in ("text", "json"):
        raise UsageError(f"--format: there is no “{format_}”.", "There are text and json.")


def existing_file(path: Path) -> Path:
    """Give the path of a file to read.

    Raises:
        UsageError: there is none.
    """
    if not path.exists():
        raise UsageError(f"There is no file {path}.", "Check its name.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Name the files in it.")
    return path
