"""Whatever a listing service says, every format is safe to print."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from papertriage.render.base import FORMATS, Look, render
from papertriage.render.paper import paper_json, paper_text
from papertriage.render.reason import reason_json, reason_text
from papertriage.render.table import svg

JOINING = set("\u200c\u200d\ufe0e\ufe0f")


def unsafe(text: str, allowed: str = "\n") -> list[str]:
    return [sign for sign in text if not sign.isprintable() and sign not in allowed and sign not in JOINING]


@given(
    text=st.text(st.characters() | st.sampled_from("\x1b\x9b\u202e\u200d\ufe0f\u2028\r\n[]\\<>&\"'"), max_size=40),
    width=st.none() | st.integers(1, 300),
    ascii_only=st.booleans(),
)
def test_any_text_in_any_field_is_safe_in_every_format(
    make: SimpleNamespace, text: str, width: int | None, *, ascii_only: bool
) -> None:
    listed = make.hostile(text)
    look = Look(width=width, ascii_only=ascii_only)
    for name in FORMATS:
        made = render(listed, name, look)
        made.encode()
        assert not unsafe(made, {"csv": "\r\n", "tsv": "\t\n"}.get(name, "\n")), name
        assert "\u202e" not in made
    row = listed.rows[0]
    told = [
        render(listed, "table", look),
        reason_text(row, make.verdict(row), width=width, ascii_only=ascii_only),
        paper_text(row.paper, width=width, ascii_only=ascii_only, provenance=True, state=row.state, note=row.note),
    ]
    for made in told:
        assert not unsafe(made)
        assert made.isascii() or not ascii_only
    assert not unsafe(reason_json(row, make.verdict(row)) + paper_json(row.paper, note=text))


@settings(max_examples=20)
@given(text=st.text(st.characters(), max_size=40))
def test_any_text_makes_a_picture_that_is_xml(make: SimpleNamespace, text: str) -> None:
    ET.fromstring(svg(make.hostile(text), width=60, title=text))
