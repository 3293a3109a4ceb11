"""What a term would take: papers at each level of `fuzzy` side by side, the spellings, and some places."""

from __future__ import annotations

from collections.abc import Sequence

from papertriage.findings import Spelling, Trial
from papertriage.render.excerpts import excerpts
from papertriage.render.lines import Piece, cells, marked, pad
from papertriage.render.page import Page
from papertriage.render.parts import address_of, plural, title_of
from papertriage.render.records import ENVELOPE_VERSION, hit_record, to_json

SHOWN_EXAMPLES = 5
"""So many places in papers are shown at most."""

_LONGEST = 48  # cells of the column of spellings at most, before a longer one pushes the rest aside


def trial_text(
    trial: Trial,
    *,
    limit: int | None = None,
    width: int | None = None,
    color: bool = False,
    links: bool = False,
    ascii_only: bool = False,
) -> str:
    """Give the levels, the spellings with the level from which each is taken, and examples of the doubtful ones.

    Args:
        limit: so many spellings at most; None tells all.
    """
    page = Page(width=width, color=color, links=links, ascii_only=ascii_only)
    _add_levels(page, trial)
    shown = trial.spellings if limit is None else trial.spellings[:limit]
    if shown:
        page.blank()
        _add_spellings(page, trial, shown)
    if len(shown) < len(trial.spellings):
        page.add([Piece(f"and {len(trial.spellings) - len(shown)} more; --limit shows them", "faint")], indent=2)
    examples = _examples(shown)
    if examples:
        page.blank()
        page.add([Piece("For example", "faint")])
    for spelling in examples:
        _, text, spans = excerpts(spelling.paper, [spelling.hit])[0]
        place = marked(text, spans, ascii_only=ascii_only, brackets=not color)
        named = page.piece(spelling.paper.id, "faint", address_of(spelling.paper) or "")
        page.add([named, Piece("  "), *place], indent=2, hang=4)
    return page.text()


def level_name(level: int | None) -> str:
    """Name a level of `fuzzy` as the rules do."""
    return "off" if level is None else str(level)


def _add_levels(page: Page, trial: Trial) -> None:
    names = [level_name(level.fuzzy) for level in trial.levels]
    if len(trial.levels) > 1:
        names = [
            f"[{name}]" if level.fuzzy == trial.marked else name
            for name, level in zip(names, trial.levels, strict=True)
        ]
        page.add(
            [Piece(f"{'fuzzy':<8}", "faint"), *(Piece(f"{name:>8}", "strong" if "[" in name else "") for name in names)]
        )
    page.add([Piece(f"{'papers':<8}", "faint"), *(Piece(f"{level.papers:>8}") for level in trial.levels)])


def _add_spellings(page: Page, trial: Trial, shown: Sequence[Spelling]) -> None:
    longest = min(_LONGEST, max(cells(page.safe(one.text)) for one in shown))
    several = len(trial.levels) > 1
    page.add([Piece(f"{'Papers':>8}  {'Spelling':<{longest}}  {'From  ' if several else ''}How", "faint")])
    parted = False
    for one in shown:
        if not one.taken and not parted:
            parted = True
            page.add([Piece(f"not taken at {level_name(trial.marked)}:", "faint")], indent=10)
        how = f"{one.kind} {one.similarity:.3g}" if one.kind in {"fuzzy", "near"} else one.kind
        joins = f"{level_name(one.joins):<4}  " if several else ""
        style = "" if one.taken else "faint"
        text = pad([page.piece(one.text, style)], longest)
        page.add([Piece(f"{one.papers:>8}  ", style), *text, Piece(f"  {joins}{how}", style)], hang=12)


def _examples(spellings: Sequence[Spelling]) -> list[Spelling]:
    """Choose the spellings that one would like to see in their place: fuzzy ones, the most alike first; else any."""
    doubtful = sorted((one for one in spellings if one.kind == "fuzzy"), key=lambda one: -one.similarity)
    return (doubtful or list(spellings))[:SHOWN_EXAMPLES]


def trial_line(trial: Trial) -> str:
    """Say in one sentence what was tried where."""
    window = f"up to {trial.as_of}" if trial.since is None else f"of {trial.since} to {trial.as_of}"
    level = f" [{level_name(trial.marked)}] is {trial.origin}." if len(trial.levels) > 1 and trial.origin else ""
    fuller = (
        " `papertriage fetch` fills the cache." if trial.since is None else " Without --since it is the whole cache."
    )
    nothing = "" if trial.papers else fuller
    return f"“{trial.term}” in {plural(trial.papers, 'paper')} {window}.{level}{nothing}"


def trial_json(trial: Trial, *, limit: int | None = None) -> str:
    """Give the same as JSON; `limit` as for the text."""
    record = {
        "version": ENVELOPE_VERSION,
        "term": trial.term,
        "since": trial.since and trial.since.isoformat(),
        "as_of": trial.as_of.isoformat(),
        "papers": trial.papers,
        "fuzzy": level_name(trial.marked),
        "levels": [{"fuzzy": level_name(level.fuzzy), "papers": level.papers} for level in trial.levels],
        "spellings": [
            {
                "spelling": one.text,
                "papers": one.papers,
                "similarity": round(one.similarity, 2),
                "kind": one.kind,
                "from": level_name(one.joins),
                "taken": one.taken,
                "example": {"id": one.paper.id, "title": title_of(one.paper)}
                | {
                    key: value for key, value in hit_record(one.hit).items() if key in {"field", "text", "start", "end"}
                },
            }
            for one in trial.spellings[:limit]
        ],
    }
    return to_json(record, indent=2) + "\n"
