"""Misspellings in a large vocabulary: none is lost by looking at letters first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.fuzz import ratio

from papertriage.lexicon import load_lexicon
from papertriage.match.alike import may_be_slip
from papertriage.match.vocabulary import Vocabulary

WORD = "pretraining"
keys = st.lists(st.text("praetrinęg\U0001d4d0", min_size=4, max_size=13).map("p".__add__), min_size=1, max_size=20)


@given(keys, st.text("praetrinęg", min_size=4, max_size=11).map("p".__add__), st.integers(60, 95))
def test_of_many_keys_those_are_found_that_are_so_similar(found: list[str], word: str, fuzzy: int) -> None:
    lexicon = load_lexicon()
    edits = [
        WORD[:n] + letter + WORD[n + cut :] for n in range(1, 11) for letter in ("", "a", "zę") for cut in (0, 1, 2)
    ]
    others = [f"p{'abcdefghijklmnopqrst'[n:]}{'xyz' * (n % 5)}" for n in range(16)] + [
        f"p{n * 'or'}qz" for n in range(1, 99)
    ]
    vocabulary = Vocabulary(lexicon, {*found, *edits, *others})
    for wanted in (word, WORD):
        slips = {
            key: similarity
            for key in {*found, *edits, *others}
            if may_be_slip(key, lexicon) and (similarity := ratio(wanted, key, score_cutoff=fuzzy))
        }
        assert dict(vocabulary.slips(wanted, fuzzy)) == pytest.approx(slips)
