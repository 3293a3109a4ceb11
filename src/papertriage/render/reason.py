"""The ledger of one score: every line of the sum, what matched where, and what puts the paper out if it is out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from papertriage.errors import Place
from papertriage.model import Hit, Paper, Ranked, ScoreLine, Span
from papertriage.render.lines import Line, Piece, cells, marked, pad, paint, wrap
from papertriage.render.parts import address_of, title_of, title_spans
from papertriage.render.records import ENVELOPE_VERSION, hit_record, to_json
from papertriage.render.terminal import visible
from papertriage.text import clean

_GAP = 2
_INDENT = 9  # of what stands below a line of the sum: under its second column
_HOW = 16  # of `inflection 100`
_LEAST_ROOM = 30  # narrower, the place in the sentence stands below how it matched
_CONTEXT = 70  # most characters shown on each side of a match


def reason_text(
    row: Ranked,
    as_of: dt.date,
    *,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give the ledger as text. The points of its lines add up to the score exactly.

    Args:
        as_of: the day from which ages were counted.
        width: of the terminal; None breaks no line.
        color, links, ascii_only: as for `table`.
    """
    ledger = _Ledger(row.paper, width=width, color=color, ascii_only=ascii_only)
    return paint(ledger.lines(row, as_of), color=color, links=links)


class _Cells(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the sum as cells of safe text."""

    points: str = ""
    topic: str = ""
    term: str = ""
    field: str = ""
    formula: str = ""
    rule: str = ""
    hits: tuple[Hit, ...] = ()


_LEGEND = "A term gives topic weight × term weight × field weight × similarity × 2n/(n+1) for n hits."

_HEADINGS = _Cells(points="Points", topic="Topic", term="Term", field="Field", formula="Formula", rule="Rule")
_ALL = ("points", "topic", "term", "field", "formula", "rule")
_STYLES = {"points": "strong", "topic": "topic", "formula": "faint", "rule": "faint"}


class _Ledger:
    """Lays out the ledger of one paper for one kind of screen."""

    def __init__(self, paper: Paper, *, width: int | None, color: bool, ascii_only: bool) -> None:
        self.paper = paper
        self.width = width
        self.color = color
        self.ascii_only = ascii_only

    def safe(self, text: str) -> str:
        return visible(text, ascii_only=self.ascii_only)

    def fit(self, line: Line, indent: int = 0) -> list[Line]:
        """Wrap a line behind an indent, which is given up where there is no room for it."""
        if self.width is None:
            return [[Piece(" " * indent), *line]]
        indent = indent if self.width >= 3 * indent else 0
        return [[Piece(" " * indent), *part] for part in wrap(line, max(1, self.width - indent))]

    def lines(self, row: Ranked, as_of: dt.date) -> list[Line]:
        score = row.score
        made = self.head(row, as_of)
        rows = [self.cells(line) for line in score.lines]
        made += [[], *self.table([_HEADINGS, *rows])]
        made.append([Piece("-" * len("Points"), "faint")])
        made += self.fit([Piece(f"{score.total:6.2f}", "strong"), Piece("  score")])
        if any(line.formula.count("×") == 4 for line in score.lines):
            made += [[], *self.fit([Piece(self.safe(_LEGEND), "faint")])]
        if reason := score.excluded or score.below:
            made += [[], *self.fit([Piece("Not listed. ", "bad"), Piece(self.safe(reason))])]
        made += [[]] if score.notes else []
        for note in score.notes:
            made += self.fit([Piece(self.safe(note))])
        return made + self.uncounted(score.hits, score.lines)

    def head(self, row: Ranked, as_of: dt.date) -> list[Line]:
        """Give title and id, and the score with which the paper stands."""
        paper = self.paper
        title = title_of(paper)
        link = address_of(paper) or ""
        shown = marked(title, title_spans(row), style="strong", link=link, ascii_only=self.ascii_only)
        facts = [paper.id, str(paper.day), ", ".join(paper.sources), f"score {row.score.total:.2f} as of {as_of}"]
        files = {hit.place.file for hit in row.score.hits} | {line.place.file for line in row.score.lines if line.place}
        facts += sorted(files)
        between = self.safe(" · ") if not self.ascii_only else " - "
        return [
            *self.fit(shown or [Piece("(no title)", "faint")]),
            *self.fit([Piece(between.join(self.safe(fact) for fact in facts if fact), "faint")]),
        ]

    def cells(self, line: ScoreLine) -> _Cells:
        return _Cells(
            points=f"{line.points:.2f}",
            topic=self.safe(line.topic if line.part == "topic" else line.part),
            term=self.safe(line.term),
            field=self.safe(line.field),
            formula=self.safe(line.formula),
            rule=self.safe(_short(line.place)),
            hits=line.hits,
        )

    def table(self, rows: Sequence[_Cells]) -> list[Line]:
        """Lay rows out in columns; what the width has no room for stands below its line, or one column is all."""
        widths = {name: max(cells(getattr(row, name)) for row in rows) for name in _ALL}
        names = [name for name in _ALL if widths[name]]
        below: list[str] = []
        for name in ("rule", "formula"):
            if self.width is not None and sum(widths[name] + _GAP for name in names) - _GAP > self.width:
                names.remove(name)
                below.insert(0, name)
        stacked = self.width is not None and sum(widths[name] + _GAP for name in names) - _GAP > self.width
        made: list[Line] = []
        for row in rows:
            heading = row is rows[0]
            if not stacked:
                made.append(_columns(row, names, widths, style="faint" if heading else None))
            elif not heading:
                made += self.fit(_joined(row, names))
            if heading:
                continue
            made += self.matches(row.hits)
            if more := _joined(row, below):
                made += self.fit(more, _INDENT)
        return made

    def matches(self, hits: Sequence[Hit]) -> list[Line]:
        """Give how hits matched, and beside it the place in the sentence; those alike in one sentence together."""
        made: list[Line] = []
        for hit, text, spans in excerpts(self.paper, hits):
            how = [Piece(f"{hit.kind} {hit.similarity:.3g}", "faint")]
            place = marked(text, spans, ascii_only=self.ascii_only, brackets=not self.color)
            room = None if self.width is None else self.width - _INDENT - _HOW
            if room is not None and room < _LEAST_ROOM:
                made += self.fit([*how, Piece("  "), *place], _INDENT)
                continue
            first, *others = [place] if room is None else wrap(place, room)
            made.append([Piece(" " * _INDENT), *pad(how, _HOW), *first])
            made += [[Piece(" " * (_INDENT + _HOW)), *other] for other in others]
        return made

    def uncounted(self, hits: Sequence[Hit], lines: Sequence[ScoreLine]) -> list[Line]:
        """Give the hits that no line counts: of topics that do not hold, of `none` and `exclude`."""
        counted = [hit for line in lines for hit in line.hits]
        rest = [hit for hit in hits if hit not in counted]
        made: list[Line] = [[], [Piece("Found, but not counted:")]] if rest else []
        for hit in rest:
            named = hit.topic or hit.role
            role = f"{named} ({hit.role})" if hit.topic and hit.role != "any" else named
            texts = [role, hit.term, hit.field, _short(hit.place)]
            made += self.fit([Piece("  ".join(self.safe(text) for text in texts if text), "faint")], 2)
            made += self.matches([hit])
        return made


def _columns(row: _Cells, names: Sequence[str], widths: dict[str, int], style: str | None) -> Line:
    line: Line = []
    for name in names:
        cell = [Piece(getattr(row, name), _STYLES.get(name, "") if style is None else style)]
        line += [*pad(cell, widths[name], right=name == "points"), Piece(" " * _GAP)]
    return line


def _joined(row: _Cells, names: Sequence[str]) -> Line:
    texts = [(getattr(row, name), _STYLES.get(name, "")) for name in names if getattr(row, name)]
    return [piece for text, style in texts for piece in (Piece(text, style), Piece("  "))][:-1]


def _rule(place: Place | None) -> str:
    return "" if place is None else f"{place.file}:{place.line}" if place.line else place.file


def _short(place: Place | None) -> str:
    """Name a rule's place without the folder, which the head has told."""
    return re.split(r"[/\\]", _rule(place))[-1]


def field_text(paper: Paper, hit: Hit) -> str:
    """Give the cleaned text in which a hit's span counts: the field, or of several the one that it is in."""
    value = getattr(paper, hit.field, None)
    texts = [value] if isinstance(value, str) else value if isinstance(value, tuple) else []
    for text in map(clean, texts):
        if text[hit.span.start : hit.span.end] == hit.text:
            return text
    return hit.text


# The end of a sentence, roughly: it only decides how much is shown around a match.
_SENTENCE_END = re.compile(r"[。！？]|[.!?][\"'”’)\]]?(?= [^a-z]|$)")


def excerpts(paper: Paper, hits: Sequence[Hit]) -> list[tuple[Hit, str, list[Span]]]:
    """Cut from a paper the sentences around hits, at most some seventy characters on each side of a match.

    Returns:
        for each stretch its first hit, its text with cuts inside the sentence marked by `…`, and the places in it of
        that hit and of those that follow it there and matched in the same way.
    """
    found: list[tuple[Hit, str, list[Span]]] = []
    source, begin, stop, shift = "", 0, 0, 0  # of the latest stretch: its whole text, where it is there, how far moved
    for hit in hits:
        text = field_text(paper, hit)
        start, end = (hit.span.start, hit.span.end) if text != hit.text else (0, len(text))
        if found and text == source and begin <= start and end <= stop:
            first = found[-1][0]
            if (hit.kind, hit.similarity, hit.field) == (first.kind, first.similarity, first.field):
                found[-1][2].append(Span(start + shift, end + shift))
                continue
        begin, stop = _sentence(text, start, end)
        lead, begin = _cut_before(text, begin, start)
        tail, stop = _cut_after(text, end, stop)
        source, shift = text, len(lead) - begin
        found.append((hit, lead + text[begin:stop] + tail, [Span(start + shift, end + shift)]))
    return found


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    begin = max((found.end() for found in _SENTENCE_END.finditer(text, 0, start)), default=0)
    while begin < start and text[begin] == " ":
        begin += 1
    after = _SENTENCE_END.search(text, max(start, end - 1))
    return begin, max(end, after.end() if after else len(text))


def _cut_before(text: str, begin: int, start: int) -> tuple[str, int]:
    """Move the beginning nearer to a match where it is too far, to the start of a word."""
    if start - begin <= _CONTEXT:
        return "", begin
    space = text.find(" ", start - _CONTEXT, start)
    return "…", space + 1 if space >= 0 else start - _CONTEXT


def _cut_after(text: str, end: int, stop: int) -> tuple[str, int]:
    if stop - end <= _CONTEXT:
        return "", stop
    space = text.rfind(" ", end, end + _CONTEXT)
    return "…", space if space >= 0 else end + _CONTEXT


def reason_record(row: Ranked, as_of: dt.date) -> dict[str, Any]:
    """Give the ledger as JSON values."""
    paper, score = row.paper, row.score
    counted = [hit for line in score.lines for hit in line.hits]

    def found(hit: Hit) -> dict[str, Any]:
        return hit_record(hit) | {"context": excerpts(paper, [hit])[0][1]}

    return {
        "version": ENVELOPE_VERSION,
        "id": paper.id,
        "title": title_of(paper),
        "as_of": as_of.isoformat(),
        "score": score.total,
        "relevance": score.relevance,
        "listed": not (score.excluded or score.below),
        "excluded": score.excluded,
        "below": score.below,
        "topics": [{"name": topic.name, "score": topic.score} for topic in score.topics],
        "lines": [
            {
                "part": line.part,
                "points": line.points,
                "topic": line.topic,
                "term": line.term,
                "field": line.field,
                "formula": line.formula,
                "rule": _rule(line.place) or None,
                "hits": [found(hit) for hit in line.hits],
            }
            for line in score.lines
        ],
        "uncounted": [found(hit) for hit in score.hits if hit not in counted],
        "notes": list(score.notes),
    }


def reason_json(row: Ranked, as_of: dt.date) -> str:
    """Give the ledger as one line of JSON."""
    return to_json(reason_record(row, as_of)) + "\n"
