"""Text as it is compared: cleaning, tokens, folding."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from papertriage.text import clean, fold, keys, title_key, tokens


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        (r"Erd\H{o}s", "Erdős"),
        (r"\'e {\'e} \'{e} {\'{e}}", "é é é é"),
        (r"na\"{\i}ve \c{c}a \v{c} \k{a} \r{a} \u{g} \.z \=a \~n \^o \`e", "naïve ça č ą å ğ ż ā ñ ô è"),
        (r"Wei\ss e {\L}ukasz \o \l \ae", "Weiße Łukasz øłæ"),
        (r"\'\i{} \'{\i}", "í í"),
        (r"$\alpha$-stable, $O(n \log n)$ and $x \leq 3$", "α-stable, O(n log n) and x ≤ 3"),
        (r"\textbf{bold \emph{both}} and {\bf old}", "bold both and old"),
        (r"\frac{a}{b} \frac12 $90^\circ$", "a/b 1/2 90°"),
        (r"5\% of \$10 \& a\_b \{x\}", "5% of $10 & a_b {x}"),
        ("costs $5 and $10", "costs $5 and $10"),
        ("US$ 5 M and US$ 10 M", "US$ 5 M and US$ 10 M"),
        ("$k$-means in $n$ steps", "k-means in n steps"),
        (r"Fig.~1, ~10x, http://x.edu/~bob", "Fig. 1, ~10x, http://x.edu/~bob"),
        (r"see \cite[p.~3]{foo} \href{http://x}{here}\footnote{ours}", "see hereours"),
        ("``quoted'' a---b 1--2", "“quoted” a—b 1–2"),
        (r"\begin{itemize}\item one\end{itemize}", "one"),
        (r"our \MethodName\ is", "our MethodName is"),
        ("p < 0.05 and x > 3", "p < 0.05 and x > 3"),
        ("a <b and c> d", "a <b and c> d"),
        ("H<sub>2</sub>O <i>in vivo</i><br/>x", "H2O in vivo x"),
        ("<jats:title>Abstract</jats:title><jats:p>We</jats:p>", "Abstract We"),
        ('<a href="x">link</a> <mml:mi>x</mml:mi>', "link x"),
        ("&lt;p&gt; A &amp;amp; B &#233; &notanentity; AT&T", "A & B é &notanentity; AT&T"),
        ("two\n lines\tand\u00a0 more ", "two lines and more"),
        ("e\u0301", "é"),
        ("keeps\u200b \u202e\x07", "keeps\u200b \u202e\x07"),
        ("", ""),
    ],
)
def test_a_raw_field_reads_as_a_person_reads_it(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pre-training, pre\u2011training", ["pre", "training", "pre", "training"]),
        ("soft\u00adhyphen zero\u200bwidth", ["soft", "hyphen", "zero", "width"]),
        ("C++ C# C++17 F#, CD4+ and A+", ["c++", "c#", "c++", "17", "f#", "cd4", "and", "a+"]),
        ("vision+language a_b 3.5 GPT-4", ["vision", "language", "a", "b", "3", "5", "gpt", "4"]),
        ("深層学習とデータ", list("深層学習とデータ")),
        ("か\u3099が", ["が", "が"]),
        ("Alzheimer's naïve Łódź Straße", ["alzheimer", "s", "naive", "lodz", "strasse"]),
        ("\ufb01ne ＡＢＣ x² 𝓛", ["fine", "abc", "x2", "l"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("Ελληνικά ΣΑΣ", ["ελληνικα", "σασ"]),
        ("x\u0304y", ["xy"]),
        ("한국어 처리", ["한국어", "처리"]),
        ("…—()", []),
    ],
)
def test_tokens_are_words_folded(text: str, found: list[str]) -> None:
    assert [token.key for token in tokens(unicodedata.normalize("NFC", text))] == found


def test_a_token_knows_its_place_and_whether_a_sentence_ended() -> None:
    text = "Pre. Training (e.g. 3.5)! Next 終。始"
    found = tokens(text)
    assert all(text[token.start : token.end] == token.form for token in found)
    assert [token.form for token in found if token.breaks] == ["Training", "3", "Next", "始"]


def test_titles_that_read_the_same_have_one_key() -> None:
    assert (
        title_key(r"Pre--Training of \textbf{LLMs}: $\alpha$")
        == title_key("pre-training of LLMs α")
        == "pre training of llms α"
    )


PLAIN = ["word", "naive", "model", "x", "7", " ", " ", " ", ", ", "``", "--", "---"]
ACCENTS = [
    r"\'e",
    r"\'{e}",
    r"\"{o}",
    r"\H{o}",
    r"\v{c}",
    r"\c{c}",
    r"\~{n}",
    r"\^{o}",
    r"\`{a}",
    r"\k{a}",
    r"\u{g}",
    r"\'{\i}",
]
LETTERS = [r"\r{a}", r"{\ss}", r"{\o}", r"{\l}", r"{\L}", r"{\ae}", r"{\aa}", r"\%", r"\&", r"\_", r"\#"]
MATH = [r"$\alpha$", r"$\beta_1$", r"$\Omega$", r"$x \times y$", r"$a \leq b$", r"$\infty$", r"$x^2$"]
MARKUP = [r"\textbf{bold}", r"\emph{it}", r"\textit{a \textbf{b}}"]
SANE = st.lists(st.sampled_from(PLAIN + ACCENTS + LETTERS + MATH + MARKUP), max_size=12).map("".join)


@given(SANE)
@settings(max_examples=200, deadline=None)
def test_on_sane_latex_we_read_what_pylatexenc_reads(raw: str) -> None:
    theirs = LatexNodes2Text(math_mode="text").latex_to_text(raw)
    assert [token.key for token in tokens(clean(raw))] == [token.key for token in tokens(clean(theirs))]


NOISE = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "\\",
            "{",
            "}",
            "$",
            "<",
            ">",
            "&",
            ";",
            "~",
            "'",
            "`",
            '"',
            "^",
            "frac",
            "H",
            "b",
            "p ",
            "amp",
            "-",
            "a",
            " ",
            "é",
        ]
    ),
    max_size=40,
).map("".join)


@given(NOISE)
@settings(max_examples=300, deadline=None)
def test_any_text_is_cleaned_and_cut(raw: str) -> None:
    cleaned = clean(raw)
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    found = tokens(cleaned)
    assert all(cleaned[token.start : token.end] == token.form and token.key for token in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert not any(sign.isspace() for token in found for sign in token.key)
    assert keys(cleaned) == [token.key for token in found]


@given(st.text(max_size=12))
def test_folding_twice_changes_nothing(word: str) -> None:
    if word:
        assert fold(fold(word)) == fold(word)


@given(st.text(max_size=40))
def test_composed_and_decomposed_text_have_the_same_keys(raw: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, raw) for form in ("NFC", "NFD"))
    assert title_key(composed) == title_key(decomposed)


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "}",
        "\\",
        "$",
        "<",
        "&",
        "~",
        "\\'",
        "\\frac{",
        "\\cite[",
        "<p ",
        "<p a=",
        '<p a="',
        "&amp;",
        "\\H{",
        "$5 ",
        "&#",
        "^",
        "か\u3099",
        "\u0301",
        "a\u0301",
        "C+",
        ". ",
    ],
)
def test_cleaning_takes_linear_time(piece: str) -> None:
    raw = piece * (100_000 // len(piece))
    start = time.process_time()
    tokens(clean(raw))
    assert time.process_time() - start < 2
