"""The aims, and the figures of one run held against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

Results = dict[str, Any]


class Aim(msgspec.Struct, frozen=True):
    """A figure beside what it should be.

    Attributes:
        shown: the figure as it is told.
        wanted: what it should be.
    """

    what: str
    shown: str
    wanted: str
    reached: bool


def aims(results: Results) -> list[Aim]:
    """Hold the figures against what they should be."""
    return [*_start_up(results), *_library(results), *_first(results), *_large(results)]


def _start_up(results: Results) -> list[Aim]:
    start = results["start_up"]
    unit = start["typer"]["seconds"]
    return [
        _at_most(f"{name}, in units of `import typer`", start[key]["seconds"] / unit, wanted, "{:.2f}")
        for key, name, wanted in (
            ("help", "`papertriage --help`", 1.25),
            ("pipe", "`papertriage list` into a pipe", 2.0),
            ("terminal", "`papertriage list` on a terminal", 2.6),
        )
    ]


def _library(results: Results) -> list[Aim]:
    ours, loop = results["library"]["ours"], results["library"]["loop"]
    papers = f"{results['first']:,} papers"
    return [
        _at_least(f"{papers}, every term new: times faster than the loop", loop["seconds"] / ours["new"], 60),
        _at_least("the same, one term edited", loop["seconds"] / ours["edited"], 300),
        _at_least("the same, nothing changed", loop["seconds"] / ours["unchanged"], 300),
        _above("precision on the gold set, against the loop's", ours["precision"], loop["precision"]),
        _above("recall on the gold set, against the loop's", ours["recall"], loop["recall"]),
    ]


def _first(results: Results) -> list[Aim]:
    seconds = results["first_list"]["list"]["seconds"]
    ratio = results["indexing"]["seconds"] / results["indexing"]["parsing"]
    return [
        _at_most(f"first `list` after importing {results['first']:,} papers", seconds, 5, "{:.1f} s"),
        _at_most("indexing, times the parsing of the JSON", ratio, 25, "{:.1f}"),
    ]


def _large(results: Results) -> list[Aim]:
    sizes = results["sizes"]
    least, most = min(map(int, sizes)), max(map(int, sizes))
    small, large = sizes[str(least)], sizes[str(most)]
    every = [large[key] for key in ("unchanged", "edited", "new")]
    ratio = large["since"]["seconds"] / small["since"]["seconds"]
    return [
        _at_most(f"`list --since 7d`, {most:,} papers against {least:,}", ratio, 1.5, "{:.2f}"),
        _at_most("its memory, MiB", large["since"]["rss"], 150, "{:.0f}"),
        _at_most(f"`list --all --limit 50`, {most:,} papers, rules unchanged", every[0]["seconds"], 3, "{:.1f} s"),
        _at_most("the same, one term edited", every[1]["seconds"], 10, "{:.1f} s"),
        _at_most("the same, fifty new terms", every[2]["seconds"], 60, "{:.1f} s"),
        _at_most("the most memory of the three, MiB", max(one["rss"] for one in every), 400, "{:.0f}"),
    ]


def _at_most(what: str, figure: float, wanted: float, form: str) -> Aim:
    return Aim(what, form.format(figure), f"at most {wanted:g}{' s' if form.endswith(' s') else ''}", figure <= wanted)


def _at_least(what: str, figure: float, wanted: float) -> Aim:
    return Aim(what, f"{figure:.0f}", f"at least {wanted:g}", figure >= wanted)


def _above(what: str, figure: float, wanted: float) -> Aim:
    return Aim(what, f"{figure:.2f}", f"above {wanted:.2f}", figure > wanted)


def not_reached(reached: Sequence[Aim]) -> str:
    """Say in words what is not reached."""
    missing = [aim for aim in reached if not aim.reached]
    if not missing:
        return "All aims are reached in this run."
    lines = [f"* {aim.what}: {aim.shown}, where the aim is {aim.wanted}." for aim in missing]
    return "Not reached in this run:\n\n" + "\n".join(lines)
