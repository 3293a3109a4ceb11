"""Which papers fit a query, and how well.

Relevance is BM25 (S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009,
https://doi.org/10.1561/1500000019) over the words that are looked for, with fields weighted as there in BM25F, simple
form: a hit in the title counts as three.

    relevance = Σ over words: ln(1 + (N - n + 0.5) / (n + 0.5)) × f × (k1 + 1) / (f + k1 × (1 - b + b × length / 200))
    score     = relevance × (1 + 0.25 × 0.5^(age in years))

with k1 = 1.2 and b = 0.75; N papers in all, n that have the word (a phrase is one word), f the weighted hits in the
paper, and length the tokens of its title and abstract. The length is held against a middling paper's and not against
the mean of the cache, so that a score does not change because other papers came that lack the word.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest

import msgspec

from papertriage.index.words import FIELD_BITS, FIELDS
from papertriage.search.find import FIELD, counts
from papertriage.search.query import And, Fact, Node, Not, Or, Words, wanted_words, words_of
from papertriage.search.texts import USUAL_LENGTH, Texts

TITLE_WEIGHT = 3
K1 = 1.2
B = 0.75
FRESHNESS = 0.25
HALF_LIFE = 365.25

_TITLE = FIELDS.index("title")

Found = dict[int, int]
"""Papers that have words, and their weighted hits."""

Ids = Callable[[Iterable[int]], Mapping[int, str]]


class Answer:
    """The papers that fit a query, column by column.

    Args:
        node: the query.
        size: how many papers there are in all.

    Attributes:
        numbers: of the papers (`Texts.name`).
        days: of the papers, ordinals.
    """

    def __init__(self, node: Node, size: int) -> None:
        self._node = node
        self._size = size
        self._all = list(words_of(node))
        self._wanted = wanted_words(node)
        self._have = [0] * len(self._wanted)
        self._hits = [array("I") for _ in self._wanted]
        self._sizes = array("I")
        self.numbers = array("q")
        self.days = array("i")

    def look(self, texts: Texts) -> None:
        """Look through more papers."""
        found: dict[tuple[object, ...], Found] = {}
        for words in self._all:
            if words.looked_for not in found:
                found[words.looked_for] = _papers_with(words, texts)
        live = texts.live
        is_whole = isinstance(live, range)
        for nth, words in enumerate(self._wanted):
            have = found[words.looked_for]
            self._have[nth] += len(have) if is_whole else sum(number in live for number in have)
        fitting = _fitting(self._node, found, texts)
        numbers = sorted(fitting if is_whole else fitting.intersection(live))
        self.numbers.extend(map(texts.name, numbers))
        self.days.extend(texts.days(numbers))
        for nth, words in enumerate(self._wanted):
            have = found[words.looked_for]
            self._hits[nth].extend(have.get(number, 0) for number in numbers)
        if self._wanted:
            self._sizes.extend(map(texts.size_of, numbers))

    def cents(self, today: int) -> list[int]:
        """Give the scores of all papers, in hundredths.

        Args:
            today: the day to which ages count, an ordinal.
        """
        relevance = [0.0] * len(self.numbers)
        norms = [K1 * (1 - B + B * size / USUAL_LENGTH) for size in self._sizes]
        for have, hits in zip(self._have, self._hits, strict=True):
            weight = math.log(1 + (self._size - have + 0.5) / (have + 0.5)) * (K1 + 1)
            for at, count in enumerate(hits):
                if count:
                    relevance[at] += weight * count / (count + norms[at])
        fresh: dict[int, float] = {}
        cents = []
        for value, day in zip(relevance, self.days, strict=True):
            factor = fresh.get(day)
            if factor is None:
                factor = fresh[day] = 1 + FRESHNESS * 0.5 ** (max(0, today - day) / HALF_LIFE)
            cents.append(round(value * factor * 100))
        return cents


def _papers_with(words: Words, texts: Texts) -> Found:
    found: Found = {}
    for owner, count in counts(words, texts).items():
        number = owner >> FIELD_BITS
        found[number] = found.get(number, 0) + count * (TITLE_WEIGHT if owner & FIELD == _TITLE else 1)
    return found


def _fitting(node: Node, found: Mapping[tuple[object, ...], Found], texts: Texts) -> set[int]:
    """Give the papers that fit a query; some may not be live."""
    if isinstance(node, Words):
        return set(found[node.looked_for])
    if isinstance(node, Or):
        return set().union(*(_fitting(part, found, texts) for part in node.parts))
    if isinstance(node, Not):
        return set(texts.live) - _fitting(node.part, found, texts)
    if isinstance(node, Fact):
        return _that_are(node, sorted(texts.live), texts)
    return _fitting_all(node, found, texts)


def _fitting_all(node: And, found: Mapping[tuple[object, ...], Found], texts: Texts) -> set[int]:
    # What is told of a paper is asked last, of the few that are left.
    facts = [part for part in node.parts if isinstance(part, Fact)]
    others = [part for part in node.parts if not isinstance(part, Fact)]
    sets = sorted((_fitting(part, found, texts) for part in others), key=len)
    fitting = sets[0].intersection(*sets[1:]) if sets else set(texts.live)
    fitting &= set(texts.live) if facts else fitting
    for fact in facts:
        fitting = _that_are(fact, sorted(fitting), texts)
    return fitting


def _that_are(fact: Fact, numbers: Sequence[int], texts: Texts) -> set[int]:
    return {number for number, facts in zip(numbers, texts.facts(numbers), strict=True) if fact.holds(facts)}


class Best(msgspec.Struct, frozen=True):
    """The first papers, each with its score in hundredths, and how many there are in all."""

    papers: tuple[tuple[int, int], ...]
    total: int


def best(answer: Answer, *, today: int, limit: int | None, by_date: bool, ids: Ids) -> Best:
    """Order what was found: by score, of equal ones the newest, then by id; or by date, then score.

    Args:
        today: the day to which ages count, an ordinal.
        limit: at most so many.
        ids: gives the ids of papers; asked only where they decide.
    """
    cents = answer.cents(today)
    keys = list(zip(answer.days, cents, strict=True)) if by_date else list(zip(cents, answer.days, strict=True))
    total = len(keys)
    if limit is None or limit >= total:
        chosen: Iterable[int] = range(total)
    else:
        least = nlargest(limit, keys)[-1]
        chosen = [at for at, key in enumerate(keys) if key >= least]
    numbers = answer.numbers
    name = ids(numbers[at] for at in chosen)
    ordered = sorted(chosen, key=lambda at: (-keys[at][0], -keys[at][1], name[numbers[at]]))
    return Best(tuple((numbers[at], cents[at]) for at in ordered[:limit]), total)
