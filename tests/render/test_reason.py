"""The ledger of a score."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from papertriage.errors import Place
from papertriage.model import Listed
from papertriage.render.reason import reason_json, reason_text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_ledger_of_a_score(
    sample: Listed, make: SimpleNamespace, golden: Callable[[str, str], None], width: int
) -> None:
    golden(f"why-{width}.txt", reason_text(sample.rows[0], make.verdict(sample.rows[0]), width=width))


def test_the_ledger_in_ascii_and_in_colour(
    sample: Listed, make: SimpleNamespace, golden: Callable[[str, str], None]
) -> None:
    row = sample.rows[0]
    verdict = make.verdict(row)
    golden("why-80-ascii.txt", reason_text(row, verdict, width=80, ascii_only=True))
    golden("why-80-color.txt", reason_text(row, verdict, width=80, color=True))


def test_matches_are_marked_by_style_where_there_is_colour(sample: Listed, make: SimpleNamespace) -> None:
    text = reason_text(sample.rows[0], make.verdict(sample.rows[0]), width=120, color=True)
    assert "We study \x1b[1;35mcontinual pretrainig\x1b[0m of LLMs" in text
    assert "«" not in text


@pytest.mark.parametrize("width", [None, 40, 80, 120])
def test_the_printed_lines_add_up_to_the_printed_score(
    sample: Listed, make: SimpleNamespace, width: int | None
) -> None:
    for row in sample.rows:
        text = reason_text(row, make.verdict(row), width=width)
        above, below = text.split("------\n")
        points = re.findall(r"^ *(-?\d+\.\d\d)  ", above, re.MULTILINE)
        assert len(points) == len(row.score.lines)
        total = re.match(r" *(-?\d+\.\d\d)  score", below)
        assert total is not None
        assert sum(map(Decimal, points)) == Decimal(total[1])


def test_every_line_names_its_rule(sample: Listed, make: SimpleNamespace) -> None:
    text = reason_text(sample.rows[0], make.verdict(sample.rows[0]))
    assert re.search(r"6\.00  continual-pretraining .* title .* 2 × 1 × 3 × 1 × 1 .* rules\.yaml:12\n", text)
    assert re.search(r"2\.43  signal .* upvotes .* rules\.yaml:41\n", text)


def test_a_paper_that_is_out_is_told_what_put_it_out(make: SimpleNamespace) -> None:
    title = "Retraction notice: A title"
    hits = (make.hit(title, "Retraction notice", topic="", role="exclude"),)
    score = make.score(
        hits=hits, excluded="Excluded by the term “retraction notice” (rules.yaml:4:9).", below="No topic."
    )
    listed = make.listed([(make.paper(title), score)])
    text = reason_text(listed.rows[0], make.verdict(listed.rows[0]))
    assert "\nNot listed. Excluded by the term “retraction notice” (rules.yaml:4:9).\n" in text
    assert "Found, but not counted:\n  exclude  retraction notice  title  rules.yaml:12\n" in text
    assert "«Retraction notice»: A title" in text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "\nListed. It is number 1 of 12 papers from 2025-11-22 to 2025-11-24.\n"),
        ({"since": dt.date(2025, 11, 24), "of": 1}, "\nListed. It is number 1 of 1 paper of 2025-11-24.\n"),
        ({"since": None}, "\nListed. It is number 1 of 12 papers up to 2025-11-24.\n"),
        ({"rank": 63, "of": 120}, "\nNot listed. It is number 63 of 120, past the limit of 50.\n"),
        (
            {"as_of": dt.date(2025, 11, 23)},
            "\nNot listed. Its day, 2025-11-24, lies outside the window from 2025-11-22 to 2025-11-23.\n",
        ),
        (
            {"as_of": dt.date(2025, 11, 23), "below": "No topic takes it."},
            (
                "\nNot listed. No topic takes it.\n"
                "Besides: Its day, 2025-11-24, lies outside the window from 2025-11-22 to 2025-11-23.\n"
            ),
        ),
    ],
)
def test_it_is_told_how_the_paper_stands_before_the_list(
    sample: Listed, make: SimpleNamespace, fields: dict[str, Any], told: str
) -> None:
    row = sample.rows[0]
    verdict = make.verdict(row, **fields)
    assert told in reason_text(row, verdict)
    assert json.loads(reason_json(row, verdict))["verdict"]["in"] is told.startswith("\nListed")


def test_hits_that_give_no_points_stand_under_their_rule_once(make: SimpleNamespace) -> None:
    text = "A bird and a bird. A stone."
    hits = [make.hit(text, "bird", field="abstract"), make.hit(text, "stone", field="abstract")]
    row = make.listed([(make.paper(abstract=text), make.score(hits=tuple(hits), below="No topic takes it."))]).rows[0]
    told = reason_text(row, make.verdict(row))
    assert told.count("rules.yaml:12") == 1
    assert "«bird» and a bird." in told
    assert "A «stone»." in told


def test_the_users_own_decision_is_told(sample: Listed, make: SimpleNamespace) -> None:
    row = msgspec.structs.replace(sample.rows[0], state="later", note="for Friday")
    assert "\nYour decision: later. Your note: for Friday\n" in reason_text(row, make.verdict(row))
    ledger = json.loads(reason_json(row, make.verdict(row)))
    assert (ledger["state"], ledger["note"]) == ("later", "for Friday")


def test_of_many_hits_the_first_places_are_shown_and_the_rest_counted(make: SimpleNamespace) -> None:
    text = " ".join(f"We see word{number} here and there. Nothing." for number in range(9))
    hits = [make.hit(text, f"word{number}", field="abstract") for number in range(9)]
    row = make.listed([(make.paper(abstract=text), make.score([make.line(hits, 1.8)]))]).rows[0]
    told = reason_text(row, make.verdict(row))
    assert [number for number in range(9) if f"«word{number}»" in told] == [0, 1, 2, 3, 4]
    assert "\n         and 4 more hits\n" in told
    assert len(json.loads(reason_json(row, make.verdict(row)))["lines"][0]["hits"]) == 9


def test_the_rules_file_is_named_once_in_full(make: SimpleNamespace) -> None:
    line = make.line([make.hit("A title", "title", place=Place("/home/a/rules.yaml", 7, 1))], 1.0)
    listed = make.listed([(make.paper(), make.score([line]))])
    text = reason_text(listed.rows[0], make.verdict(listed.rows[0]))
    assert text.count("/home/a/rules.yaml") == 1
    assert "  rules.yaml:7\n" in text


def test_json_has_the_same_lines(sample: Listed, make: SimpleNamespace) -> None:
    text = reason_json(sample.rows[0], make.verdict(sample.rows[0]))
    assert text.count("\n") == 1
    ledger = json.loads(text)
    assert sum(Decimal(str(line["points"])) for line in ledger["lines"]) == Decimal(str(ledger["score"]))
    assert {name: ledger["verdict"][name] for name in ("in", "reason", "rank", "of")} == {
        "in": True,
        "reason": None,
        "rank": 1,
        "of": 12,
    }
    assert ledger["window"] == {"since": "2025-11-22", "as_of": "2025-11-24", "inside": True}
    assert ledger["lines"][0]["hits"][0]["text"] == "Continual Pre-training"
    assert ledger["lines"][0]["place"] == {"file": "rules.yaml", "line": 12, "column": 9}
    assert ledger["lines"][1]["hits"][0]["sentence"] == "We study continual pretrainig of LLMs as data shift."


@pytest.mark.parametrize("group", ["terminal", "markup", "titles", "links", "ids"])
def test_hostile_text_is_safe(hostile: dict[str, list[str]], make: SimpleNamespace, group: str) -> None:
    for payload in hostile[group]:
        row = make.hostile(payload).rows[0]
        for width in (None, 1, 20, 80):
            for ascii_only in (True, False):
                text = reason_text(row, make.verdict(row), width=width, ascii_only=ascii_only)
                assert all(sign == "\n" or sign.isprintable() for sign in text), payload
                assert text.isascii() or not ascii_only
        assert reason_json(row, make.verdict(row))[:-1].isprintable()
