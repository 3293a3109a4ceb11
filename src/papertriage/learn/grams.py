"""A paper as the learned line sees it: the words of title and abstract, alone and two in a row."""

from __future__ import annotations

from itertools import pairwise

from papertriage.text import clean, keys


def grams(title: str | None, abstract: str | None) -> list[str]:
    """Give the words and the pairs of neighbouring words of a paper, as often as they stand there.

    Single letters and digits are left out; a pair goes over them. No pair goes over the end of the title.

    >>> grams("Statin therapy: a trial", "Statins.")
    ['statin', 'therapy', 'trial', 'statin therapy', 'therapy trial', 'statins']
    """
    found: list[str] = []
    for text in (title, abstract):
        words = [key for key in keys(clean(text or "")) if len(key) > 1 or not key.isascii()]
        found += words
        found += [f"{one} {two}" for one, two in pairwise(words)]
    return found
