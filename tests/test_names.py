"""Who can be whom."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage import names
from papertriage.names import same_person, surname


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Chelsea Finn", "Chelsea Finn"),
        ("Chelsea Finn", "Finn, Chelsea"),
        ("Chelsea Finn", "C. Finn"),
        ("C. Finn", "Chelsea Finn"),
        ("Chelsea Finn", "CHELSEA FINN"),
        ("Chelsea Finn", "Chelsea B. Finn"),
        ("Geoffrey E. Hinton", "Geoffrey Hinton"),
        ("Finn", "Chelsea Finn"),
        ("Zeyuan Allen-Zhu", "Z. Allen-Zhu"),
        ("Zeyuan Allen-Zhu", "Zeyuan Allen Zhu"),
        ("Laurens van der Maaten", "Maaten, Laurens van der"),
        ("Laurens van der Maaten", "van der Maaten, L."),
        ("Yann LeCun", "Yann Le Cun"),
        ("Wei-Lin Chen", "W.-L. Chen"),
        ("Wei-Lin Chen", "Weilin Chen"),
        ("Martin King", "King, Martin L., Jr."),
        ("John Smith Jr.", "John Smith"),
        ("Paul Erdős", r"P. Erd\H{o}s"),
        ("Lukasz Kaiser", "Łukasz Kaiser"),
        ("Ivan Petrov", "Иван Петров"),
        ("王小明", "王 小明"),
        ("Xiaoming Wang", "Xiaoming Wang (王小明)"),
    ],
)
def test_names_that_can_be_one_person(wanted: str, name: str) -> None:
    assert same_person(wanted, name)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Chelsea Finn", "Carol Finn"),
        ("Chelsea Finn", "D. Finn"),
        ("Chelsea Finn", "Chelsea Finnegan"),
        ("Chelsea Finn", "Finn"),
        ("Geoffrey E. Hinton", "Geoffrey F. Hinton"),
        ("Wei Chen", "Wen Chen"),
        ("Wei-Lin Chen", "Wei Chen"),
        ("Zeyuan Allen-Zhu", "Zeyuan Zhu"),
        ("Laurens van der Maaten", "Laurens Maaten"),
        ("王小明", "王小红"),
        ("", ""),
        ("...", "..."),
    ],
)
def test_names_of_different_people(wanted: str, name: str) -> None:
    assert not same_person(wanted, name)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Chelsea Finn", "finn"),
        ("Maaten, Laurens van der", "van der maaten"),
        ("Zeyuan Allen-Zhu", "allenzhu"),
        ("Paul Erdős", "erdos"),
        ("王小明", "王小明"),
        ("", ""),
    ],
)
def test_the_surname_keeps_its_particles(name: str, family: str) -> None:
    assert surname(name) == family


NAMES = st.text("aAbBlLiI .,'-()", max_size=20) | st.sampled_from(["van der La", "La, A. van der", "Al-Bi", "Al Bi Jr"])


@given(NAMES, NAMES)
def test_a_name_that_is_ruled_out_at_a_glance_is_another_person(wanted: str, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "_PLAIN", re.compile("(?!)"))
        at_length = same_person(wanted, name)
    assert same_person(wanted, name) is at_length


@given(st.text(max_size=40))
def test_any_text_is_the_same_person_as_itself_if_it_has_a_surname(name: str) -> None:
    assert same_person(name, name) is bool(surname(name))
