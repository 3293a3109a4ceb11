"""The ledger of one score: every line of the sum, what matched where, and what puts the paper out if it is out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from papertriage.errors import Place
from papertriage.model import Hit, Paper, Ranked, ScoreLine, Share
from papertriage.render.excerpts import excerpts
from papertriage.render.lines import Line, Piece, cells, marked, pad, paint, wrap
from papertriage.render.parts import address_of, plural, title_of, title_spans
from papertriage.render.records import ENVELOPE_VERSION, hit_record, to_json
from papertriage.render.terminal import visible
from papertriage.render.verdict import Verdict, verdict_record, window_record

_GAP = 2
_INDENT = 9  # of what stands below a line of the sum: under its second column
_HOW = 16  # of `inflection 100`
_LEAST_ROOM = 30  # narrower, the place in the sentence stands below how it matched
_MOST_PLACES = 5  # … in the text for one line of the sum; JSON has all


def reason_text(
    row: Ranked,
    verdict: Verdict,
    *,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give the ledger as text. The points of its lines add up to the score exactly.

    Args:
        verdict: how the paper stands before `list`.
        width: of the terminal; None breaks no line.
        color, links, ascii_only: as for `table`.
    """
    ledger = _Ledger(row.paper, width=width, color=color, ascii_only=ascii_only)
    return paint(ledger.lines(row, verdict), color=color, links=links)


class _Cells(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the sum as cells of safe text."""

    points: str = ""
    topic: str = ""
    term: str = ""
    field: str = ""
    formula: str = ""
    rule: str = ""
    hits: tuple[Hit, ...] = ()
    shares: tuple[Share, ...] = ()


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

    def lines(self, row: Ranked, verdict: Verdict) -> list[Line]:
        score = row.score
        made = self.head(row, verdict.as_of)
        rows = [self.cells(line) for line in score.lines]
        made += [[], *self.table([_HEADINGS, *rows])]
        made.append([Piece("-" * len("Points"), "faint")])
        made += self.fit([Piece(f"{score.total:6.2f}", "strong"), Piece("  score")])
        if any(line.formula.count("×") == 4 for line in score.lines):
            made += [[], *self.fit([Piece(self.safe(_LEGEND), "faint")])]
        made += [[], *self.verdict(verdict)]
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
            *self.decision(row),
        ]

    def decision(self, row: Ranked) -> list[Line]:
        """Give what the user said of the paper."""
        said = [f"Your decision: {row.state}."] if row.state else []
        said += [f"Your note: {row.note}"] if row.note else []
        return self.fit([Piece(self.safe(" ".join(said)))]) if said else []

    def verdict(self, verdict: Verdict) -> list[Line]:
        """Say whether the paper is listed, and all that keeps it out, what decides first."""
        first, *others = verdict.reasons or [verdict.place]
        word = Piece("Not listed. ", "bad") if verdict.reasons else Piece("Listed. ", "topic")
        made = self.fit([word, Piece(self.safe(first))])
        for other in others:
            made += self.fit([Piece("Besides: "), Piece(self.safe(other))])
        return made

    def cells(self, line: ScoreLine) -> _Cells:
        return _Cells(
            points=f"{line.points:.2f}",
            topic=self.safe(line.topic if line.part == "topic" else line.part),
            term=self.safe(line.term),
            field=self.safe(line.field),
            formula=self.safe(line.formula),
            rule=self.safe(_short(line.place)),
            hits=line.hits,
            shares=line.shares,
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
            made += self.words(row.shares)
            if more := _joined(row, below):
                made += self.fit(more, _INDENT)
        return made

    def matches(self, hits: Sequence[Hit]) -> list[Line]:
        """Give how hits matched, and beside it the place in the sentence; those alike in one sentence together."""
        made: list[Line] = []
        places = excerpts(self.paper, hits)
        for hit, text, spans in places[:_MOST_PLACES]:
            how = [Piece(f"{hit.kind} {hit.similarity:.3g}", "faint")]
            place = marked(text, spans, ascii_only=self.ascii_only, brackets=not self.color)
            room = None if self.width is None else self.width - _INDENT - _HOW
            if room is not None and room < _LEAST_ROOM:
                made += self.fit([*how, Piece("  "), *place], _INDENT)
                continue
            first, *others = [place] if room is None else wrap(place, room)
            made.append([Piece(" " * _INDENT), *pad(how, _HOW), *first])
            made += [[Piece(" " * (_INDENT + _HOW)), *other] for other in others]
        if more := sum(len(spans) for _, _, spans in places[_MOST_PLACES:]):
            made += self.fit([Piece(f"and {plural(more, 'more hit')}", "faint")], _INDENT)
        return made

    def words(self, shares: Sequence[Share]) -> list[Line]:
        """Give the words that drove the learned line, each with the points that it gave."""
        texts = [f"{share.words} {share.points:+.2f}" for share in shares if abs(share.points) >= 0.005]
        return self.fit([Piece(self.safe(", ".join(texts)), "faint")], _INDENT) if texts else []

    def uncounted(self, hits: Sequence[Hit], lines: Sequence[ScoreLine]) -> list[Line]:
        """Give the hits that no line counts: of topics that do not hold, of `none` and `exclude`."""
        rest: dict[tuple[str, str, Place, str], list[Hit]] = {}
        for hit in _uncounted(hits, lines):
            rest.setdefault((hit.topic, hit.role, hit.place, hit.field), []).append(hit)
        made: list[Line] = [[], [Piece("Found, but not counted:")]] if rest else []
        for of_rule in rest.values():
            hit = of_rule[0]
            named = hit.topic or hit.role
            role = f"{named} ({hit.role})" if hit.topic and hit.role != "any" else named
            texts = [role, hit.term, hit.field, _short(hit.place)]
            made += self.fit([Piece("  ".join(self.safe(text) for text in texts if text), "faint")], 2)
            made += self.matches(of_rule)
        return made


def _uncounted(hits: Sequence[Hit], lines: Sequence[ScoreLine]) -> list[Hit]:
    counted = [hit for line in lines for hit in line.hits]
    return [hit for hit in hits if hit not in counted]


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


def _share(share: Share) -> dict[str, Any]:
    return {"words": share.words, "points": round(share.points, 4)}


def reason_record(row: Ranked, verdict: Verdict) -> dict[str, Any]:
    """Give the ledger as JSON values."""
    paper, score = row.paper, row.score

    def found(hit: Hit) -> dict[str, Any]:
        return hit_record(hit) | {"sentence": excerpts(paper, [hit])[0][1]}

    return {
        "version": ENVELOPE_VERSION,
        "id": paper.id,
        "title": title_of(paper),
        "day": paper.day.isoformat(),
        "as_of": verdict.as_of.isoformat(),
        "score": score.total,
        "relevance": score.relevance,
        "verdict": verdict_record(verdict),
        "window": window_record(verdict),
        "state": row.state,
        "note": row.note,
        "topics": [{"name": topic.name, "score": topic.score} for topic in score.topics],
        "lines": [
            {
                "part": line.part,
                "points": line.points,
                "topic": line.topic,
                "term": line.term,
                "field": line.field,
                "formula": line.formula,
                "place": _place_record(line.place),
                "hits": [found(hit) for hit in line.hits],
                **({"words": [_share(share) for share in line.shares]} if line.shares else {}),
            }
            for line in score.lines
        ],
        "uncounted": [found(hit) for hit in _uncounted(score.hits, score.lines)],
        "notes": list(score.notes),
    }


def _place_record(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line, "column": place.column} if place else None


def reason_json(row: Ranked, verdict: Verdict) -> str:
    """Give the ledger as one line of JSON."""
    return to_json(reason_record(row, verdict)) + "\n"
