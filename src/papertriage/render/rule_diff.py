"""What other rules change in a list: who enters, leaves and moves, each with the lines of the sum that do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from papertriage.errors import Place
from papertriage.findings import Cause, Change, RulesDiff, Stand
from papertriage.render.lines import Line, Piece
from papertriage.render.page import Page
from papertriage.render.parts import address_of, plural, title_of
from papertriage.render.records import ENVELOPE_VERSION, to_json

_NO_TOPIC = "No topic takes it"  # of a paper that enters this is no news
_MOST_CAUSES = 6


def diff_text(
    diff: RulesDiff,
    *,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give the changes in three parts, and the numbers in the last line."""
    page = Page(width=width, color=color, links=links, ascii_only=ascii_only)
    for name, changes, count in (
        ("Enter", diff.enter, diff.entering),
        ("Leave", diff.leave, diff.leaving),
        ("Move", diff.move, diff.moving),
    ):
        if changes:
            page.blank()
            _add_part(page, name, changes, count)
    page.blank()
    page.add([page.piece(diff_line(diff))])
    return page.text()


def diff_line(diff: RulesDiff) -> str:
    """Say in one line how many enter, leave, move and stay."""
    counts = f"{diff.entering} enter, {diff.leaving} leave, {diff.moving} move, {diff.same} same"
    window = f"up to {diff.as_of}" if diff.since is None else f"of {diff.since} to {diff.as_of}"
    told = f"{counts}; {diff.old} → {diff.new}, {plural(diff.papers, 'paper')} {window}."
    return told if diff.papers or diff.since is None else f"{told} --all compares over the whole cache."


def _add_part(page: Page, name: str, changes: Sequence[Change], count: int) -> None:
    more = f"; the first {len(changes)}, --limit shows more" if len(changes) < count else ""
    page.add([Piece(name, "strong"), Piece(f" ({count}{more})", "faint")])
    for change in changes:
        _add_change(page, change)


def _add_change(page: Page, change: Change) -> None:
    stand: Line = [Piece(_stands(change, page), "strong"), Piece("  ")]
    title = page.piece(title_of(change.paper) or "(no title)", link=address_of(change.paper) or "")
    page.add([*stand, page.piece(change.paper.id, "faint"), Piece("  "), title], indent=2, hang=6)
    for cause in change.causes[:_MOST_CAUSES]:
        page.add(_cause_line(page, cause), indent=6, hang=8)
    if len(change.causes) > _MOST_CAUSES:
        page.add([Piece(f"and {plural(len(change.causes) - _MOST_CAUSES, 'more line')}", "faint")], indent=6)
    if change.reason and not (change.kind == "enter" and change.causes and change.reason.startswith(_NO_TOPIC)):
        when = "before" if change.kind == "enter" else "now"
        page.add([Piece(f"{when}: ", "faint"), page.piece(change.reason)], indent=6, hang=8)


def _stands(change: Change, page: Page) -> str:
    """Say rank and score: `#9 3.00`, or `#9 3.00 → #2 8.10`."""

    def told(stand: Stand) -> str:
        return f"#{stand.rank} {stand.score:.2f}"

    return page.safe(" → ").join(told(stand) for stand in (change.before, change.after) if stand)


def _cause_line(page: Page, cause: Cause) -> Line:
    """Say what a line of the sum gave and gives."""
    changed = ""
    if cause.before is not None and cause.after is not None:
        changed = page.safe(f" ({cause.before:.2f} → {cause.after:.2f})")
    words = [cause.topic or cause.part, cause.term, cause.field, _short(cause.place)]
    text = "  ".join(page.safe(word) for word in words if word)
    return [Piece(f"{cause.points:+.2f}", "bad" if cause.points < 0 else "topic"), Piece(f"{changed}  {text}")]


def _short(place: Place | None) -> str:
    """Name a rule's place without its folder and column."""
    if place is None:
        return ""
    name = place.file.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{name}:{place.line}" if place.line else name


def diff_json(diff: RulesDiff) -> str:
    """Give the same as JSON."""
    record = {
        "version": ENVELOPE_VERSION,
        "old": diff.old,
        "new": diff.new,
        "since": diff.since and diff.since.isoformat(),
        "as_of": diff.as_of.isoformat(),
        "papers": diff.papers,
        "counts": {
            "enter": diff.entering,
            "leave": diff.leaving,
            "move": diff.moving,
            "same": diff.same,
        },
        "enter": [_change_record(change) for change in diff.enter],
        "leave": [_change_record(change) for change in diff.leave],
        "move": [_change_record(change) for change in diff.move],
    }
    return to_json(record, indent=2) + "\n"


def _change_record(change: Change) -> dict[str, Any]:
    def stand(one: Stand | None) -> dict[str, Any] | None:
        return None if one is None else {"rank": one.rank, "score": one.score}

    return {
        "id": change.paper.id,
        "title": title_of(change.paper),
        "day": change.paper.day.isoformat(),
        "before": stand(change.before),
        "after": stand(change.after),
        "reason": change.reason or None,
        "causes": [
            {
                "part": cause.part,
                "topic": cause.topic,
                "term": cause.term,
                "field": cause.field,
                "before": cause.before,
                "after": cause.after,
                "points": cause.points,
                "rule": str(cause.place) if cause.place else None,
            }
            for cause in change.causes
        ],
    }
