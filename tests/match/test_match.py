"""Matching: what a term takes and what it must not take, and both ways of matching held together."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import Place
from papertriage.lexicon import load_lexicon
from papertriage.match.alike import alike, windows_at, word_of
from papertriage.match.expand import Expansion, expand, extend
from papertriage.match.find import find
from papertriage.match.hits import hits
from papertriage.match.matcher import Matcher
from papertriage.match.vocabulary import Vocabulary
from papertriage.model import Hit, Paper, Span
from papertriage.rules.terms import Author, Exclude, Near, Pattern, Phrase, Rules, Term, Topic
from papertriage.text import clean, tokens

LEXICON = load_lexicon()
PLACE = Place("rules.yaml", 3, 9)
DATA = Path(__file__).parents[1] / "data"


def term(look_for: str | tuple[str, ...], *, fuzzy: int | None = 80, within: int = 4, **fields: float) -> Term:
    """A phrase from a text, a proximity from a tuple of words."""
    if isinstance(look_for, str):
        what: Phrase | Near = Phrase(tokens(clean(look_for)))
    else:
        what = Near(tokens(clean(" ".join(look_for))), within)
    fields = fields or {"title": 3.0, "abstract": 1.0}
    return Term(label=str(look_for), look_for=what, weight=1.0, fuzzy=fuzzy, fields=fields, place=PLACE)


def regex(source: str) -> Term:
    what = Pattern(source)
    return Term(label=source, look_for=what, weight=1.0, fuzzy=80, fields={"title": 3.0}, place=PLACE)


def paper(title: str, abstract: str | None = None, **more: object) -> Paper:
    seen = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)
    day = dt.date(2026, 3, 2)
    return Paper(id="arxiv:2603.00001", title=title, abstract=abstract, day=day, first_seen=seen, **more)


def rules(*terms: Term) -> Rules:
    return Rules(file="rules.yaml", topics=(Topic(name="topic", place=PLACE, any=terms),))


def all_hits(ours: Rules, *papers: Paper) -> list[tuple[Hit, ...]]:
    """The hits of the definition, after checking that a matcher gives the same."""
    found = [hits(one, ours, LEXICON) for one in papers]
    matcher = Matcher(ours, LEXICON)
    assert [matcher.hits(one) for one in papers] == found
    return found


def look(one: Term | str | tuple[str, ...], title: str) -> list[Hit]:
    return list(all_hits(rules(one if isinstance(one, Term) else term(one)), paper(title))[0])


def vocabulary(keys: Iterable[str]) -> Vocabulary:
    return Vocabulary(LEXICON, keys)


def texts(one: Term | str | tuple[str, ...], title: str) -> list[str]:
    return [hit.text for hit in look(one, title)]


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("gan", "an organization"),
        ("supervised learning", "unsupervised learning"),
        ("regression", "the repression of genes"),
        ("causal", "casual users"),
        ("experiment", "our experience"),
        ("C", "written in C++ and C#"),
        ("C++", "a C compiler"),
        ("LLM", "an LLaMA"),
        ("RAG", "a ragged array"),
        ("GPT-4", "GPT-40 and GPT 3"),
        ("new", "the news"),
        ("unit", "the United States"),
        ("generation", "we generate on the fly"),
        ("evaluation", "We evaluate SISO in depth"),
        ("language model", "a language (ICVL) modelxyz"),
        ("tokenization", "the detokenization"),
        ("pretraining", "what came pre. Training began"),
        ("2026", "20 26"),
        ("pretraining", "pre trai nig"),
        ("pretraining", "the training"),
        ("pretraining", "pre straining"),
        ("interpretability", "interpretable itc"),
        ("overfitting", "over fighting"),
        ("continual pre-training", "pre-training that is continual"),
    ],
)
def test_different_words_are_not_taken(wanted: str, text: str) -> None:
    assert texts(wanted, text) == []


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ("gan", "A gan.", "gan"),
        ("LLM", "on LLMs", "LLMs"),
        ("LLMs", "an llm", "llm"),
        ("gpu", "GPUs", "GPUs"),
        ("tokenization", "tokenisation", "tokenisation"),
        ("tokenize", "Tokenising text", "Tokenising"),
        ("fibre", "optical fibers", "fibers"),
        ("haemoglobin", "hemoglobin", "hemoglobin"),
        ("oestrogen", "estrogens", "estrogens"),
        ("pre-training", "pretraining", "pretraining"),
        ("pre-training", "pre training", "pre training"),
        ("pre-training", "Pre\u2011training", "Pre\u2011training"),
        ("pretraining", "pre-training", "pre-training"),
        ("pretraining", "pre-trainig", "pre-trainig"),
        ("pretraining", "pre trai ning", "pre trai ning"),
        ("interpretability", "interp retability", "interp retability"),
        ("interpretability", "interpretabilty in", "interpretabilty"),
        ("electroencephalography", "electroencephalografy", "electroencephalografy"),
        ("nanoparticle", "nano partcle", "nano partcle"),
        ("nanoparticle", "nanopartt icle", "nanopartt icle"),
        ("embed", "embedding", "embedding"),
        ("continual pre-training", "continual pretrainig", "continual pretrainig"),
        ("continual pre-training", "con\u200btinual pre\u00adtraining", "con\u200btinual pre\u00adtraining"),
        ("Erdős", r"Paul Erd\H{o}s", "Erdős"),
        ("Erdos", "Paul Erdo\u030bs", "Erdős"),
        ("C++", "C++17 code", "C++"),
        ("強化学習", "深層強化学習", "強化学習"),
        ("트랜스포머", "새 트랜스포머", "트랜스포머"),
        ("experiment", "experiments", "experiments"),
        ("map", "mapping", "mapping"),
        ("study", "studied", "studied"),
        ("analysis", "two analyses", "analyses"),
        ("criterion", "the criteria", "criteria"),
        ("hypothesis", "hypotheses", "hypotheses"),
        ("matrix", "matrices", "matrices"),
        ("index", "indices", "indices"),
        ("language model", "large langauge models", "langauge models"),
        ("U-Net", "a UNet", "UNet"),
        ("CO2", "CO$_2$ capture", "CO_2"),
        ("model", "the model's size", "model"),
        ("three word term", "a threewordterm", "threewordterm"),
    ],
)
def test_forms_and_slips_of_a_word_are_taken(wanted: str, text: str, found: str) -> None:
    assert texts(wanted, text) == [found]


@pytest.mark.parametrize(
    ("wanted", "text", "kind", "similarity"),
    [
        ("language model", "Language Model", "exact", 100),
        ("language model", "language models", "inflection", 100),
        ("tokenization", "tokenisation", "spelling", 100),
        ("pre-training", "pretraining", "join", 100),
        ("pre-training", "pretrained", "join", 100),
        ("pre-training", "pretrainig", "fuzzy", 95.238095),
        # 9 letters of continual at 100, 11 of pre-training at 95.24
        ("continual pre-training", "continual pretrainig", "fuzzy", 97.380952),
    ],
)
def test_the_kind_is_the_least_exact_and_letters_weigh(wanted: str, text: str, kind: str, similarity: float) -> None:
    hit = look(wanted, text)[0]
    assert (hit.kind, hit.similarity) == (kind, pytest.approx(similarity))


def test_without_fuzzy_forms_and_joins_are_still_taken() -> None:
    exact = term("pre-training", fuzzy=None)
    assert texts(exact, "pretraining, pre-trained, pretrainig") == ["pretraining", "pre-trained"]


def test_of_overlapping_hits_the_most_similar_counts() -> None:
    assert texts("model model", "modle model model") == ["model model"]
    assert texts("tokenization", "tokenization tokeniz ation") == ["tokenization", "tokeniz ation"]


def test_composed_and_decomposed_text_give_the_same_hit() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Über naïve Modellierung") for form in ("NFC", "NFD"))
    for wanted in (composed, decomposed):
        assert look(wanted, composed)[0].text == look(wanted, decomposed)[0].text == composed


def test_a_proximity_takes_distinct_tokens_in_any_order() -> None:
    near = term(("learning", "curve"), within=2)
    assert texts(near, "learning the curve") == ["learning the curve"]
    assert texts(near, "the curve of our learning") == ["curve of our learning"]
    assert texts(near, "a curve of our own deep learning") == []
    assert texts(term(("model", "model")), "one model only") == []
    assert texts(term(("pretraining", "curve")), "curves of pre-training") == ["curves of pre-training"]
    assert look(near, "learning curves")[0].kind == "near"


def test_a_proximity_in_a_hostile_text_ends_soon() -> None:
    words = ("alpha", "beta", "gamma", "delta") * 2
    assert texts(term(words, within=50), "alpha beta gamma " * 300) == []


def test_a_regex_sees_plain_dashes_and_case() -> None:
    assert texts(regex(r"LLaMA-?\d"), "LLaMA\u20133 and llama-3, LLaMA2") == ["LLaMA\u20133", "LLaMA2"]
    assert texts(regex("x*"), "a xx \ud800") == ["xx"]
    assert texts(regex("é"), "caf\u00e9 \U0001f600 é") == ["é", "é"]


def test_hits_tell_role_field_and_place() -> None:
    topic = Topic(
        name="t", place=PLACE, any=(term("gan"),), all=(term("image"),), none=(term("audio"),),
        authors=(Author("Chelsea Finn", 1.0, PLACE),),
    )  # fmt: skip
    ours = Rules(
        file="rules.yaml", topics=(topic,), exclude=Exclude(any=(term("retracted"),)),
        follow=(Author("Ann Lee", 5.0, PLACE),),
    )  # fmt: skip
    one = paper("GANs", "Retracted image, audio", authors=("C. Finn", "Lee, Ann"))
    found = all_hits(ours, one)[0]
    assert [(hit.role, hit.topic, hit.field, hit.text, hit.kind) for hit in found] == [
        ("exclude", "", "abstract", "Retracted", "exact"),
        ("any", "t", "title", "GANs", "inflection"),
        ("all", "t", "abstract", "image", "exact"),
        ("none", "t", "abstract", "audio", "exact"),
        ("authors", "t", "authors", "C. Finn", "author"),
        ("follow", "", "authors", "Lee, Ann", "author"),
    ]
    assert found[1].span == Span(0, 4)
    assert found[1].place == PLACE


def test_a_term_looks_in_its_fields_only() -> None:
    ours = rules(term("workshop", comment=1.0, nowhere=1.0, categories=1.0))
    one = paper("workshop", comment="at a workshop", categories=("workshop",))
    assert [hit.field for hit in all_hits(ours, one)[0]] == ["comment"]


def test_an_expansion_is_a_plain_value_that_can_grow() -> None:
    one = term("continual pre-training")
    text = tokens("continual pretrainig of pre-trained models, pre trainig, con tinual pre trai ning")
    keys = sorted({token.key for token in text})
    whole = expand(one, vocabulary(keys))
    grown = expand(one, vocabulary(keys[::2]))
    grown = extend(grown, vocabulary(keys), vocabulary(keys[1::2]))
    stored = msgspec.json.decode(msgspec.json.encode(whole), type=Expansion)
    assert grown == whole == stored
    assert [(found.first, found.stop) for found in find(stored, text)] == [(0, 2), (8, 13)]


# -- both ways of matching ------------------------------------------------------------------------------------

PIECES = """
pre training pretraining pretrainig trained continual con tinual language langauge model models modelling
model's data set dataset datasets tokenization tokenisation to kenization token isation behaviour behavi oral
colour co lour fo etus fetus oestrogen estrogen o estrogen a e aesthetic esthetic an aes thetic haemoglobin
hemo globin ha emoglobin criteria criterion crit eria feet foot fe et GPT 4 GPT4 2 20 26 2026 LLM LLMs ll ms
C++ C# U Net UNet 深 層 学習 analyses analysis ana lyses in ter pretability interpretable itc the of unit united
judgement judg ment catalogue cata logs grey gr ay ph sulphur sulfur sul fur artefact arti fact zoo Erdős
Erdos generate on gener ation all
""".split()
SEPARATORS = st.sampled_from([" ", " ", " ", "-", ". ", ", ", "\u2011", "\u00ad", "\u200b", " (", "/", "! "])
WORDS = st.sampled_from(PIECES) | st.text("aeoulhpmnrstz", min_size=1, max_size=7)


@st.composite
def passages(draw: st.DrawFn, most: int = 14) -> str:
    words = draw(st.lists(WORDS, min_size=1, max_size=most))
    return "".join(word + draw(SEPARATORS) for word in words)


@st.composite
def some_terms(draw: st.DrawFn) -> Term:
    fuzzy = draw(st.sampled_from([None, 60, 80, 95]))
    if draw(st.booleans()):
        return term(draw(passages(most=3)), fuzzy=fuzzy)
    words = tuple(word for word in draw(st.lists(st.sampled_from(PIECES), min_size=2, max_size=3)) if word.isalnum())
    return term(words or ("model", "data"), fuzzy=fuzzy, within=draw(st.integers(0, 5)))


@given(
    st.lists(some_terms(), min_size=1, max_size=6), st.lists(st.tuples(passages(), passages()), min_size=1, max_size=3)
)
def test_a_matcher_gives_what_the_definition_gives(terms: list[Term], fields: list[tuple[str, str]]) -> None:
    all_hits(rules(*terms), *[paper(title, abstract) for title, abstract in fields])


@given(some_terms(), passages())
def test_hits_do_not_overlap_and_lie_in_the_text(one: Term, text: str) -> None:
    found = look(one, text)
    cleaned = clean(text)
    assert all(cleaned[hit.span.start : hit.span.end] == hit.text and 0 < hit.similarity <= 100 for hit in found)
    assert all(before.span.end <= after.span.start for before, after in pairwise(found))


@given(some_terms(), passages(most=6))
def test_an_expansion_has_what_is_alike_and_nothing_else(one: Term, text: str) -> None:
    here = tokens(clean(text))
    entries = {token.key for token in here}
    keys = [token.key for token in here]
    starts = {place for place, token in enumerate(here) if token.breaks}
    windows = {window for place in range(len(here)) for window in windows_at(keys, starts, place)}
    for part in expand(one, vocabulary(entries)).parts:
        expected = {entry: alike(part.word, entry, LEXICON) for entry in entries | windows}
        found = dict(part.entries)
        for first, more in part.windows.items():
            assert all(window.startswith(first + " ") for window in more)
            found.update((window, likeness) for window, likeness in more.items() if window in windows)
        assert found == {entry: likeness for entry, likeness in expected.items() if likeness}


@given(some_terms(), passages(), passages())
def test_a_vocabulary_that_grew_gives_what_it_gives_as_a_whole(one: Term, text: str, other: str) -> None:
    old, new = ({token.key for token in tokens(clean(some))} for some in (text, other))
    grown = extend(expand(one, vocabulary(old)), vocabulary(old | new), vocabulary(new - old))
    assert grown == expand(one, vocabulary(old | new))


@given(some_terms(), passages(), passages())
def test_a_hit_does_not_depend_on_what_else_the_vocabulary_holds(one: Term, text: str, other: str) -> None:
    here, more = tokens(clean(text)), tokens(clean(other))
    own = vocabulary(token.key for token in here)
    larger = vocabulary(token.key for token in (*here, *more))
    assert find(expand(one, own), here) == find(expand(one, larger), here)


# -- at large -------------------------------------------------------------------------------------------------


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_of_real_misspellings_95_in_100_are_taken() -> None:
    pairs = [line.split("\t") for line in _lines("misspellings.tsv")]
    taken = [alike(word_of(tokens(word), 80), slip, LEXICON) is not None for slip, word in pairs]
    assert len(taken) == 300
    assert sum(taken) >= 285


def test_frequent_words_do_not_take_other_frequent_words() -> None:
    words = _lines("frequent_words.txt")
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[0], []).append(word)
    taking = []
    for word in words:
        looked = word_of(tokens(word), 80)
        others = (alike(looked, other, LEXICON) for other in by_letter[word[0]])
        if any(one and one.kind == "fuzzy" for one in others):
            taking.append(word)
    assert len(taking) < 0.02 * len(words), taking
