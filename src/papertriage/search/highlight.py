"""The places in a paper for which a search found it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from papertriage.errors import Place
from papertriage.index.words import FIELDS
from papertriage.lexicon import Lexicon
from papertriage.match.expand import expand
from papertriage.match.find import find
from papertriage.model import Hit, MatchKind, Paper, Span
from papertriage.search.find import term_of
from papertriage.search.keys import MemoryKeys
from papertriage.search.query import Node, Words, wanted_words
from papertriage.text import Token, clean, tokens

Stretch = tuple[int, int, float, MatchKind]
"""First token, the one behind the last, similarity, kind."""


def hits_of(node: Node, paper: Paper, lexicon: Lexicon) -> tuple[Hit, ...]:
    """Give the places that a query looks for, by field and in the order of the text."""
    wanted = list(dict.fromkeys(wanted_words(node)))
    found: list[Hit] = []
    for field in FIELDS:
        looked_for = [words for words in wanted if words.field in (None, field)]
        for text in _texts(paper, field) if looked_for else ():
            cut = tokens(text)
            keys = MemoryKeys(lexicon, {token.key for token in cut})
            stretches = [(stretch, words) for words in looked_for for stretch in _stretches(words, cut, keys)]
            stretches.sort(key=lambda one: (one[0][:2], one[1].column))
            found += [_hit(words, field, text, cut, stretch) for stretch, words in stretches]
    return tuple(found)


def _texts(paper: Paper, field: str) -> Iterator[str]:
    value = getattr(paper, field)
    for text in value if isinstance(value, tuple) else (value,):
        if text:
            yield clean(text)


def _stretches(words: Words, cut: Sequence[Token], keys: MemoryKeys) -> Iterator[Stretch]:
    if words.how in ("forms", "fuzzy"):
        for one in find(expand(term_of(words), keys), cut):
            yield one.first, one.stop, one.similarity, one.kind
        return
    looked_for = [token.key for token in words.tokens]
    if words.mixed:
        if set(looked_for) <= {token.key for token in cut}:
            yield from ((at, at + 1, 100.0, "exact") for at, token in enumerate(cut) if token.key in looked_for)
        return
    size = len(looked_for)
    for at in range(len(cut) - size + 1):
        *first, last = (token.key for token in cut[at : at + size])
        same = last.startswith(looked_for[-1]) if words.how == "prefix" else last == looked_for[-1]
        if same and first == looked_for[:-1]:
            yield at, at + size, 100.0, "exact"


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
