"""Which words are known, and which are forms of one word."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertriage.lexicon import _PLAIN, WORDS_FILE, forms, load_lexicon, same_word, stem
from papertriage.spelling import american
from papertriage.text import fold

WORDS = WORDS_FILE.read_text(encoding="ascii").split("\n")[1:-1]


@pytest.mark.parametrize("word", ["regression", "repression", "causal", "tokenization", "behaviour", "llm", "a", "zoo"])
def test_words_of_english_and_of_abstracts_are_known(word: str) -> None:
    assert load_lexicon().known(word)


@pytest.mark.parametrize(
    "word", ["langauge", "avaliable", "pretrainig", "homogenious", "corelation", "", "α", "4", " "]
)
def test_misspellings_are_not_known_even_frequent_ones(word: str) -> None:
    assert not load_lexicon().known(word)


def test_the_list_is_sorted_folded_and_without_repetition() -> None:
    assert sorted(set(WORDS)) == WORDS
    assert all(fold(word) == word for word in WORDS)
    assert load_lexicon().version == "1"


def test_the_stemmer_is_loaded_only_when_a_form_is_in_question() -> None:
    code = (
        "import sys, papertriage.lexicon as l\n"
        "assert not l.load_lexicon().known('zzzz')\n"
        "assert not l.same_word('regression', 'repression')\n"
        "assert 'transformers' in l.forms('transformer')\n"
        "assert 'snowballstemmer' not in sys.modules\n"
        "assert l.same_word('map', 'mapping')\n"
        "assert 'snowballstemmer' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("model", "models"), ("process", "processes"), ("policy", "policies"), ("train", "training"),
        ("training", "trained"), ("use", "using"), ("map", "mapped"), ("embedding", "embeddings"),
        ("study", "studied"), ("analysis", "analyses"), ("basis", "bases"), ("criterion", "criteria"),
        ("phenomenon", "phenomena"), ("matrix", "matrices"), ("index", "indices"), ("hypothesis", "hypotheses"),
        ("corpus", "corpora"), ("llm", "llms"), ("gpu", "gpus"), ("1990", "1990s"),
    ],
)  # fmt: skip
def test_inflections(one: str, other: str) -> None:
    assert same_word(one, other) == same_word(other, one) == "inflection"


@pytest.mark.parametrize(
    ("british", "us"),
    [
        ("tokenisation", "tokenization"), ("generalise", "generalizes"), ("behaviour", "behavior"),
        ("neighbouring", "neighboring"), ("fibre", "fibers"), ("kilometre", "kilometer"), ("centred", "centered"),
        ("catalogue", "catalogs"), ("analyse", "analyzing"), ("modelling", "modeling"), ("labelled", "labeled"),
        ("haematology", "hematology"), ("anaemia", "anemia"), ("leukaemia", "leukemia"), ("paediatric", "pediatric"),
        ("oestrogen", "estrogen"), ("oedema", "edema"), ("foetus", "fetus"), ("defence", "defense"),
        ("practise", "practice"), ("fulfilment", "fulfillment"), ("manoeuvring", "maneuvering"), ("grey", "gray"),
        ("sulphur", "sulfur"), ("artefact", "artifact"), ("programme", "program"), ("sceptical", "skeptical"),
    ],
)  # fmt: skip
def test_british_and_american_spelling(british: str, us: str) -> None:
    assert same_word(british, us) == same_word(us, british) == "spelling"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("experiment", "experience"), ("organ", "organization"), ("universe", "university"), ("general", "generate"),
        ("new", "news"), ("it", "its"), ("len", "lens"), ("unit", "united"), ("planing", "planning"),
        ("filling", "filing"), ("tiling", "tilling"), ("hoping", "hopping"), ("four", "for"), ("tour", "tor"),
        ("prise", "prize"), ("michael", "michel"), ("timbre", "timber"), ("acre", "acer"), ("transform", "transformer"),
        ("scared", "scarred"), ("los", "loss"), ("sing", "s"),
    ],
)  # fmt: skip
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert same_word(one, other) is None


def test_no_two_words_of_the_list_are_joined_by_american_spelling_but_spellings_of_one() -> None:
    groups: dict[str, list[str]] = {}
    for word in WORDS:
        groups.setdefault(american(word), []).append(word)
    apart = {"story", "storey", "meter", "metre", "draft", "draught"}
    for us, words in groups.items():
        assert len(words) < 4, (us, words)
        assert not apart.issuperset(words) or len(words) == 1 or set(words) == {"meter", "metre"}


@pytest.mark.parametrize(
    ("key", "some"),
    [
        ("train", {"train", "trains", "trained", "training", "trainings"}),
        ("training", {"train", "trains", "trained", "training", "trainings"}),
        ("tokenize", {"tokenise", "tokenised", "tokenising", "tokenizes", "tokenizing"}),
        ("haemolyse", {"hemolyze", "haemolyze", "hemolyse", "haemolysing", "hemolyzed"}),
        ("modelled", {"model", "models", "modeled", "modeling", "modelling", "modelled"}),
        ("matrices", {"matrix", "matrixes"}), ("analysis", {"analyses"}), ("criterion", {"criteria", "criterions"}),
        ("study", {"studies", "studied", "studying"}), ("map", {"maps", "mapped", "mapping", "mappings"}),
        ("embed", {"embeds", "embedded", "embedding", "embeddings"}), ("lens", {"lenses"}), ("seed", {"seeded"}),
        ("manoeuvring", {"maneuver", "maneuvering", "manoeuvre", "manoeuvred"}), ("kbs", {"kb"}),
    ],
)  # fmt: skip
def test_all_forms_of_a_word_are_enumerated(key: str, some: set[str]) -> None:
    assert some <= forms(key).keys()


@given(st.sampled_from(WORDS))
@settings(max_examples=200)
def test_each_form_is_the_same_word_in_the_way_that_is_told(word: str) -> None:
    found = forms(word)
    assert found[word] == "exact"
    assert all(same_word(word, other) == same for other, same in found.items())


@given(st.sampled_from(WORDS), st.sampled_from(["", "s", "es", "ed", "d", "ing", "ings", "er"]))
@settings(max_examples=300)
def test_a_word_of_the_list_that_is_the_same_is_among_the_forms(word: str, ending: str) -> None:
    other = american(word + ending)
    if load_lexicon().known(other) and same_word(word, other):
        assert other in forms(word)


def test_where_the_stemmer_is_not_asked_it_would_agree() -> None:
    for word in filter(_PLAIN.fullmatch, WORDS[::50]):
        start, past = word.removesuffix("e"), word[:-1] + "i" if word.endswith("y") else word.removesuffix("e")
        assert {stem(start + "ing"), stem(start + "ings"), stem(past + "ed"), stem(word + "s")} == {stem(word)}


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_texts_compare_the_same_both_ways(one: str, other: str) -> None:
    assert same_word(one, other) == same_word(other, one)
    assert same_word(one, one) == "exact"
