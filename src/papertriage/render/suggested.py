"""What the decisions teach about the rules: each edit with what speaks for it, what to decide next, and the patch."""

from __future__ import annotations

from itertools import groupby
from shlex import quote
from typing import Any

from papertriage.findings import Learned, Suggested, Suggestion
from papertriage.model import Paper
from papertriage.render.lines import Piece
from papertriage.render.page import Page
from papertriage.render.parts import address_of, plural, title_of
from papertriage.render.records import ENVELOPE_VERSION, to_json
from papertriage.render.terminal import visible


def suggested_text(
    suggested: Suggested,
    *,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give the edits by topic, what is unsure, papers to decide on, and at the end the patch."""
    learned = suggested.learned
    page = Page(width=width, color=color, links=links, ascii_only=ascii_only)
    for name, ours in groupby(_by_topic(learned.suggestions), key=_list_of):
        page.blank()
        page.add([page.piece(name, "topic")])
        for suggestion in ours:
            _add(page, suggestion, learned)
    for suggestion in suggested.unplaced:
        page.blank()
        page.add(
            [page.piece(f"No place was found in the file for this; write it by hand into {_list_of(suggestion)}:")]
        )
        _add(page, suggestion, learned)
    if learned.doubts:
        page.blank()
        told = ", ".join(f"“{page.safe(term)}”" for term in learned.doubts)
        page.add([page.piece(f"Unsure, since few of your decisions speak of them: {told}.")])
    if learned.asked:
        page.blank()
        page.add([Piece("Your decision on these papers would settle most (papertriage star ID, or skip ID):")])
        for paper in learned.asked:
            named = page.piece(paper.id, "faint", address_of(paper) or "")
            page.add([named, page.piece(f"  {title_of(paper)}")], indent=2, hang=4)
    if suggested.patch:
        page.blank()
    shown = (visible(line.rstrip("\r"), ascii_only=ascii_only) for line in suggested.patch.split("\n"))
    return page.text() + "\n".join(shown)


def suggested_line(suggested: Suggested) -> str:
    """Say in a line how much came of how many decisions, and what to do next."""
    learned = suggested.learned
    decided = f"{learned.wanted} wanted (star, read) and {learned.skipped} skipped"
    if any(learned.lacking):
        wanted, skipped = learned.lacking
        missing = [f"{wanted} more that you want"] * bool(wanted) + [f"{skipped} more that you skip"] * bool(skipped)
        return (
            f"{decided}: too few decisions to learn from. At least {' and '.join(missing)} are needed: "
            "`papertriage star ID`, `papertriage skip ID`."
        )
    if not learned.suggestions:
        return f"{decided}: no change of the rules would part them better."
    return (
        f"{decided}: {plural(len(learned.suggestions), 'change')}, which together {_effect(suggested)}. "
        f"To apply them: `papertriage rules suggest --patch | patch {quote(suggested.file)}`"
    )


def suggested_json(suggested: Suggested) -> str:
    """Give all of it as one JSON object."""
    learned = suggested.learned
    return to_json(
        {
            "version": ENVELOPE_VERSION,
            "file": suggested.file,
            "wanted": learned.wanted,
            "skipped": learned.skipped,
            "lacking": {"wanted": learned.lacking[0], "skipped": learned.lacking[1]},
            "suggestions": [_record(one, learned) for one in learned.suggestions],
            "unplaced": [_record(one, learned) for one in suggested.unplaced],
            "enters": suggested.enters,
            "leaves": suggested.leaves,
            "unsure": list(learned.doubts),
            "asked": [_paper_record(paper) for paper in learned.asked],
            "patch": suggested.patch,
        },
        indent=2,
    )


def _record(suggestion: Suggestion, learned: Learned) -> dict[str, Any]:
    edit = suggestion.edit
    precision, recall = _quality(suggestion, learned)
    return {
        "topic": edit.topic or None,
        "list": edit.role,
        "term": edit.term,
        "weight": edit.weight if edit.role in ("any", "all") else None,
        "weight_before": suggestion.before,
        "wanted": suggestion.wanted,
        "skipped": suggestion.skipped,
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "elsewhere": round(suggestion.elsewhere, 4),
        "enters": suggestion.enters,
        "leaves": suggestion.leaves,
        "unsure": suggestion.unsure,
        "reason": _reason(suggestion, learned),
    }


def _paper_record(paper: Paper) -> dict[str, Any]:
    return {"id": paper.id, "title": title_of(paper), "url": address_of(paper)}


def _list_of(suggestion: Suggestion) -> str:
    return f"topic {suggestion.edit.topic}" if suggestion.edit.topic else "exclude"


def _by_topic(suggestions: tuple[Suggestion, ...]) -> list[Suggestion]:
    order = {_list_of(one): number for number, one in reversed(list(enumerate(suggestions)))}
    return sorted(suggestions, key=lambda one: order[_list_of(one)])


def _add(page: Page, suggestion: Suggestion, learned: Learned) -> None:
    edit = suggestion.edit
    term = page.piece(edit.term, "strong")
    if edit.role in ("none", "exclude"):
        line = [Piece(f"{edit.role}: "), term]
    elif suggestion.before is None:
        line = [Piece("+ ", "strong"), term, Piece(f", weight {edit.weight:g}")]
    else:
        line = [Piece("~ "), term, Piece(f", weight {suggestion.before:g} → {edit.weight:g}")]
    page.add([page.piece(piece.text, piece.style) for piece in line], indent=2, hang=6)
    precision, recall = _quality(suggestion, learned)
    of_what = " of the skipped" if suggestion.lowers else ""
    facts = f"precision {precision:.0%}, recall {recall:.0%}{of_what}; alone it {_effect(suggestion)}"
    page.add([page.piece(facts, "faint")], indent=6)
    page.add([page.piece(_reason(suggestion, learned), "faint")], indent=6)


def _quality(suggestion: Suggestion, learned: Learned) -> tuple[float, float]:
    """Give precision and recall on the user's decisions: for the wanted, or, of what is against, for the skipped."""
    right, all_right = suggestion.wanted, learned.wanted
    if suggestion.lowers:
        right, all_right = suggestion.skipped, learned.skipped
    return right / max(suggestion.wanted + suggestion.skipped, 1), right / max(all_right, 1)


def _effect(found: Suggestion | Suggested) -> str:
    """Say what comes in and what goes."""
    if not found.enters and not found.leaves:
        return "only reorders" if isinstance(found, Suggestion) else "only reorder"
    ending = "s" if isinstance(found, Suggestion) else ""
    parts = [f"bring{ending} in {plural(found.enters, 'paper')}"] * bool(found.enters)
    parts += [f"take{ending} out {plural(found.leaves, 'paper')}"] * bool(found.leaves)
    return " and ".join(parts) + " of the cache"


def _reason(suggestion: Suggestion, learned: Learned) -> str:
    """Say why, in figures that can be looked up."""
    told = (
        f"in {suggestion.wanted} of {learned.wanted} wanted, {suggestion.skipped} of {learned.skipped} skipped, "
        f"{suggestion.elsewhere:.1%} of the others"
    )
    return told + ("; few decisions: look at it twice" if suggestion.unsure else "")
