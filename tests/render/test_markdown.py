"""The reading list in Markdown: useful, and inert whatever a title says."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import html5lib
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from papertriage.model import Listed, State
from papertriage.render.kept import carried_over
from papertriage.render.markdown import escape, markdown
from papertriage.render.terminal import visible

# What a reading list is made of; an attribute's values are looked at one by one.
ALLOWED = {
    "html": set(),
    "head": set(),
    "body": set(),
    "h1": set(),
    "h2": set(),
    "p": set(),
    "ul": set(),
    "li": set(),
    "strong": set(),
    "code": set(),
    "blockquote": set(),
    "a": {"href"},
}


def renderings(text: str) -> list[str]:
    """Render as CommonMark with raw HTML, and with tables and strike-through as GitHub has them."""
    return [
        MarkdownIt("commonmark", {"html": True}).render(text),
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text),
    ]


def elements(rendered: str) -> list[tuple[str, dict[str, str], str]]:
    tree = html5lib.parse(rendered, namespaceHTMLElements=False)
    return [
        (node.tag, dict(node.attrib), "".join(node.itertext())) for node in tree.iter() if isinstance(node.tag, str)
    ]


def check_inert(listed: Listed) -> None:
    """Check that a list of one paper has one paper's elements and no others."""
    for rendered in renderings(markdown(listed)):
        found = elements(rendered)
        for tag, attributes, _ in found:
            assert tag in ALLOWED, (tag, rendered)
            assert set(attributes) <= ALLOWED[tag]
            if tag == "a":
                assert re.match(r"https?://", attributes["href"])
        counts = {tag: [name for name, _, _ in found].count(tag) for tag in ALLOWED}
        assert counts["h1"] == 1
        assert counts["h2"] == 1
        assert counts["ul"] <= 2
        assert counts["a"] <= 1
        assert counts["strong"] == 1
        assert counts["blockquote"] <= 1


def test_a_reading_list(sample: Listed, golden: Callable[[str, str], None]) -> None:
    golden("reading-list.md", markdown(sample))


@pytest.mark.parametrize("group", ["terminal", "markup", "titles", "links", "ids"])
def test_nothing_live_comes_from_input(hostile: dict[str, list[str]], make: SimpleNamespace, group: str) -> None:
    for payload in hostile[group]:
        listed = make.hostile(payload)
        check_inert(listed)
        text = markdown(listed)
        assert all(sign == "\n" or sign.isprintable() for sign in text), payload


NASTY = st.text(
    st.sampled_from("ab <>[]()!`*_~#|\\&;:/.@$-=+1\"'{}^\n\t\r\x1b\u202e\u2028") | st.characters(), max_size=40
)


@given(NASTY)
def test_any_text_is_inert_and_shown_letter_by_letter(make: SimpleNamespace, text: str) -> None:
    check_inert(make.hostile(text))
    shown = " ".join(visible(text).split())
    for rendered in renderings(f"- x{escape(text)}x"):
        item = next(content for tag, _, content in elements(rendered) if tag == "li")
        assert "".join(item.split()) == "x" + "".join(shown.split()) + "x"


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example/x now",
        "www.evil.example",
        "mail me@evil.example",
        "mailto:x@y.z",
        ":smile:",
        "ftp://a.b",
    ],
)
def test_addresses_that_extensions_make_live_stand_in_code(text: str) -> None:
    word = next(word for word in text.split() if any(sign in word for sign in ":@.") and word != "now")
    assert f"`{word}`" in escape(text)


def test_a_heading_of_a_topic_is_its_name(make: SimpleNamespace) -> None:
    line = make.line([make.hit("A title", "title", topic="c# and <f#> #")], 1.0)
    for rendered in renderings(markdown(make.listed([(make.paper(), make.score([line]))]))):
        assert [content for tag, _, content in elements(rendered) if tag == "h2"] == ["c# and <f#> #"]


def test_a_paper_stands_under_its_best_topic_only(sample: Listed) -> None:
    text = markdown(sample)
    assert text.count("arxiv:2510.01265") == 1
    assert text.index("## continual-pretraining") < text.index("arxiv:2510.01265") < text.index("## scaling-laws")
    assert "also scaling-laws" in text


def test_read_papers_are_ticked_and_notes_kept(make: SimpleNamespace) -> None:
    listed = make.listed([(make.paper(), make.score())])
    row = msgspec.structs.replace(listed.rows[0], state="read", note="see *section* 3")
    text = markdown(msgspec.structs.replace(listed, rows=(row,)))
    assert "- [x] **A title**" in text
    assert "  - Note: see \\*section\\* 3" in text


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("star", "- [ ] ★ **A title** — 2025-11-24, "),
        ("later", "- [ ] **A title** — for later, 2025-11-24, "),
        ("skip", "- [ ] **A title** — skipped, 2025-11-24, "),
    ],
)
def test_what_was_decided_is_said_and_known_again(make: SimpleNamespace, state: State, line: str) -> None:
    listed = make.listed([(make.paper(), make.score())])
    row = msgspec.structs.replace(listed.rows[0], state=state, note="two\nlines")
    text = markdown(msgspec.structs.replace(listed, rows=(row,)))
    assert line in text
    assert "  - Note: two lines <!-- decision -->" in text
    ticked = text.replace("[ ]", "[x]")
    assert carried_over(ticked, text) == ticked


@given(st.text(st.characters()))
def test_the_id_in_the_comment_cannot_end_it(make: SimpleNamespace, identity: str) -> None:
    text = markdown(make.listed([(make.paper(id=identity), make.score())]))
    line = next(line for line in text.split("\n") if line.startswith("- ["))
    assert re.fullmatch(r"- \[ \] \*\*A title\*\* — 2025-11-24, hf-daily <!-- \S* -->", line)


def test_a_link_with_parentheses_goes_where_it_says(make: SimpleNamespace) -> None:
    paper = make.paper(urls={"page": "https://doi.org/10.1016/S0140-6736(20)30183-5?a=1&copy=2"})
    for rendered in renderings(markdown(make.listed([(paper, make.score())]))):
        links = [attributes["href"] for tag, attributes, _ in elements(rendered) if tag == "a"]
        assert links == ["https://doi.org/10.1016/S0140-6736%2820%2930183-5?a=1&copy=2"]
