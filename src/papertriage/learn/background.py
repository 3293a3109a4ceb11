"""How many abstracts use a word: what a word in the user's own papers is held against where there is no cache."""

from __future__ import annotations

from functools import cache
from pathlib import Path

BACKGROUND_FILE = Path(__file__).parents[1] / "data" / "background.txt"

LEAST = 0.0025
"""The share of a word that the list leaves out: half of the least that is in it."""


@cache
def shares() -> dict[str, float]:
    """Give the share of abstracts that use a word, by its key, for words of at least one abstract in two hundred."""
    _, _, lines = BACKGROUND_FILE.read_text(encoding="ascii").partition("\n")
    return {word: int(share) / 1000 for word, share in map(str.split, lines.splitlines())}
