"""The definition of matching: all hits of all rules in one paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from papertriage.lexicon import Lexicon
from papertriage.match.collect import Spot, Spots, collect
from papertriage.match.expand import expand
from papertriage.match.find import Found, find_in, places_of
from papertriage.match.vocabulary import Vocabulary
from papertriage.model import Hit, MatchKind, Paper, Span
from papertriage.rules.terms import Pattern, Rules, Term
from papertriage.text import clean, keys, sentence_starts, spans

Finder = Callable[[Term, "Field"], Sequence[Found]]

# One character for one, so that places hold in both texts.
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"))
_SURROGATE = "[\ud800-\udfff]"


class Field:
    """One field of a paper as matching sees it; each view of it is made when it is first asked for.

    Args:
        name: title, abstract, comment, venue, organization or submitter; of any other there is no text.

    Attributes:
        present: for a `Matcher`: the words, as bits, that it may have something alike to; negative before it looked.
    """

    def __init__(self, paper: Paper, name: str) -> None:
        value = getattr(paper, name, None)
        self.name = name
        self.raw = value if isinstance(value, str) else ""
        self.present = -1

    @cached_property
    def text(self) -> str:
        """The cleaned text."""
        return clean(self.raw)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where its tokens stand in the text."""
        return spans(self.text)

    @cached_property
    def sentence_starts(self) -> frozenset[int]:
        """Which tokens begin a sentence."""
        return sentence_starts(self.text, self.spans)

    @cached_property
    def keys(self) -> list[str]:
        """The keys of its tokens, which are made without them."""
        return keys(self.text)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """For each key the tokens that have it."""
        return places_of(enumerate(self.keys))

    @cached_property
    def plain_dashes(self) -> str:
        """The text in which regular expressions are searched: every dash is `-`; places are those of `text`."""
        text = self.text if self.text.isascii() else self.text.translate(_DASHES)
        return text if text.isascii() else re.sub(_SURROGATE, "\ufffd", text)


def hits(paper: Paper, rules: Rules, lexicon: Lexicon) -> tuple[Hit, ...]:
    """Find every hit of the rules in one paper.

    Whether a topic looks at the paper at all (categories, sources, `until`), and what hits amount to, is for ranking.

    Returns:
        Hits in the order of the rules: `exclude`, the topics' `any`, `all`, `none` and `authors`, `follow`; for one
        term by field, then in the order of the text.
    """
    vocabularies: dict[str, Vocabulary] = {}

    def finder(term: Term, field: Field) -> Sequence[Found]:
        vocabulary = vocabularies.get(field.name)
        if vocabulary is None:
            vocabulary = vocabularies[field.name] = Vocabulary(lexicon, field.places)
        return find_in(expand(term, vocabulary), field)

    return collect(paper, rules, spots_in(paper, finder))


def spots_in(paper: Paper, finder: Finder) -> Spots:
    """Give what finds terms in the text of a paper.

    Args:
        finder: gives the places of a phrase or a proximity in a field.
    """
    fields: dict[str, Field] = {}

    def spots(term: Term) -> list[Spot]:
        found: list[Spot] = []
        for name in term.fields:
            field = fields.get(name) or fields.setdefault(name, Field(paper, name))
            if not field.raw:
                continue
            if isinstance(term.look_for, Pattern):
                found += (
                    _spot(field, span.start, span.end) for span in find_pattern(term.look_for, field.plain_dashes)
                )
            else:
                for place in finder(term, field):
                    start, end = field.spans[place.first][0], field.spans[place.stop - 1][1]
                    found.append(_spot(field, start, end, place.similarity, place.kind))
        return found

    return spots


def _spot(field: Field, start: int, end: int, similarity: float = 100.0, kind: MatchKind = "regex") -> Spot:
    return Spot(field.name, start, end, field.text[start:end], similarity, kind)


def find_pattern(pattern: Pattern, text: str) -> Iterator[Span]:
    """Search a regular expression in a cleaned text whose dashes are plain; empty matches count for nothing."""
    for match in pattern.compiled.finditer(text):
        start, end = match.span()
        if start < end:
            yield Span(start, end)
