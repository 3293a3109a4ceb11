"""Text out of JATS, MathML and HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.sources.markup import plain, plain_fragment
from papertriage.sources.xmlsafe import UnreadableXmlError, parse_xml

MATH = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">{}</mml:math>'


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain\n text", "plain text"),
        ("a < b and c > d", "a < b and c > d"),
        ("the <i>TERT</i> gene", "the TERT gene"),
        ("CO<sub>2</sub> at 10<sup>-3</sup> m", "CO₂ at 10⁻³ m"),
        ("p<sub>trend</sub> on the 1<sup>st</sup>", "ptrend on the 1st"),
        ("Learning &amp; Knowledge", "Learning & Knowledge"),
        ("Learning &amp;amp; Knowledge", "Learning & Knowledge"),
        ("caf&eacute; &#233; p &lt; 0.05", "café é p < 0.05"),
        ("&lt;p&gt;Escaped once more&lt;/p&gt;", "Escaped once more"),
        ("AT&T and <b>bold</b>", "AT&T and bold"),
        ("<jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One. Two."),
        ("<jats:title>Abstract</jats:title><jats:p>Text.</jats:p>", "Text."),
        ("<jats:sec><jats:title>Methods.</jats:title><jats:p>We</jats:p></jats:sec>", "Methods: We"),
        ("<jats:p>broken <jats:italic>markup</jats:p>", "broken markup"),
        ("<jats:alternatives><jats:tex-math>$\\alpha$</jats:tex-math></jats:alternatives>", "α"),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_fragment_becomes_text(raw: object, text: str | None) -> None:
    assert plain_fragment(raw) == text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup>", "x²"),
        ("<mml:msub><mml:mi>x</mml:mi><mml:mi>max</mml:mi></mml:msub>", "x_max"),
        (
            "<mml:msup><mml:mi>x</mml:mi><mml:mrow><mml:mi>n</mml:mi><mml:mo>/</mml:mo><mml:mn>2</mml:mn></mml:mrow></mml:msup>",
            "x^(n/2)",
        ),
        ("<mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac>", "a/b"),
        ("<mml:msqrt><mml:mn>2</mml:mn></mml:msqrt>", "√2"),
        ("<mml:mrow>\n <mml:mi>a</mml:mi>\n <mml:mtext> and </mml:mtext>\n <mml:mi>b</mml:mi></mml:mrow>", "a and b"),
        (
            "<mml:mmultiscripts><mml:mi>He</mml:mi><mml:mprescripts/><mml:none/><mml:mn>3</mml:mn></mml:mmultiscripts>",
            "³He",
        ),
        (
            "<mml:semantics><mml:mi>y</mml:mi><mml:annotation>\\gamma</mml:annotation></mml:semantics>",
            "y",
        ),
    ],
)
def test_a_formula_is_written_in_one_line(inner: str, text: str) -> None:
    assert plain_fragment(MATH.format(inner)) == text
    assert plain(parse_xml(f"<t>in {MATH.format(inner)} and</t>".encode())) == f"in {text} and"


def test_deep_nesting_keeps_the_text() -> None:
    assert plain_fragment("<i>" * 5_000 + "x" + "</i>" * 5_000) == "x"
    deep = MATH.format("<mml:mrow>" * 3_000 + "<mml:mi>x</mml:mi>" + "</mml:mrow>" * 3_000)
    assert plain_fragment(deep) == "x"


@given(st.text(alphabet="<>/&;:= \"'!?[]ab12\ud800é", max_size=80) | st.text(max_size=80))
def test_any_text_gives_text(raw: str) -> None:
    found = plain_fragment(raw)
    assert found is None or found == " ".join(found.split())


def test_a_doctype_that_only_names_a_definition_is_taken_where_that_is_allowed() -> None:
    named = b'<!DOCTYPE a PUBLIC "-//NLM//DTD" "https://dtd.example.org/a.dtd"><a/>'
    assert parse_xml(named, named_doctype=True).tag == "a"
    with pytest.raises(UnreadableXmlError, match="DOCTYPE"):
        parse_xml(named)
    for inner in ('<!ENTITY x "y">', '<!ENTITY x SYSTEM "file:///etc/hostname">'):
        body = f'<!DOCTYPE a SYSTEM "https://dtd.example.org/a.dtd" [{inner}]><a>&x;</a>'.encode()
        with pytest.raises(UnreadableXmlError, match="definitions"):
            parse_xml(body, named_doctype=True)
