"""Which phrases of the papers that the user decided on could be terms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from papertriage.learn.background import shares
from papertriage.learn.fit import Feature, Model
from papertriage.learn.phrases import Phrase, fields_of, root, spelled_phrases
from papertriage.model import Paper

LEAST_VOTES = 2
"""In how many of the papers decided on a phrase must stand."""

COMMON = 0.02
"""A single word that so many abstracts use tells too little on its own."""

MOST = 400
"""Phrases that are looked at closely."""


class Candidate(msgspec.Struct, frozen=True):
    """A phrase that could be a term.

    Attributes:
        phrase: what its spellings share.
        text: its most frequent spelling, as it would stand in the rules.
    """

    phrase: Phrase
    text: str


def candidates(
    papers: Sequence[Paper], wanted: Sequence[bool], fields: Mapping[str, float], known: Collection[Phrase]
) -> list[Candidate]:
    """Give the phrases that part the wanted from the skipped best, best first.

    Args:
        papers: those that the user decided on.
        wanted: what the user said of each.
        fields: where terms look, and what a hit there gives.
        known: phrases of the terms that are there; they and parts of them are left out.
    """
    points: dict[Phrase, dict[int, float]] = defaultdict(dict)
    spellings: dict[Phrase, Counter[str]] = defaultdict(Counter)
    for number, paper in enumerate(papers):
        for field, text in fields_of(paper, fields):
            counts: Counter[Phrase] = Counter()
            for phrase, spelling in spelled_phrases(text):
                counts[phrase] += 1
                spellings[phrase][spelling] += 1
            for phrase, n in counts.items():
                gained = fields[field] * 2 * n / (n + 1)
                points[phrase][number] = points[phrase].get(number, 0.0) + gained
    parts = {phrase[i:j] for phrase in known for i in range(len(phrase)) for j in range(i + 1, len(phrase) + 1)}
    common = common_roots()
    model = Model([0.0] * len(papers), wanted, evenly(wanted))
    rated = [
        (-model.promise(Feature(where)), len(phrase), phrase)
        for phrase, where in points.items()
        if len(where) >= LEAST_VOTES and phrase not in parts and not (len(phrase) == 1 and phrase[0] in common)
    ]
    return [Candidate(phrase, usual(spellings[phrase])) for promise, _, phrase in sorted(rated)[:MOST] if promise < 0]


def usual(spellings: Counter[str]) -> str:
    """Give the most frequent spelling, of equals the shortest, then the first."""
    return min(spellings, key=lambda spelling: (-spellings[spelling], len(spelling), spelling))


def evenly(wanted: Sequence[bool]) -> list[float]:
    """Weigh papers so that the wanted weigh as much together as the others, each of which weighs 1."""
    yes = sum(wanted)
    each = max(1.0, (len(wanted) - yes) / max(yes, 1))
    return [each if one else 1.0 for one in wanted]


def common_roots() -> frozenset[str]:
    """Give what the words share that are too common for a term of one word."""
    return frozenset(root(word) for word, share in shares().items() if share >= COMMON)


def phrases_of_terms(texts: Iterable[Sequence[str]]) -> set[Phrase]:
    """Give the phrases of terms, each the keys of its words."""
    return {tuple(root(key) for key in keys) for keys in texts}
