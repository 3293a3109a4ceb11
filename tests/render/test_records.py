"""The list for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import UsageError
from papertriage.model import Listed
from papertriage.render import records
from papertriage.render.base import FORMATS, LIST_FORMATS, Look, render
from papertriage.render.records import to_json

NAMED = {
    "rank",
    "id",
    "title",
    "authors",
    "abstract",
    "published",
    "announced",
    "categories",
    "url",
    "sources",
    "signals",
    "score",
    "topics",
    "hits",
    "state",
}


@pytest.mark.parametrize("name", ["json", "jsonl", "tsv", "csv", "ids"])
def test_what_programs_read_changes_only_on_purpose(
    sample: Listed, golden: Callable[[str, str], None], name: str
) -> None:
    golden(f"list.{name}", render(sample, name))


def test_a_json_line_has_the_promised_fields_even_when_empty(sample: Listed, make: SimpleNamespace) -> None:
    bare = make.listed([(make.paper(), make.score())])
    for listed in (sample, bare):
        for text in render(listed, "jsonl").splitlines():
            assert set(json.loads(text)) >= NAMED
    row = json.loads(render(bare, "jsonl"))
    assert row["abstract"] is None
    assert row["hits"] == []
    assert "venue" not in row


def test_hits_index_the_text_beside_them(sample: Listed) -> None:
    seen = 0
    for text in render(sample, "jsonl").splitlines():
        row = json.loads(text)
        for hit in row["hits"]:
            assert set(hit) >= {"topic", "term", "field", "text", "similarity"}
            assert row[hit["field"]][hit["start"] : hit["end"]] == hit["text"]
            seen += 1
    assert seen == 8


def test_json_is_one_object_with_a_version(sample: Listed) -> None:
    whole = json.loads(render(sample, "json"))
    assert whole["version"] == 1
    assert whole["as_of"] == "2025-11-24"
    assert [paper["rank"] for paper in whole["papers"]] == [1, 2, 3, 4]
    assert whole["left_out"]["excluded"] == 2


@pytest.mark.parametrize("group", ["terminal", "markup", "titles", "links", "ids"])
@pytest.mark.parametrize("name", ["json", "jsonl", "tsv", "csv", "ids"])
def test_hostile_text_is_safe_to_print(
    hostile: dict[str, list[str]], make: SimpleNamespace, group: str, name: str
) -> None:
    for payload in hostile[group]:
        text = (
            render(make.hostile(payload), name).replace("\r\n", "\n")
            if name == "csv"
            else render(make.hostile(payload), name)
        )
        allowed = {"\n", "\t"} if name == "tsv" else {"\n"}
        assert all(sign.isprintable() or sign in allowed for sign in text), payload
        text.encode()
        if name in ("jsonl", "ids"):
            assert text.count("\n") == 1


@given(st.text(st.characters()))
def test_json_says_what_it_was_given(text: str) -> None:
    written = to_json([text])
    assert written.isprintable()
    half_replaced = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    assert json.loads(written) == [half_replaced]
    assert msgspec.json.decode(written) == [half_replaced]


def test_json_has_no_numbers_that_json_does_not_know() -> None:
    assert to_json({"a": float("nan"), "b": [float("inf"), 1.5]}) == '{"a": null, "b": [null, 1.5]}'


@given(title=st.text(st.characters()), name=st.text(st.characters()))
def test_tsv_has_as_many_cells_as_columns(make: SimpleNamespace, title: str, name: str) -> None:
    rows = render(make.listed([(make.paper(title, authors=(name, name)), make.score())]), "tsv").split("\n")
    assert len(rows) == 3
    assert rows[0].count("\t") == rows[1].count("\t")


@given(title=st.text(st.characters(), min_size=1), name=st.text(st.characters()))
def test_csv_reads_back_row_by_row(make: SimpleNamespace, title: str, name: str) -> None:
    text = render(make.listed([(make.paper(title, authors=(name,)), make.score())]), "csv")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("x")', "\0=1", "＝1"])
def test_a_spreadsheet_runs_no_cell(make: SimpleNamespace, title: str) -> None:
    text = render(make.listed([(make.paper(title, id=title), make.score())]), "csv")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["title"].startswith("'")
    assert row["id"].startswith("'")


def test_a_negative_score_stays_a_number(make: SimpleNamespace) -> None:
    listed = make.listed([(make.paper(), make.score([make.line([make.hit("A title", "title")], -1.5)]))])
    assert next(csv.DictReader(io.StringIO(records.csv(listed))))["score"] == "-1.50"


def test_an_unknown_format_is_told_with_those_there_are(make: SimpleNamespace) -> None:
    with pytest.raises(UsageError, match=r"no format “xml”.*There are: table, markdown"):
        render(make.listed([]), "xml")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_an_empty_list(make: SimpleNamespace, name: str) -> None:
    text = render(make.listed([]), name, Look(width=80))
    assert text == "" or text.endswith("\n")
    assert name in FORMATS
    assert set(LIST_FORMATS) <= set(FORMATS)
