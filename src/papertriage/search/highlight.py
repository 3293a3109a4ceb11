"""The places in a paper for which a search found it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from papertriage.errors import Place
from papertriage.index.words import FIELDS
from papertriage.lexicon import Lexicon
from papertriage.match.alike import KINDS
from papertriage.match.vocabulary import Vocabulary
from papertriage.model import Hit, MatchKind, Paper, Span
from papertriage.search.find import Steps, steps_of
from papertriage.search.query import Node, Words, wanted_words
from papertriage.text import Token, clean, tokens

Stretch = tuple[int, int, float, MatchKind]
"""First token, the one behind the last, similarity, kind."""


def hits_of(node: Node, paper: Paper, lexicon: Lexicon) -> tuple[Hit, ...]:
    """Give the places that a query looks for, by field and in the order of the text."""
    texts = [(field, text, tokens(text)) for field in FIELDS for text in _texts(paper, field)]
    keys = Vocabulary(lexicon, {token.key for _, _, cut in texts for token in cut})
    looked_for = [(words, steps_of(words, keys)) for words in wanted_words(node)]
    found: list[Hit] = []
    for field, text, cut in texts:
        stretches = [
            (stretch, words)
            for words, steps in looked_for
            if words.field in (None, field)
            for stretch in _stretches(words, steps, cut)
        ]
        stretches.sort(key=lambda one: (one[0][:2], one[1].column))
        found += [_hit(words, field, text, cut, stretch) for stretch, words in stretches]
    return tuple(found)


def _texts(paper: Paper, field: str) -> Iterator[str]:
    value = getattr(paper, field)
    for text in value if isinstance(value, tuple) else (value,):
        if text:
            yield clean(text)


def _stretches(words: Words, steps: Steps, cut: Sequence[Token]) -> Iterator[Stretch]:
    if words.mixed:
        looked_for = {token.key for token in words.tokens}
        if looked_for <= {token.key for token in cut}:
            yield from ((at, at + 1, 100.0, "exact") for at, token in enumerate(cut) if token.key in looked_for)
        return
    begin = {key for step in steps[0] for key in (*step.keys, *(window[0] for window in step.windows))}
    walk = _Walk(steps, [len(token.key) for token in words.tokens], [token.key for token in cut])
    behind = 0
    for first, token in enumerate(cut):
        way = walk.way_from(0, first) if first >= behind and token.key in begin else None
        if way:
            behind = way.stop
            yield first, way.stop, round(way.similarity / walk.weight, 6), KINDS[way.kind]


class _Way(NamedTuple):
    """The most similar way through the rest of the words; the similarity is times the letters."""

    similarity: float
    stop: int
    kind: int


class _Walk:
    """Follows words through one text."""

    def __init__(self, steps: Steps, letters: Sequence[int], keys: Sequence[str]) -> None:
        self._steps = steps
        self._letters = letters
        self._keys = keys
        self._known: dict[tuple[int, int], _Way | None] = {}
        self.weight = sum(letters)

    def way_from(self, at: int, place: int) -> _Way | None:
        """Give the best way from a word on, which is to stand at a place."""
        if at == len(self._steps):
            return _Way(0.0, place, 0)
        if place >= len(self._keys):
            return None
        if (at, place) not in self._known:
            ways = list(self._ways(at, place))
            self._known[at, place] = max(ways, key=lambda way: (way.similarity, -way.stop)) if ways else None
        return self._known[at, place]

    def _ways(self, at: int, place: int) -> Iterator[_Way]:
        for step in self._steps[at]:
            letters = sum(self._letters[at : at + step.count])
            found = [(alike, 1) for alike in (step.keys.get(self._keys[place]),) if alike]
            found += [
                (alike, len(window))
                for window, alike in step.windows.items()
                if tuple(self._keys[place : place + len(window)]) == window
            ]
            for alike, count in found:
                rest = self.way_from(at + step.count, place + count)
                if rest:
                    kind = max(rest.kind, KINDS.index(alike.kind))
                    yield _Way(rest.similarity + letters * alike.similarity, rest.stop, kind)


def _hit(words: Words, field: str, text: str, cut: Sequence[Token], stretch: Stretch) -> Hit:
    first, stop, similarity, kind = stretch
    span = Span(cut[first].start, cut[stop - 1].end)
    return Hit(
        topic="",
        role="any",
        term=words.text,
        field=field,
        text=text[span.start : span.end],
        span=span,
        similarity=similarity,
        kind=kind,
        place=Place("QUERY", 1, words.column),
    )
