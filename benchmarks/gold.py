"""The gold set, and how well a way of matching does on it.

`gold_terms.jsonl` has 200 pairs of a term and a text, written by hand before any matcher had seen them. A text matches
when the words of the term stand in it side by side and in this order, in any inflection, spelling, hyphenation or
typesetting, misspelt or not; not when it has other words, however alike, or the words elsewhere. Half of the pairs
match, nearly all of these in another form than the term's; the other half are traps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

GOLD = Path(__file__).with_name("gold_terms.jsonl")


class Pair(msgspec.Struct, frozen=True):
    """A term and a text, and whether the text matches, and what makes that hard to see."""

    term: str
    text: str
    match: bool
    why: str

    @property
    def folded(self) -> str:
        """The text as the log has it, white space folded: easier for what looks line by line."""
        return " ".join(self.text.split())


class Verdict(msgspec.Struct, frozen=True):
    """How a way of matching does.

    Attributes:
        precision: of what it takes, the part that is right.
        recall: of what is right, the part that it takes.
        missed, wrong: pairs that it should take and does not, and the other way round.
    """

    precision: float
    recall: float
    missed: Sequence[Pair]
    wrong: Sequence[Pair]

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairs() -> list[Pair]:
    """Read the gold set."""
    return [msgspec.json.decode(line, type=Pair) for line in GOLD.read_bytes().splitlines()]


def judge(gold: Sequence[Pair], takes: Callable[[Pair], bool]) -> Verdict:
    """Say how well something decides."""
    return judged(gold, [takes(pair) for pair in gold])


def judged(gold: Sequence[Pair], taken: Sequence[bool]) -> Verdict:
    """Say how well decisions are made, one for each pair."""
    right = sum(take and pair.match for pair, take in zip(gold, taken, strict=True))
    return Verdict(
        right / sum(taken) if any(taken) else 1.0,
        right / sum(pair.match for pair in gold),
        [pair for pair, take in zip(gold, taken, strict=True) if pair.match and not take],
        [pair for pair, take in zip(gold, taken, strict=True) if take and not pair.match],
    )
