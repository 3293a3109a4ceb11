"""A query as it is written, and what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertriage.errors import QueryError
from papertriage.search.language import parse
from papertriage.search.query import And, Fact, Node, Not, Or, Words


def told(node: Node) -> str:
    """Write a tree with all parentheses."""
    if isinstance(node, Words):
        field = f"{node.field}:" if node.field else ""
        mixed = "/mixed" if node.mixed else ""
        fuzzy = f"/{node.fuzzy}" if node.fuzzy else ""
        return f"{field}{'_'.join(token.key for token in node.tokens)}/{node.how}{fuzzy}{mixed}"
    if isinstance(node, Fact):
        return "fact"
    if isinstance(node, Not):
        return f"not {told(node.part)}"
    assert isinstance(node, And | Or)
    return "(" + (" and " if isinstance(node, And) else " or ").join(map(told, node.parts)) + ")"


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("diffusion", "diffusion/forms"),
        ("Diffusion models", "(diffusion/forms and models/forms)"),
        ("a AND b", "(a/forms and b/forms)"),
        ("a b OR c -d", "((a/forms and b/forms) or (c/forms and not d/forms))"),
        ("a (b OR c)", "(a/forms and (b/forms or c/forms))"),
        ("a AND NOT b", "(a/forms and not b/forms)"),
        ("NOT NOT a", "not not a/forms"),
        ("and or not", "(and/forms and or/forms and not/forms)"),
        ('"a b" “c d”', "(a_b/exact and c_d/exact)"),
        ('"OR"', "or/exact"),
        ("pre-training", "pre_training/forms"),
        ("pre* “large mod”*", "(pre/prefix and large_mod/prefix)"),
        ("robot~ robot~90", "(robot/fuzzy/80 and robot/fuzzy/90)"),
        ("title:gan", "title:gan/forms"),
        ("TITLE:gan", "title:gan/forms"),
        ('title:(gan OR "a b")', "(title:gan/forms or title:a_b/exact)"),
        ("title:(gan OR abstract:vae)", "(title:gan/forms or abstract:vae/forms)"),
        ("author:Finn", "authors:finn/exact"),
        ('author:"Chelsea Finn"', "authors:chelsea_finn/exact/mixed"),
        ("title:OR", "title:or/forms"),
        ("-title:gan", "not title:gan/forms"),
        ("category:cs.* year:2024", "(fact and fact)"),
        ("category:(cs.CL OR cs.LG)", "(fact or fact)"),
        ("BERT: Pre-training – a study", "(bert/forms and pre_training/forms and a/forms and study/forms)"),
        ("arxiv:2510.01265", "arxiv_2510_01265/forms"),
        ("f(x)", "(f/forms and x/forms)"),
        ("self - attention & co", "(self/forms and attention/forms and co/forms)"),
        ("C++ c#", "(c++/forms and c#/forms)"),
        ("a\tb\nc", "(a/forms and b/forms and c/forms)"),
        ("title: gan", "(title/forms and gan/forms)"),
    ],
)
def test_what_is_written_becomes_a_tree(written: str, tree: str) -> None:
    assert told(parse(written)) == tree


@pytest.mark.parametrize(
    ("written", "column", "message"),
    [
        ("", 1, "There is nothing to search for"),
        ("  ", 1, "There is nothing to search for"),
        ("😀 – !", 1, "There is nothing to search for"),
        ('a "b c', 3, "This quotation mark is never closed."),
        ("a (b", 3, "This parenthesis is never closed."),
        ("a ) b", 3, "This parenthesis was never opened."),
        (") b", 1, "This parenthesis was never opened."),
        ("a ()", 3, "There is nothing in this parenthesis."),
        ("OR", 1, "OR stands between two words."),
        ("a OR", 3, "OR stands between two words."),
        ("a AND AND b", 3, "AND stands between two words."),
        ("AND b", 1, "AND stands between two words."),
        ("a NOT", 3, "NOT stands before a word."),
        ("(a OR) b", 4, "OR stands between two words."),
        ("titel:gan", 1, "There is no field “titel”. Did you mean title:?"),
        ("*ing", 1, "A * stands at the end of a word."),
        ("A*", 1, "Too many words begin with this one letter."),
        ('a ""', 3, "There is no letter and no digit here."),
        ("title:!!", 7, "There is no letter and no digit here."),
        ("title:-", 7, "There is no letter and no digit here."),
        ("robot~20", 1, "Behind ~ stands a similarity from 50 to 100."),
        ("year:soon", 6, "“soon” is no year."),
        ("year:2025-2023", 6, "“2025-2023” holds no year."),
        ("year:0000", 6, "“0000” holds no year."),
        ("a " * 300, 401, "This query has more than 200 words."),
        ("a-" * 300, 1, "This query has more than 200 words."),
        ("b " + "a" * 101, 3, "This word has more than 100 letters."),
        ("(" * 300 + "a", 51, "This goes more than 50 levels deep."),
        ("NOT " * 300 + "a", 201, "This goes more than 50 levels deep."),
    ],
)
def test_a_mistake_is_told_with_its_place(written: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(written)
    (fault,) = caught.value.faults
    assert (fault.place.line, fault.place.column) == (1, column)
    assert str(fault).partition(": ")[2].startswith(message)


WORDS = '( ) " “ - * ~ ~9 title: year: category: author: x:y NEAR AND OR NOT a bc'.split()
SIGNS = st.sampled_from([*WORDS, *" {^'+:\\\0😀深\ud800\u202e"])


@settings(max_examples=300)
@given(st.lists(SIGNS, max_size=20).map("".join) | st.text(max_size=40))
def test_anything_is_a_query_or_has_a_mistake_with_a_place(written: str) -> None:
    try:
        parse(written)
    except QueryError as error:
        (fault,) = error.faults
        assert 1 <= fault.place.column <= max(1, len(written))
