"""Texts inverted in columns: word by word what the definition of keys gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.index import inversion
from papertriage.index.inversion import invert
from papertriage.text import FIELD_END, clean, keys, ready_to_cut

raws = st.lists(
    st.text(st.sampled_from([*"aAzZ09 .-+#&$\\{}<>~'`\n\0éßİǅΣ中\u0301\u200b\u2013"]), max_size=40)
    | st.sampled_from(
        ["C++ & F#", "$k$-means", "<i>E. coli</i>", "pneumonoultramicroscopicsilicovolcanoconiosis", "R&D"]
    )
    | st.text(max_size=30),
    max_size=5,
)


def inverted(texts: list[str]) -> list[list[str]]:
    """Give the words of some texts, put together again from their places."""
    words, counts, places = invert(ready_to_cut(texts).encode() if texts else b"")
    stream = [""] * len(places)
    at = 0
    for word, count in zip(words, counts.tolist(), strict=True):
        for place in places[at : at + count].tolist():
            stream[place] = word
        at += count
    fields: list[list[str]] = [[]]
    for word in stream:
        if word == FIELD_END:
            fields.append([])
        else:
            fields[-1].append(word)
    assert fields.pop() == []
    return fields


@given(raws)
def test_the_words_of_each_field_are_its_keys(texts: list[str]) -> None:
    assert inverted(texts) == [keys(clean(text)) for text in texts]


@given(raws)
def test_words_with_one_hash_are_told_apart(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inversion, "_mixed", lambda hashes: hashes * 0)
        assert inverted(texts) == [keys(clean(text)) for text in texts]
