"""Remote text is shown, never obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.render.terminal import hidden, visible, web_link


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text", "plain text"),
        ("Erdős 深層 क्षेत्र 👍", "Erdős 深層 क्षेत्र 👍"),
        ("A\x1b[31mB", "A␛[31mB"),
        ("A\x07\x08\x7fB", "A␇␈␡B"),
        ("A\x9b31mB", "A\\u009b31mB"),
        ("abc\u202edef", "abc\\u202edef"),
        ("ab\u200bcd\ufeff", "ab\\u200bcd\\ufeff"),
        ("A\U000e0041B", "A\\U000e0041B"),
        ("A\ud800B", "A\\ud800B"),
        ("one\nrow\tonly\r", "one␊row␉only␍"),
        ("one\u2028row\u0085only", "one\\u2028row\\u0085only"),
        ("a\u00a0b\u3000c", "a b c"),
        ("soft\u00adhyphen", "soft\\u00adhyphen"),
        ("\u3164filler", "\\u3164filler"),
    ],
)
def test_what_acts_or_hides_is_shown_by_a_stand_in(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@pytest.mark.parametrize("text", ["می‌خواهم", "क्‍ष", "👩‍🔬", "❤️‍🔥", "1️⃣"])
def test_joiners_and_selectors_stay_where_a_script_or_an_emoji_uses_them(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("text", ["a\u200db", "a\u200c", "\u200dक", "a\ufe0f", "❤\ufe0f\ufe0f", "क\u200d\u200dष"])
def test_joiners_and_selectors_elsewhere_are_spelled(text: str) -> None:
    assert "\\u" in visible(text)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Erdős", "Erdos"),
        ("naïve “quotes” …", 'naive "quotes" ...'),
        ("a\x1bb", "a\\u001bb"),
        ("a\u202eb", "a\\u202eb"),
    ],
)
def test_an_ascii_terminal_gets_a_transliteration(raw: str, shown: str) -> None:
    assert visible(raw, ascii_only=True) == shown


@given(st.text(st.characters()))
def test_any_text_becomes_one_safe_line(text: str) -> None:
    shown = visible(text)
    kept = {"\u200c", "\u200d", "\ufe0e", "\ufe0f"}
    assert not [sign for sign in shown if hidden(sign) and sign not in kept]
    assert shown.isprintable() or kept & set(shown)
    shown.encode()
    ascii_shown = visible(text, ascii_only=True)
    assert ascii_shown.isascii()
    assert ascii_shown.isprintable()


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Zs", "Mn", "Lo"))))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://arxiv.org/abs/2510.01265", "https://arxiv.org/abs/2510.01265"),
        (" http://a.example:8080/x?q=1#f ", "http://a.example:8080/x?q=1#f"),
        ('https://a.example/é\x1b]\\<>"', "https://a.example/%C3%A9%1B]%5C%3C%3E%22"),
        ("https://a.example/%20", "https://a.example/%20"),
        ("http://[::1]/", "http://[::1]/"),
        ("https://a.example/\ud800", None),
        ("javascript:alert(1)", None),
        ("data:text/html;base64,PHNjcmlwdD4=", None),
        ("file:///etc/passwd", None),
        ("ftp://a.example/x", None),
        ("http://a.example) <script>x</script>(", None),
        ("https://user:pw@a.example/", None),
        ("https://ä.example/", None),
        ("https://a.example\n.evil.example/", None),
        ("https://", None),
        ("", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_only_web_addresses_become_links_and_are_percent_encoded(address: str, link: str | None) -> None:
    assert web_link(address) == link


@given(st.text(st.characters()))
def test_no_link_carries_a_sign_that_could_end_it(text: str) -> None:
    link = web_link("https://a.example/" + text)
    assert link is None or (link.isascii() and link.isprintable() and not set(link) & set(' "<>\\`{}|^'))
