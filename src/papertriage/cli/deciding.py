"""Commands to decide with: star, later, skip, read, unmark, note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from papertriage.cli import arguments as arg
from papertriage.cli.context import Context, context_of

if TYPE_CHECKING:
    from papertriage.model import Paper, State
    from papertriage.pipeline.cached import Cached
    from papertriage.pipeline.deciding import Decided
    from papertriage.store.decisions import Decisions

_DONE = {
    "star": "Starred",
    "later": "Kept for later",
    "skip": "Skipped",
    "read": "Marked as read",
    None: "Unmarked",
}
_MOST_TOLD = 5


def add_commands(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(short_help="Mark papers as important.")(star)
    app.command(short_help="Keep papers for later.")(later)
    app.command(short_help="Mark papers as not worth reading.")(skip)
    app.command(short_help="Mark papers as read.")(read)
    app.command(short_help="Take the mark of papers back.")(unmark)
    app.command(short_help="Write a note on a paper.")(note)


def star(context: typer.Context, papers: arg.Papers = None) -> None:
    """Mark papers as important.

    A bare number is a rank in the table that `list` showed last; a PMID is written pmid:31978945. What you say of a
    paper is kept in decisions.jsonl, and the last word holds.

    \b
    Examples:
      papertriage star 2510.01265
      papertriage star 3 7-9
      papertriage list --all --state star
    """
    _mark(context, papers, "star")


def later(context: typer.Context, papers: arg.Papers = None) -> None:
    """Keep papers for later.

    A bare number is a rank in the table that `list` showed last.

    \b
    Examples:
      papertriage later 2 4
      papertriage list --topic agents --unread --format ids | papertriage later -
    """
    _mark(context, papers, "later")


def skip(context: typer.Context, papers: arg.Papers = None) -> None:
    """Mark papers as not worth reading; they stay in the cache, and `list --unread` leaves them out.

    A bare number is a rank in the table that `list` showed last.

    \b
    Examples:
      papertriage skip 5-20
      papertriage skip https://arxiv.org/abs/2510.01265
    """
    _mark(context, papers, "skip")


def read(context: typer.Context, papers: arg.Papers = None) -> None:
    """Mark papers as read; a reading list has them ticked.

    A bare number is a rank in the table that `list` showed last.

    \b
    Examples:
      papertriage read 1
      papertriage read 10.1101/2024.01.01.573887
    """
    _mark(context, papers, "read")


def unmark(context: typer.Context, papers: arg.Papers = None) -> None:
    """Take back what was said of papers, star, later, skip or read; their notes stay.

    A bare number is a rank in the table that `list` showed last.

    \b
    Examples:
      papertriage unmark 3
      papertriage list --all --state skip --format ids | papertriage unmark -
    """
    _mark(context, papers, None)


def note(
    context: typer.Context,
    paper: Annotated[
        str, typer.Argument(help="An id, a rank of the last list, or - for ids from stdin.", metavar="PAPER")
    ],
    text: Annotated[
        list[str] | None, typer.Argument(help="The note; without it your $EDITOR opens.", metavar="[TEXT]")
    ] = None,
) -> None:
    """Write a note on a paper in the place of the one it has; an empty one removes it. Its mark stays.

    A bare number is a rank in the table that `list` showed last.

    \b
    Examples:
      papertriage note 3 "compare with our tasks"
      papertriage note 3
      papertriage note 2510.01265 ""
    """
    from papertriage.errors import UsageError
    from papertriage.pipeline.deciding import annotate

    own = context_of(context)
    in_editor = text is None or not text
    if in_editor and (paper == "-" or not own.stdin.isatty() or not own.on_terminal):
        raise UsageError("Which note?", 'Write it behind the paper: papertriage note 3 "compare with ours".')

    def write(papers: Sequence[Paper], cached: Cached, decisions: Decisions) -> Decided:
        written = " ".join(text or ())
        if in_editor:
            from papertriage.cli.editing import edited

            if len(papers) > 1:
                raise UsageError("The editor takes one note at a time.", "Name one paper.")
            written = edited(cached.state(papers[0])[1] or "", own.environ)
        return annotate(papers, written, cached, decisions, now=own.now)

    removed = not in_editor and not " ".join(text or ()).strip()
    done, same = ("Removed the note of", "No note on") if removed else ("Noted", "Noted already")
    _decide(own, [paper], write, done=done, same=same)


def _mark(context: typer.Context, papers: list[str] | None, state: State | None) -> None:
    from papertriage.pipeline.deciding import mark

    own = context_of(context)
    done = _DONE[state]
    same = f"Already {done[0].lower()}{done[1:]}" if state else "Without a mark"
    _decide(
        own,
        papers,
        lambda found, cached, decisions: mark(found, state, cached, decisions, now=own.now),
        done=done,
        same=same,
    )


def _decide(
    own: Context,
    wanted: list[str] | None,
    write: Callable[[Sequence[Paper], Cached, Decisions], Decided],
    *,
    done: str,
    same: str,
) -> None:
    """Find the papers, write down what is said of those that are known, and tell it."""
    from papertriage.errors import ExitCode
    from papertriage.render.parts import title_of
    from papertriage.store.decisions import Decisions

    ids, unknown = arg.named(own, wanted)
    cached, papers, unfound = own.library.named(ids)
    own.tell_damage(cached.damage)
    unknown += unfound
    if papers:
        decisions = Decisions(own.data, lock_timeout=own.config.lock_timeout, waiting=own.warn)
        decided = write(papers, cached, decisions)
        own.tell_damage([one for one in decisions.damage if one not in cached.damage])
        changed = [
            (each.paper, f" (was {each.before})" if _tells(done, each.before) else "") for each in decided.changed
        ]
        for told, those in ((done, changed), (same, [(paper, "") for paper in decided.same])):
            for paper, before in those[:_MOST_TOLD]:
                own.tell(f"{told}{before}: {paper.id}  {title_of(paper)}")
            if len(those) > _MOST_TOLD:
                own.tell(f"{told}: {len(those) - _MOST_TOLD} more")
    elif not unknown:
        own.tell("No paper was named; nothing was done.")
    for error in unknown:
        own.warn(str(error))
    own.finish(ExitCode.PARTIAL if unknown else ExitCode.DONE)


def _tells(done: str, before: State | None) -> bool:
    """Say whether the state that a paper had is worth a word: where it is replaced."""
    return before is not None and done in _DONE.values()
