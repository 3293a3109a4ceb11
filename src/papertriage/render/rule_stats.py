"""How often each rule hits: papers, their share, the last weeks as a sparkline, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from papertriage.errors import Place
from papertriage.findings import Flag, RuleStats, TermStats
from papertriage.render.lines import Line, Piece, cells, pad, wrap
from papertriage.render.page import Page
from papertriage.render.parts import plural
from papertriage.render.records import ENVELOPE_VERSION, to_json

SHOWN_WEEKS = 12
"""So many weeks at most are drawn, the last of the window; JSON has all."""

_BARS = "▁▂▃▄▅▆▇█"
_BARS_ASCII = "12345678"
_LONGEST = 40  # cells of the column of terms at most, before a longer one is broken

_SAID = {
    "never": "never fires",
    "outside": "fires only where its topic does not look",
    "broad": "fires on too much",
    "redundant": "always together with",
    "excluded": "only in excluded papers",
    "silenced": "only where a `none` silences the topic",
}


def stats_text(
    stats: RuleStats, *, width: int | None = None, color: bool = False, links: bool = False, ascii_only: bool = False
) -> str:
    """Give a line for each term, author and excluded category, by topic and list."""
    page = Page(width=width, color=color, links=links, ascii_only=ascii_only)
    weeks = min(SHOWN_WEEKS, len(stats.weeks))
    terms = min(_LONGEST, max((cells(page.safe(term.term)) for term in stats.terms), default=0))
    room = max(weeks, len("Weeks"))
    for topic, found in groupby(stats.terms, key=lambda term: (term.topic, term.role == "exclude")):
        rows = list(found)
        page.blank()
        name = topic[0] or ("exclude" if topic[1] else "follow")
        page.add([page.piece(name, "topic")])
        page.add([Piece(f"{'Papers':>8}  {'Share':>6}  {'Weeks':<{room}}  Term", "faint")])
        for row in rows:
            _add_row(page, row, weeks=weeks, room=room, terms=terms)
    return page.text()


def _add_row(page: Page, row: TermStats, *, weeks: int, room: int, terms: int) -> None:
    bars = sparkline(row.weeks[-weeks:] if weeks else (), ascii_only=page.ascii_only)
    share = "<0.1%" if 0 < row.share < 0.0005 else f"{row.share:.1%}"
    left = f"{row.papers:>8}  {share:>6}  {bars:<{room}}  "
    role = [] if row.role in {"any", "exclude", "follow"} else [Piece(f"  {row.role}", "faint")]
    flags = "; ".join(_flag(flag) for flag in row.flags)
    tail: Line = [
        *pad([page.piece(row.term)], terms),
        Piece(f"  line {row.place.line}" if row.place.line else "", "faint"),
        *role,
        *([Piece("  "), page.piece(flags, "bad")] if flags else []),
    ]
    if page.width is None or page.width - len(left) < 20:
        page.add([Piece(left), *tail], hang=8)
        return
    for number, part in enumerate(wrap(tail, page.width - len(left))):
        page.add([Piece(left if not number else " " * len(left)), *part])


def sparkline(counts: Sequence[int], *, ascii_only: bool = False) -> str:
    """Draw counts as bars, the largest full; none at all is a dot.

    >>> sparkline([0, 1, 4, 8]), sparkline([0, 1, 4, 8], ascii_only=True)
    ('·▁▄█', '.148')
    """
    bars, zero = (_BARS_ASCII, ".") if ascii_only else (_BARS, "·")
    top = max(counts, default=0)
    return "".join(zero if not count else bars[-(-count * len(bars) // top) - 1] for count in counts)


def _flag(flag: Flag) -> str:
    """Say in some words what is to be looked at."""
    by = f" “{flag.other}” (line {flag.place.line})" if flag.other and flag.place else ""
    if flag.kind == "excluded" and by:
        return f"{_SAID[flag.kind]}, by{by}"
    return (
        (f"only where its `none`{by} silences the topic") if flag.kind == "silenced" and by else _SAID[flag.kind] + by
    )


def stats_line(stats: RuleStats) -> str:
    """Say in one sentence over what the rules were counted, and how many are to be looked at."""
    if not stats.papers:
        return "No papers to count in. `papertriage fetch` fills the cache; --since looks further back."
    flagged = sum(bool(term.flags) for term in stats.terms)
    window = f"up to {stats.as_of}" if stats.since is None else f"of {stats.since} to {stats.as_of}"
    counted = f"{stats.file}: {plural(len(stats.terms), 'rule')} over {plural(stats.papers, 'paper')} {window}"
    drawn = f" The weeks drawn end with that of {stats.weeks[-1]}." if stats.weeks else ""
    return f"{counted}, {flagged} to look at.{drawn}"


def stats_json(stats: RuleStats) -> str:
    """Give the same as JSON, with the counts of every week."""
    record = {
        "version": ENVELOPE_VERSION,
        "file": stats.file,
        "since": stats.since and stats.since.isoformat(),
        "as_of": stats.as_of.isoformat(),
        "papers": stats.papers,
        "weeks": [week.isoformat() for week in stats.weeks],
        "terms": [_term_record(term) for term in stats.terms],
    }
    return to_json(record, indent=2) + "\n"


def _term_record(term: TermStats) -> dict[str, Any]:
    return {
        "topic": term.topic,
        "role": term.role,
        "term": term.term,
        "rule": str(term.place),
        "papers": term.papers,
        "share": round(term.share, 4),
        "weeks": list(term.weeks),
        "flags": list(_flag_records(term.flags)),
    }


def _flag_records(flags: Sequence[Flag]) -> Iterator[dict[str, str | None]]:
    def rule(place: Place | None) -> str | None:
        return str(place) if place else None

    for flag in flags:
        yield {"kind": flag.kind, "other": flag.other or None, "rule": rule(flag.place)}
