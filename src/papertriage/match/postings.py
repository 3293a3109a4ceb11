"""Expansions found in a whole block of texts at once, by the places of its tokens: what `find` answers text by text.

Places are numbers of one stream (`index.words`), so that side by side means one apart. Nearly all hits are of tokens
that are wholly alike and stand side by side; these are found by intersecting sets. Joins and misspellings, of which
there are few, are followed one by one. Where `find` would look at more than places (whether a sentence ends inside a
window, which of overlapping hits is shorter) the field is left to it: `Block` says which these are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from papertriage.index.words import Block, Places
from papertriage.match.expand import Expansion, Part
from papertriage.match.find import Step, nears

Way = tuple[int, int, float]
"""Where a term stands: first place, the one behind the last, similarity."""


class Found(msgspec.Struct, frozen=True):
    """Where a term stands in a block.

    Attributes:
        ways: in order, none overlapping another.
        unsure: fields (as `Block.segment`) in which only `find` can tell; no way is in one of them.
    """

    ways: Sequence[Way]
    unsure: frozenset[int]


def find_in_block(expansion: Expansion, block: Block) -> Found:
    """Find a term in the texts of a block."""
    ways, unsure = (_find_phrase if expansion.within is None else _find_near)(expansion, block)
    # A field that has overlapping ways is left to `find`: which of two counts depends on the letters between.
    stop = -1
    for way in ways:
        if way[0] < stop:
            unsure.add(block.segment(way[0]))
        stop = max(stop, way[1])
    for field in sorted(unsure, reverse=True):
        del ways[_ways_in(ways, field, block)]
    return Found(ways, frozenset(unsure))


def _ways_in(ways: Sequence[Way], field: int, block: Block) -> slice:
    """Give where in the ways, which are in order, those of a field stand."""
    stop = block.starts[field + 1] if field + 1 < len(block.starts) else block.length
    return slice(bisect_left(ways, (block.starts[field],)), bisect_left(ways, (stop,)))


class _Odd(msgspec.Struct, frozen=True):
    """A step that is not one token for one, wholly alike."""

    term_count: int
    text_count: int
    similarity: float


class _Steps:
    """The steps from one token of a term.

    Attributes:
        plain: places of tokens that are wholly alike.
        odd: other steps, by place.
    """

    def __init__(self) -> None:
        self.plain: list[Places] = []
        self.odd: dict[int, list[_Odd]] = {}

    def add(self, place: int, step: _Odd) -> None:
        self.odd.setdefault(place, []).append(step)


def _steps(expansion: Expansion, block: Block) -> tuple[list[_Steps], set[int]]:
    """Give the steps from each token of the term, and the fields with windows."""
    steps = [_Steps() for _ in expansion.letters]
    windows: set[int] = set()
    for part in expansion.parts:
        here = steps[part.start]
        for key, alike in part.entries.items():
            places = block.places(key)
            if not places:
                continue
            if part.count == 1 and alike.similarity == 100:
                here.plain.append(places)
            else:
                step = _Odd(part.count, 1, alike.similarity)
                for place in places:
                    here.add(place, step)
        for place, count, similarity in _windows(part, block):
            here.add(place, _Odd(1, count, similarity))
            windows.add(block.segment(place))
    return steps, windows


def _windows(part: Part, block: Block) -> Iterator[tuple[int, int, float]]:
    """Give the windows of the block that stand for one token: place, tokens, similarity."""
    for first, entries in part.windows.items():
        if not block.places(first):
            continue
        for entry, alike in entries.items():
            places = [block.places(key) for key in entry.split(" ")]
            if not all(places):
                continue
            rarest = places.index(min(places, key=len))
            starts = array("I", [place - rarest for place in places[rarest] if place >= rarest])
            for nth, others in enumerate(places):
                if nth != rarest:
                    starts = array("I", [start for start in starts if _has(others, start + nth)])
            for start in starts:
                yield start, len(places), alike.similarity


def _has(places: Places, place: int) -> bool:
    nth = bisect_left(places, place)
    return nth < len(places) and places[nth] == place


def _find_phrase(expansion: Expansion, block: Block) -> tuple[list[Way], set[int]]:
    steps, windows = _steps(expansion, block)
    if len(steps) == 1 and not steps[0].odd:
        ways = [(place, place + 1, 100.0) for places in steps[0].plain for place in places]
        return sorted(ways), windows
    walk = _Walk(expansion.letters)
    for done, here in enumerate(steps):
        walk.step(done, here)
    ways = walk.ways()
    return ways, {field for field in windows if ways[_ways_in(ways, field, block)]}


class _Walk:
    """Follows a phrase token by token.

    Attributes:
        plain: for each number of tokens of the term the places behind what was found of them, wholly alike.
        odd: for each number of tokens other ways, from start and place behind to similarity × letters.
    """

    def __init__(self, letters: Sequence[int]) -> None:
        self.letters = letters
        self.plain: list[set[int]] = [set() for _ in range(len(letters) + 1)]
        self.odd: list[dict[tuple[int, int], float]] = [{} for _ in range(len(letters) + 1)]

    def step(self, done: int, here: _Steps) -> None:
        """Take all steps from one token of the term."""
        if done == 0:
            for places in here.plain:
                self.plain[1].update(map(_NEXT, places))
            for place, found in here.odd.items():
                self._go_on(done, (place, place), 0.0, found)
            return
        before = self.plain[done]
        if before:
            for places in here.plain:
                self.plain[done + 1].update(map(_NEXT, _common(before, places)))
            so_far = 100.0 * sum(self.letters[:done])
            for place in here.odd.keys() & before:
                self._go_on(done, (place - done, place), so_far, here.odd[place])
        for way, total in self.odd[done].items():
            place = way[1]
            if any(_has(places, place) for places in here.plain):
                self._go_on(done, way, total, (_PLAIN,))
            if place in here.odd:
                self._go_on(done, way, total, here.odd[place])

    def _go_on(self, done: int, way: tuple[int, int], total: float, steps: Iterable[_Odd]) -> None:
        """Take steps from where a way has come to; of two ways to one place the more similar is kept."""
        for step in steps:
            there = (way[0], way[1] + step.text_count)
            weight = total + sum(self.letters[done : done + step.term_count]) * step.similarity
            ways = self.odd[done + step.term_count]
            if weight > ways.get(there, -1.0):
                ways[there] = weight

    def ways(self) -> list[Way]:
        """Give the ways through the whole term, in order."""
        count, weight = len(self.letters), sum(self.letters)
        ends = self.plain[count]
        ways = [(stop - count, stop, 100.0) for stop in ends]
        for (start, stop), total in self.odd[count].items():
            if not (stop in ends and stop - start == count):
                ways.append((start, stop, round(total / weight, 6)))
        return sorted(ways)


_PLAIN = _Odd(1, 1, 100.0)
_NEXT = (1).__add__


def _common(before: set[int], places: Places) -> Iterable[int]:
    if len(places) > _MANY * len(before):
        return [place for place in before if _has(places, place)]
    return before.intersection(places)


_MANY = 16


def _find_near(expansion: Expansion, block: Block) -> tuple[list[Way], set[int]]:
    steps, windows = _steps(expansion, block)
    fields: list[dict[int, dict[int, list[_Odd]]]] = []
    for here in steps:
        by_field: dict[int, dict[int, list[_Odd]]] = {}
        for places in here.plain:
            for place in places:
                by_field.setdefault(block.segment(place), {}).setdefault(place, []).append(_PLAIN)
        for place, found in here.odd.items():
            by_field.setdefault(block.segment(place), {}).setdefault(place, []).extend(found)
        fields.append(by_field)
    common = set(fields[0]).intersection(*fields[1:])
    ways: list[Way] = []
    for field in sorted(common - windows):
        at = {
            (token, place): [Step(step.term_count, step.text_count, step.similarity, 0) for step in found]
            for token, by_field in enumerate(fields)
            for place, found in by_field[field].items()
        }
        ways += [(one.first, one.stop, one.similarity) for one in nears(expansion, at)]
    return ways, windows & common
