"""Expansions found in a whole block of texts at once, by the places of its tokens: what `find` answers text by text.

Places are numbers of one stream (`index.words`), so that side by side means one apart. Nearly all hits are of tokens
that are wholly alike and stand side by side; these are found by intersecting sorted columns. Joins and misspellings,
of which there are few, are followed one by one. Where `find` would look at more than places (whether a sentence ends
inside a window, which of overlapping hits is shorter) the field is left to it.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import reduce
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from papertriage.index.words import FIELD_BITS, Block, Places
from papertriage.match.expand import Expansion, Part
from papertriage.match.find import Step, nears

Column: TypeAlias = "NDArray[np.uint32]"
"""Places in order, or a number for each of some."""

Way = tuple[int, int, float]
"""Where a term stands: first place, the one behind the last, similarity."""

WHOLLY = 100.0
"""The similarity of what is wholly alike."""

_FIELD = (1 << FIELD_BITS) - 1


class Found(msgspec.Struct, frozen=True):
    """The fields in which a term stands in a block, column by column, in order.

    Attributes:
        owners: paper and field, as in `Block.owners`.
        counts: how often it stands there.
        totals: the sum of its similarities, `NDArray[float64]`.
        unsure: owners in which only `find` can tell; none of them is in the columns.
    """

    owners: Column
    counts: NDArray[np.int64]
    totals: Any
    unsure: Sequence[int]


def find_in_block(expansion: Expansion, block: Block, fields: Set[int]) -> Found:
    """Find a term in the texts of a block.

    Args:
        fields: places in `FIELDS` of those in which it is looked for.
    """
    ways, unsure = (_find_phrase if expansion.within is None else _find_near)(expansion, block)
    starts, owners = np.frombuffer(block.starts, np.uint32), np.frombuffer(block.owners, np.uint32)
    segments = starts.searchsorted(ways.first, "right") - 1
    if unsure and expansion.within is None:
        windows = np.array(sorted(unsure))
        unsure = set(windows[_among(windows, segments)].tolist())
    # A field that has overlapping ways is left to `find`: which of two counts depends on the letters between.
    unsure.update(segments[1:][np.maximum.accumulate(ways.stop)[:-1] > ways.first[1:]].tolist())
    if unsure:
        is_unsure = np.zeros(len(owners), np.bool_)
        is_unsure[list(unsure)] = True
        sure = ~is_unsure[segments]
        ways, segments = ways.only(sure), segments[sure]
    mine = owners[segments]
    asked = np.array([field in fields for field in range(_FIELD + 1)])[mine & _FIELD]
    if not asked.all():
        ways, mine = ways.only(asked), mine[asked]
    asking = owners[sorted(unsure)].tolist()
    return Found(*_by_owner(mine, ways.similarity), [owner for owner in asking if owner & _FIELD in fields])


def _by_owner(owners: Column, similarity: NDArray[np.float64]) -> tuple[Column, NDArray[np.int64], NDArray[np.float64]]:
    """Give each owner once, how often it is there, and the exact sum of its similarities."""
    if not len(owners):
        return NONE.owners, NONE.counts, NONE.totals
    first = np.concatenate((_FIRST, np.flatnonzero(owners[1:] != owners[:-1]) + 1))
    counts = np.concatenate((first[1:], (len(owners),))) - first
    totals = np.add.reduceat(similarity, first)
    for place in np.flatnonzero((totals != WHOLLY * counts) & (counts > 1)):  # not exact in any order
        start = first[place]
        totals[place] = math.fsum(similarity[start : start + counts[place]])
    return owners[first], counts, totals


_FIRST = np.zeros(1, np.int64)


def packed(found: Found, others: Mapping[int, tuple[int, float]]) -> tuple[Any, bytes, bytes]:
    """Pack how often a term is in each field of each paper, as `TermHits` has it.

    Args:
        others: number of hits and sum of their similarities by owner, of owners that were not found.
    """
    owners, counts, totals = found.owners, found.counts, found.totals
    if others:
        owners = np.concatenate((owners, np.array(list(others), np.uint32)))
        counts = np.concatenate((counts, [count for count, _ in others.values()]))
        totals = np.concatenate((totals, [total for _, total in others.values()]))
        order = np.argsort(owners)
        owners, counts, totals = owners[order], counts[order], totals[order]
    # Nearly all are wholly alike: their kind is told by field and count, which make one number.
    told = counts << FIELD_BITS | owners & _FIELD
    plain = np.flatnonzero(np.bincount(told))
    kinds = {(kind & _FIELD, kind >> FIELD_BITS, 1.0): code for code, kind in enumerate(plain.tolist())}
    codes = plain.searchsorted(told).astype(np.uint16)
    for place in np.flatnonzero(totals != WHOLLY * counts).tolist():
        kind = int(told[place])
        mean = float(totals[place] / counts[place] / 100)
        codes[place] = kinds.setdefault((kind & _FIELD, kind >> FIELD_BITS, mean), len(kinds))
    return tuple(kinds), (owners >> FIELD_BITS).astype(np.uint16).tobytes(), codes.tobytes()


NONE = Found(np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0), ())


class _Ways(msgspec.Struct, frozen=True):
    """Where a term stands, column by column, in order."""

    first: Column
    stop: Column
    similarity: NDArray[np.float64]

    def only(self, keep: NDArray[np.bool_]) -> _Ways:
        return _Ways(self.first[keep], self.stop[keep], self.similarity[keep])


def _ways(ways: Sequence[Way]) -> _Ways:
    columns = zip(*ways, strict=True) if ways else ((), (), ())
    first, stop, similarity = columns
    return _Ways(np.array(first, np.uint32), np.array(stop, np.uint32), np.array(similarity, np.float64))


class _Odd(msgspec.Struct, frozen=True, gc=False):
    """A step that is not one token for one, wholly alike."""

    term_count: int
    text_count: int
    similarity: float


class _Steps:
    """The steps from one token of a term.

    Attributes:
        plain: places of tokens that are wholly alike.
        odd: places from which there are other steps.
    """

    def __init__(self) -> None:
        self.plain: list[Places] = []
        self.odd: list[tuple[Places, _Odd]] = []

    def is_plain(self, place: int) -> bool:
        """Say whether a token that is wholly alike stands at a place."""
        return any(_has(places, place) for places in self.plain)


def _steps(expansion: Expansion, block: Block) -> tuple[list[_Steps], set[int]]:
    """Give the steps from each token of the term, and the fields with windows."""
    steps = [_Steps() for _ in expansion.letters]
    windows: set[int] = set()
    for part in expansion.parts:
        here = steps[part.start]
        for key, alike in part.entries.items():
            places = block.places(key)
            if places and part.count == 1 and alike.similarity == WHOLLY:
                here.plain.append(places)
            elif places:
                here.odd.append((places, _Odd(part.count, 1, alike.similarity)))
        for places, count, similarity in _windows(part, block):
            here.odd.append((places, _Odd(1, count, similarity)))
            windows.update(map(block.segment, places))
    return steps, windows


def _windows(part: Part, block: Block) -> Iterator[tuple[Places, int, float]]:
    """Give the windows of the block that stand for one token: where they begin, how many tokens, similarity."""
    for first, entries in part.windows.items():
        if not block.places(first):
            continue
        for entry, alike in entries.items():
            places = [block.places(key) for key in entry.split(" ")]
            if all(places) and (starts := _side_by_side(places)):
                yield starts, len(places), alike.similarity


def _side_by_side(places: Sequence[Places]) -> Places:
    """Give where tokens stand side by side, from the places of each."""
    counts = [len(one) for one in places]
    rarest = counts.index(min(counts))
    if counts[rarest] > _FEW:
        columns = [_shifted(others, nth) for nth, others in enumerate(places)]
        return array("I", reduce(_common, columns).tobytes())
    found = [place - rarest for place in places[rarest]]
    for nth, others in enumerate(places):
        if nth != rarest:
            found = [start for start in found if _has(others, start + nth)]
    return array("I", found)


_FEW = 50
"""So many places at most are looked up one by one: that is faster than to make columns."""


def _column(places: Places) -> Column:
    return np.frombuffer(places, np.uint32)


def _shifted(places: Places, by: int) -> Column:
    """Give the places that stand by so many before some; what would stand before the first of all is left out."""
    column = _column(places)
    return column[column.searchsorted(by) :] - by if by else column


def _common(one: Column, other: Column) -> Column:
    """Intersect two columns, neither of which has a number twice."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return few[_among(few, many)]


def _among(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which of some numbers are among others, which are in order."""
    if not len(some) or not len(others):
        return np.zeros(len(some), np.bool_)
    at = others.searchsorted(some)
    at[at == len(others)] = 0
    found: NDArray[np.bool_] = others[at] == some
    return found


def _together(columns: Sequence[Column]) -> Column:
    """Unite columns of which no two have a number in common."""
    if len(columns) == 1:
        return columns[0]
    together: Column = np.concatenate(columns) if columns else np.empty(0, np.uint32)
    together.sort(kind="stable")  # of columns in order
    return together


def _find_phrase(expansion: Expansion, block: Block) -> tuple[_Ways, set[int]]:
    steps, windows = _steps(expansion, block)
    return _Walk(expansion.letters, steps).ways(), windows


class _Walk:
    """Follows a phrase token by token.

    Args:
        letters: of each token of the term.
        steps: from each.
    """

    def __init__(self, letters: Sequence[int], steps: Sequence[_Steps]) -> None:
        self._letters = letters
        self._steps = steps
        # For each number of tokens of the term the ways there that are not plain all along, from start and place
        # behind to similarity × letters.
        self._starts: dict[int, Column] = {}
        self._odd: list[dict[tuple[int, int], float]] = [{} for _ in range(len(letters) + 1)]
        for done, here in enumerate(steps):
            so_far = WHOLLY * sum(letters[:done])
            for places, step in here.odd:
                reached = _column(places)
                for place in (_common(reached, self._plain(done) + done) if done else reached).tolist():
                    self._go_on(done, (place - done, place), so_far, step)
            for way, total in self._odd[done].items():
                if here.is_plain(way[1]):
                    self._go_on(done, way, total, _PLAIN)
                for places, step in here.odd:
                    if _has(places, way[1]):
                        self._go_on(done, way, total, step)

    def _plain(self, stop: int) -> Column:
        """Give where the first tokens stand wholly alike, one for one."""
        if stop not in self._starts:
            steps = self._steps[:stop]
            starts: Column | None = None
            for nth in sorted(range(stop), key=[sum(map(len, here.plain)) for here in steps].__getitem__):
                if starts is None:  # of the rarest token
                    starts = _together([_shifted(places, nth) for places in steps[nth].plain])
                else:
                    there = starts + nth
                    starts = _together([_common(there, _column(places)) for places in steps[nth].plain]) - nth
                if not len(starts):
                    break
            assert starts is not None
            self._starts[stop] = starts
        return self._starts[stop]

    def _go_on(self, done: int, way: tuple[int, int], total: float, step: _Odd) -> None:
        """Take a step from where a way has come to; of two ways to one place the more similar is kept."""
        there = (way[0], way[1] + step.text_count)
        weight = total + sum(self._letters[done : done + step.term_count]) * step.similarity
        ways = self._odd[done + step.term_count]
        if weight > ways.get(there, -1.0):
            ways[there] = weight

    def ways(self) -> _Ways:
        """Give the ways through the whole term, in order."""
        count, weight = len(self._letters), sum(self._letters)
        starts = self._plain(count)
        plain = _Ways(starts, starts + count, np.full(len(starts), WHOLLY))
        if not self._odd[count]:
            return plain
        odd = _ways([(*way, round(total / weight, 6)) for way, total in sorted(self._odd[count].items())])
        odd = odd.only((odd.stop - odd.first != count) | ~_among(odd.first, starts))
        first, stop = np.concatenate((plain.first, odd.first)), np.concatenate((plain.stop, odd.stop))
        order = first.argsort(kind="stable")  # of columns in order
        return _Ways(first[order], stop[order], np.concatenate((plain.similarity, odd.similarity))[order])


_PLAIN = _Odd(1, 1, WHOLLY)


def _has(places: Places, place: int) -> bool:
    nth = bisect_left(places, place)
    return nth < len(places) and places[nth] == place


def _find_near(expansion: Expansion, block: Block) -> tuple[_Ways, set[int]]:
    steps, windows = _steps(expansion, block)
    starts = np.frombuffer(block.starts, np.uint32)
    at: dict[int, dict[tuple[int, int], list[Step]]] = {}
    columns = []  # for each token where it stands, and in which fields
    for here in steps:
        places = np.unique(_together([*map(_column, here.plain), *(_column(places) for places, _ in here.odd)]))
        columns.append((places, starts.searchsorted(places, "right") - 1))
    common = reduce(np.intersect1d, (np.unique(fields) for _, fields in columns))
    for token, (here, (places, fields)) in enumerate(zip(steps, columns, strict=True)):
        inside = np.isin(fields, common)
        for place, field in zip(places[inside].tolist(), fields[inside].tolist(), strict=True):
            found = [_PLAIN] if here.is_plain(place) else []
            found += [step for some, step in here.odd if _has(some, place)]
            at.setdefault(field, {})[token, place] = [
                Step(step.term_count, step.text_count, step.similarity, 0) for step in found
            ]
    ways = [
        (one.first, one.stop, one.similarity)
        for field, steps_there in sorted(at.items())
        if field not in windows
        for one in nears(expansion, steps_there)
    ]
    return _ways(ways), windows & at.keys()
