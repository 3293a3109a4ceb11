"""Expansions found in the tokens of a text, by exact look-up."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from papertriage.match.alike import KINDS, Alike, windows_at
from papertriage.match.expand import Expansion, Part
from papertriage.model import MatchKind
from papertriage.text import Token

NEAR_TRIES = 2_000
"""So many assignments of places to the words of a proximity are tried from one start; sane text needs a few."""


class Found(msgspec.Struct, frozen=True, gc=False):
    """A place where a term stands: tokens `first` up to, not including, `stop`."""

    first: int
    stop: int
    similarity: float
    kind: MatchKind


class Searched(Protocol):
    """A text to find terms in; each view of it is asked for only where a term may stand."""

    @property
    def keys(self) -> Sequence[str]:
        """The keys of its tokens."""

    @property
    def places(self) -> Mapping[str, Sequence[int]]:
        """For each key the tokens that have it."""

    @property
    def spans(self) -> Sequence[tuple[int, int]]:
        """Where the tokens stand in the cleaned text."""

    @property
    def sentence_starts(self) -> Container[int]:
        """Which tokens begin a sentence."""


class _Tokens:
    """A text of which the tokens are at hand."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.keys = [token.key for token in tokens]
        self.places = places_of(enumerate(self.keys))
        self.spans = [(token.start, token.end) for token in tokens]
        self.sentence_starts = {place for place, token in enumerate(tokens) if token.breaks}


def places_of(keys: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    """Give for each key the places where it stands, from places with their keys."""
    places: dict[str, list[int]] = {}
    for place, key in keys:
        places.setdefault(key, []).append(place)
    return places


def find(expansion: Expansion, tokens: Sequence[Token]) -> tuple[Found, ...]:
    """Find a term in the tokens of one field, by exact look-up.

    Of overlapping places the most similar counts, then the shortest, then the first.

    Args:
        expansion: of the term, against a vocabulary that holds that of the text.
        tokens: of the field.

    Returns:
        The places, in the order of the text.
    """
    return find_in(expansion, _Tokens(tokens))


def find_in(expansion: Expansion, text: Searched) -> tuple[Found, ...]:
    """Find a term in a text whose tokens' places are at hand, as `find` does."""
    steps = _Steps(expansion, text)
    if not all(steps.by_token):
        return ()
    found = list(_phrases(expansion, steps) if expansion.within is None else nears(expansion, steps.at))
    if len(found) < 2:
        return tuple(found)
    spans = text.spans
    found.sort(key=lambda place: (-place.similarity, spans[place.stop - 1][1] - spans[place.first][0], place.first))
    kept: list[Found] = []
    for place in found:
        if all(place.stop <= other.first or other.stop <= place.first for other in kept):
            kept.append(place)
    return tuple(sorted(kept, key=lambda place: place.first))


class Step(msgspec.Struct, frozen=True, gc=False):
    """Tokens of the term from one on stand for `text_count` tokens of the text."""

    term_count: int
    text_count: int
    similarity: float
    kind: int


class _Steps:
    """Where each part of a term stands in the text.

    Attributes:
        at: (token of the term, token of the text) to the steps possible there.
        by_token: for each token of the term, whether any part with it stands anywhere.
    """

    def __init__(self, expansion: Expansion, text: Searched) -> None:
        places = text.places
        self.at: dict[tuple[int, int], list[Step]] = {}
        self.by_token = [False] * len(expansion.letters)
        for part in expansion.parts:
            for key in part.entries.keys() & places.keys():
                for place in places[key]:
                    self._add(part, place, 1, part.entries[key])
            for key in part.windows.keys() & places.keys():
                entries = part.windows[key]
                for place in places[key]:
                    # Where sentences start is asked for only where there is a window: that takes a look at the text.
                    for count, entry in enumerate(windows_at(text.keys, (), place), start=2):
                        inner = range(place + 1, place + count)
                        if entry in entries and not any(other in text.sentence_starts for other in inner):
                            self._add(part, place, count, entries[entry])

    def _add(self, part: Part, place: int, count: int, likeness: Alike) -> None:
        step = Step(part.count, count, likeness.similarity, KINDS.index(likeness.kind))
        self.at.setdefault((part.start, place), []).append(step)
        for token in range(part.start, part.start + part.count):
            self.by_token[token] = True


def _phrases(expansion: Expansion, steps: _Steps) -> Iterator[Found]:
    letters = expansion.letters
    for start in sorted({place for token, place in steps.at if token == 0}):
        # (token of the term, token of the text) to the best way there: similarity × letters, kind
        ways: dict[tuple[int, int], tuple[float, int]] = {(0, start): (0.0, 0)}
        for done in range(len(letters)):
            for here, (total, kind) in [(at[1], way) for at, way in ways.items() if at[0] == done]:
                for step in steps.at.get((done, here), ()):
                    weight = sum(letters[done : done + step.term_count])
                    way = (total + weight * step.similarity, max(kind, step.kind))
                    there = (done + step.term_count, here + step.text_count)
                    if there not in ways or (-way[0], way[1]) < (-ways[there][0], ways[there][1]):
                        ways[there] = way
        for (done, stop), (total, kind) in ways.items():
            if done == len(letters):
                yield Found(start, stop, round(total / sum(letters), 6), KINDS[kind])


Occurrence = tuple[int, int, float]
"""Where a word of a proximity stands: first token, the one after the last, similarity."""


def nears(expansion: Expansion, at: Mapping[tuple[int, int], Sequence[Step]]) -> Iterator[Found]:
    """Give for each place where a word of a proximity stands a narrow stretch that starts there and has all words.

    Args:
        at: the steps possible at (token of the term, token of the text).
    """
    occurrences: list[list[Occurrence]] = [[] for _ in expansion.letters]
    for (token, place), found in sorted(at.items()):
        occurrences[token].extend((place, place + step.text_count, step.similarity) for step in found)
    for start in sorted({one[0] for places in occurrences for one in places}):
        chosen = _Chooser(occurrences, start, expansion.within or 0).choose()
        if chosen:
            total = sum(letters * one[2] for letters, one in zip(expansion.letters, chosen, strict=True))
            stop = max(one[1] for one in chosen)
            yield Found(start, stop, round(total / sum(expansion.letters), 6), "near")


class _Chooser:
    """Gives each word a place of its own from `start` on, one of them at `start`, with few others between.

    The word with the fewest places chooses first, the nearest place first: as a rule the first try holds.
    """

    def __init__(self, occurrences: list[list[Occurrence]], start: int, within: int) -> None:
        self.start = start
        longest = [max((one[1] - one[0] for one in places), default=1) for places in occurrences]
        self.stop = start + within + sum(longest)
        self.within = within
        self.near = [[one for one in places if start <= one[0] and one[1] <= self.stop] for places in occurrences]
        self.order = sorted(range(len(occurrences)), key=lambda word: (len(self.near[word]), word))
        self.chosen: dict[int, Occurrence] = {}
        self.tries = 0

    def choose(self) -> list[Occurrence] | None:
        if not all(self.near):
            return None
        for word in range(len(self.near)):
            for one in self.near[word]:
                if one[0] == self.start:
                    self.chosen = {word: one}
                    if self._place([other for other in self.order if other != word]):
                        return [self.chosen[word] for word in range(len(self.near))]
        return None

    def _place(self, words: list[int]) -> bool:
        if not words:
            others = max(one[1] for one in self.chosen.values()) - self.start
            return others - sum(one[1] - one[0] for one in self.chosen.values()) <= self.within
        for one in self.near[words[0]]:
            self.tries += 1
            if self.tries > NEAR_TRIES:
                return False
            if all(one[1] <= other[0] or other[1] <= one[0] for other in self.chosen.values()):
                self.chosen[words[0]] = one
                if self._place(words[1:]):
                    return True
                del self.chosen[words[0]]
        return False
