"""The definition of matching: all hits of all rules in one paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Literal

from papertriage.lexicon import Lexicon
from papertriage.match.expand import expand
from papertriage.match.find import Found, find_in, places_of
from papertriage.match.vocabulary import Vocabulary
from papertriage.model import Hit, Paper, Span
from papertriage.names import same_person
from papertriage.rules.terms import Author, Pattern, Rules, Term
from papertriage.text import clean, keys, sentence_starts, spans

Role = Literal["any", "all", "none", "authors", "exclude", "follow"]
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

    return collect(paper, rules, finder)


def collect(
    paper: Paper, rules: Rules, finder: Finder, possible: Callable[[Term], bool] | None = None
) -> tuple[Hit, ...]:
    """Find every hit.

    Args:
        finder: gives the places of a phrase or a proximity in a field.
        possible: says whether a term can have a hit at all.
    """
    fields: dict[str, Field] = {}
    found: list[Hit] = []

    def look(topic: str, role: Role, terms: Sequence[Term]) -> None:
        for term in terms if possible is None else filter(possible, terms):
            for name in term.fields:
                field = fields.get(name) or fields.setdefault(name, Field(paper, name))
                if not field.raw:
                    continue
                if isinstance(term.look_for, Pattern):
                    found.extend(_pattern_hits(topic, role, term, term.look_for, field))
                elif places := finder(term, field):
                    found.extend(_phrase_hits(topic, role, term, field, places))

    look("", "exclude", rules.exclude.any)
    for topic in rules.topics:
        look(topic.name, "any", topic.any)
        look(topic.name, "all", topic.all)
        look(topic.name, "none", topic.none)
        if topic.authors:
            found.extend(_author_hits(paper, topic.name, "authors", topic.authors))
    found.extend(_author_hits(paper, "", "follow", rules.follow))
    return tuple(found)


def _phrase_hits(topic: str, role: Role, term: Term, field: Field, places: Sequence[Found]) -> Iterator[Hit]:
    for place in places:
        span = Span(field.spans[place.first][0], field.spans[place.stop - 1][1])
        yield Hit(
            topic=topic, role=role, term=term.label, field=field.name, text=field.text[span.start : span.end],
            span=span, similarity=place.similarity, kind=place.kind, place=term.place,
        )  # fmt: skip


def _pattern_hits(topic: str, role: Role, term: Term, look_for: Pattern, field: Field) -> Iterator[Hit]:
    for span in find_pattern(look_for, field.plain_dashes):
        yield Hit(
            topic=topic, role=role, term=term.label, field=field.name, text=field.text[span.start : span.end],
            span=span, similarity=100.0, kind="regex", place=term.place,
        )  # fmt: skip


def find_pattern(pattern: Pattern, text: str) -> Iterator[Span]:
    """Search a regular expression in a cleaned text whose dashes are plain; empty matches count for nothing."""
    for match in pattern.compiled.finditer(text):
        start, end = match.span()
        if start < end:
            yield Span(start, end)


def _author_hits(paper: Paper, topic: str, role: Role, authors: Sequence[Author]) -> Iterator[Hit]:
    for author in authors:
        for raw in paper.authors:
            if same_person(author.name, raw):
                name = clean(raw)
                yield Hit(
                    topic=topic, role=role, term=author.name, field="authors", text=name,
                    span=Span(0, len(name)), similarity=100.0, kind="author", place=author.place,
                )  # fmt: skip
