"""Whatever a service sends in a field, a record is read or counted, and can be written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertriage.model import Observation
from papertriage.sources import biorxiv, crossref, dblp, openalex, openreview, semantic_scholar
from papertriage.sources.walk import UnreadableReplyError

NOW = dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-10, 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["NA", "10.1000/x", "2026-08-19", "2608.00001", "https://arxiv.org/abs/2608.00001", "\ud800<i>"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "text", "id", "value", "doi", "date-parts", "url", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)

RECORDS: dict[str, tuple[Callable[..., Observation | str], Callable[..., Any], dict[str, Any], str]] = {
    "biorxiv": (
        biorxiv.observation, biorxiv.parse, {"doi": "10.1101/2026.01.01.000001", "title": "T"},
        "authors date version category published abstract server funder license author_corresponding_institution",
    ),
    "crossref": (
        crossref.observation, crossref.parse, {"DOI": "10.1000/x", "title": ["T"]},
        "subtitle author editor abstract container-title issued relation subject is-referenced-by-count ISSN type",
    ),
    "openalex": (
        openalex.observation, openalex.parse, {"id": "https://openalex.org/W5000", "title": "T"},
        "doi ids publication_date primary_location locations authorships topics abstract_inverted_index",
    ),
    "semantic_scholar": (
        semantic_scholar.observation, semantic_scholar.parse, {"paperId": "a" * 40, "title": "T"},
        "externalIds url venue journal year publicationDate citationCount openAccessPdf fieldsOfStudy authors abstract",
    ),
    "openreview": (
        openreview.observation, openreview.parse, {"id": "abcDEF_1", "content": {"title": {"value": "T"}}},
        "cdate odate pdate mdate number forum",
    ),
    "dblp": (
        dblp.observation, dblp.parse, {"key": "conf/x/Y26", "title": "T"},
        "authors venue year type doi ee url",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=60)
@given(data=st.data())
def test_any_value_in_any_field_gives_a_record_that_can_be_written(name: str, data: st.DataObject) -> None:
    read, _, record, keys = RECORDS[name]
    changed = data.draw(st.dictionaries(st.sampled_from(keys.split()), VALUES, min_size=1, max_size=4))
    found = read({**record, **changed}, seen=NOW)
    if isinstance(found, Observation):
        msgspec.json.encode(found)
        assert found.title.startswith("T")


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=40)
@given(
    reply=st.dictionaries(
        st.sampled_from("messages collection status message meta results data notes result".split()), VALUES
    )
)
def test_any_reply_is_read_or_refused(name: str, reply: dict[str, Any]) -> None:
    body = json.dumps(reply).encode()
    try:
        page = RECORDS[name][1](body, seen=NOW)
    except UnreadableReplyError:
        return
    msgspec.json.encode([*page.observations, *page.skipped])
