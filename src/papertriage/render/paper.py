"""One paper in full: every field that has a value, and on demand the source of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from papertriage.model import Observation, Paper, State
from papertriage.render.lines import Line, Piece, cells, pad, paint, wrap
from papertriage.render.parts import address_of, figures, number, title_of
from papertriage.render.records import ENVELOPE_VERSION, to_json
from papertriage.render.terminal import visible, web_link
from papertriage.text import clean

_GAP = 2
_WIDEST_LABEL = 20  # a longer label stands above its value
_LABELS_FROM = 50  # on narrower screens every label does


def paper_text(
    paper: Paper,
    *,
    observations: Sequence[Observation] = (),
    provenance: bool = False,
    state: State | None = None,
    note: str | None = None,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give one paper as text.

    Args:
        observations: what its sources said of it; with them each source has its days, each signal its history.
        provenance: name the source beside each field.
        state, note: the user's decision.
        width: of the terminal; None breaks no line.
        color, links, ascii_only: as for `table`.
    """

    def safe(text: str) -> str:
        return visible(text, ascii_only=ascii_only)

    def fitted(line: Line, room: int | None) -> list[Line]:
        return [line] if room is None else wrap(line, max(1, room))

    def origin(field: str) -> Line:
        whole = field.partition(".")[0]
        source = (paper.provenance.get(field) or paper.provenance.get(whole, "")) if provenance else ""
        return [Piece(f"  [{safe(source)}]", "faint")] if source else []

    page = address_of(paper) or ""
    made = fitted([Piece(safe(title_of(paper)) or "(no title)", "strong", page), *origin("title")], width)
    if paper.authors:
        names = ", ".join(safe(clean(name)) for name in paper.authors)
        made += fitted([Piece(names), *origin("authors")], width)
    made.append([])

    facts = [
        (safe(label), safe(value), field) for label, value, field in _facts(paper, observations, state, note) if value
    ]
    widest = min(_WIDEST_LABEL, max(cells(label) for label, _, _ in facts)) + _GAP
    beside = width is None or width >= _LABELS_FROM
    for label, value, field in facts:
        above = not beside or cells(label) > _WIDEST_LABEL
        if above:
            made += fitted([Piece(label, "faint")], width)
        indent = widest if beside else 0
        line = [Piece(value, "", web_link(value) or ""), *origin(field)]
        for at, part in enumerate(fitted(line, None if width is None else width - indent)):
            head = Piece(label if at == 0 and not above else "", "faint")
            made.append([*(pad([head], indent) if beside else []), *part])
    if paper.abstract:
        made.append([])
        made += fitted([Piece(safe(clean(paper.abstract))), *origin("abstract")], width)
    return paint(made, color=color, links=links)


def _facts(
    paper: Paper, observations: Sequence[Observation], state: State | None, note: str | None
) -> list[tuple[str, str, str]]:
    """Give label, text and field of every fact beyond title, authors and abstract; "" where there is none."""
    others = [alias for alias in paper.aliases if alias != paper.id]
    announced = [f"{category} {kind}" for category, kind in paper.announce_type.items()]
    day = str(paper.day) + ("" if paper.announced else " (not announced)")
    facts = [
        ("Id", paper.id, "id"),
        ("Also", ", ".join(others), "ids"),
        ("Day", day, "announced"),
        ("Announced as", ", ".join(announced), "announce_type"),
        ("Published", paper.published or "", "published"),
        ("Updated", paper.updated or "", "updated"),
        ("Version", str(paper.version or ""), "version"),
        ("Categories", ", ".join(paper.categories), "categories"),
        ("Venue", clean(paper.venue or ""), "venue"),
        ("Organization", clean(paper.organization or ""), "organization"),
        ("Submitter", clean(paper.submitter or ""), "submitter"),
        ("Comment", clean(paper.comment or ""), "comment"),
        ("Authors", str(paper.author_count or "") if not paper.authors else "", "author_count"),
        *((_address_label(kind), web_link(given) or given, f"urls.{kind}") for kind, given in paper.urls.items()),
    ]
    if not paper.urls:
        facts.append(("Page", address_of(paper) or "", ""))
    for name, value in paper.signals.items():
        facts.append(
            (name.capitalize().replace("_", " "), number(value) + _history(name, observations), f"signals.{name}")
        )
    facts += [
        ("Sources", ", ".join(_days(source, observations) for source in paper.sources), ""),
        ("First seen", str(paper.first_seen.date()), ""),
        ("State", state or "", ""),
        ("Note", " ".join((note or "").split()), ""),
    ]
    for name, extra in paper.extra.items():
        facts.append((name, extra if isinstance(extra, str) else to_json(extra), f"extra.{name}"))
    return facts


def _address_label(kind: str) -> str:
    return {"pdf": "PDF", "abs": "Abstract at"}.get(kind, kind.capitalize())


def _history(signal: str, observations: Sequence[Observation]) -> str:
    """Give a signal's change: ` (2025-10-02: 3, 2025-10-03: 41)`, one value a day, where there is more than one."""
    by_day = {
        seen.seen.date(): seen.signals[signal]
        for seen in sorted(observations, key=lambda seen: seen.seen)
        if signal in seen.signals
    }
    if len(by_day) < 2:
        return ""
    return " (" + ", ".join(f"{day}: {number(value)}" for day, value in by_day.items()) + ")"


def _days(source: str, observations: Sequence[Observation]) -> str:
    """Name a source with the days on which it listed the paper."""
    days = sorted({str(seen.day) for seen in observations if seen.source == source})
    return source + (f" ({', '.join(days)})" if days else "")


def paper_record(
    paper: Paper,
    *,
    observations: Sequence[Observation] = (),
    provenance: bool = False,
    state: State | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """Give one paper as JSON values: the fields that have a value; texts are cleaned."""
    values: dict[str, Any] = {
        "version": ENVELOPE_VERSION,
        "id": paper.id,
        "title": title_of(paper),
        "abstract": paper.abstract and clean(paper.abstract),
        "authors": [clean(name) for name in paper.authors],
        "author_count": paper.author_count,
        "day": paper.day.isoformat(),
        "announced": paper.announced and paper.announced.isoformat(),
        "announce_type": paper.announce_type,
        "published": paper.published,
        "updated": paper.updated,
        "paper_version": paper.version,
        "categories": list(paper.categories),
        "ids": paper.ids,
        "aliases": list(paper.aliases),
        "url": address_of(paper),
        "urls": paper.urls,
        "venue": paper.venue and clean(paper.venue),
        "organization": paper.organization and clean(paper.organization),
        "submitter": paper.submitter and clean(paper.submitter),
        "comment": paper.comment and clean(paper.comment),
        "signals": figures(paper.signals),
        "sources": list(paper.sources),
        "first_seen": paper.first_seen.isoformat(),
        "state": state,
        "note": note,
        "extra": paper.extra,
        "provenance": paper.provenance if provenance else None,
        "observations": [
            {
                "source": seen.source,
                "seen": seen.seen.isoformat(),
                "announced": seen.announced and seen.announced.isoformat(),
                "signals": figures(seen.signals),
            }
            for seen in observations
        ],
    }
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, ())}


def paper_json(
    paper: Paper,
    *,
    observations: Sequence[Observation] = (),
    provenance: bool = False,
    state: State | None = None,
    note: str | None = None,
) -> str:
    """Give one paper as one line of JSON."""
    record = paper_record(paper, observations=observations, provenance=provenance, state=state, note=note)
    return to_json(record) + "\n"
