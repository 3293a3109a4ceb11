"""What people and programs see of `rules test`, `diff`, `stats` and `try`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from papertriage.errors import Place
from papertriage.findings import (
    Cause,
    Change,
    ExamplesRun,
    FailedExample,
    Flag,
    Level,
    RulesDiff,
    RuleStats,
    Spelling,
    Stand,
    TermStats,
    TopicExamples,
    Trial,
)
from papertriage.render.lines import cells
from papertriage.render.rule_diff import diff_json, diff_line, diff_text
from papertriage.render.rule_stats import sparkline, stats_json, stats_line, stats_text
from papertriage.render.rule_tests import examples_json, examples_line, examples_text
from papertriage.render.term_trial import trial_json, trial_line, trial_text

DAY = dt.date(2026, 11, 24)
EVIL = "evil \x1b[31m\u202e[bold]\n\r\x07"


def examples(make: SimpleNamespace, text: str = "Learning curves in the wild") -> ExamplesRun:
    place = Place("rules.yaml", 7, 19)
    hit = make.hit("Learning curves in the wild", "Learning curves", kind="inflection")
    failed = (
        FailedExample(topic="curves", text=text, wanted=False, place=place, hits=(hit,)),
        FailedExample(topic="curves", text=text, wanted=True, place=place, reasons=("its `all` term is missing",)),
        FailedExample(topic="curves", text="", wanted=False, place=place),
    )
    topics = (
        TopicExamples(name="curves", place=Place("rules.yaml", 3, 5), match=2, no_match=2, failed=failed),
        TopicExamples(name="other", place=Place("rules.yaml", 9, 5), match=1, no_match=0),
        TopicExamples(name="bare", place=Place("rules.yaml", 12, 5), match=0, no_match=0),
    )
    return ExamplesRun(file="rules.yaml", topics=topics)


def change(make: SimpleNamespace, title: str, before: Stand | None, after: Stand | None, **fields: Any) -> Change:
    line: dict[str, Any] = {"part": "topic", "topic": "curves", "field": "title", "place": Place("d/new.yaml", 5, 9)}
    causes = (
        Cause(term="learning curve", before=3.0, after=1.5, **line),
        Cause(term="plateau", before=None, after=6.0, **line),
    )
    return Change(paper=make.paper(title=title), before=before, after=after, **({"causes": causes} | fields))


def diff(make: SimpleNamespace, title: str = "A paper on learning curves") -> RulesDiff:
    stand = Stand(3, 4.5)
    return RulesDiff(
        old="HEAD:rules.yaml",
        new="rules.yaml",
        since=DAY,
        as_of=DAY,
        papers=40,
        entering=3,
        leaving=1,
        moving=1,
        enter=tuple(change(make, title, None, stand, reason="No topic takes it, and so on.") for _ in range(2)),
        leave=(change(make, title, stand, None, reason="Excluded by the term “x” (rules.yaml:4:8)."),),
        move=(change(make, title, stand, Stand(1, 9.0)),),
        same=7,
    )


def stats(term: str = "learning curve") -> RuleStats:
    place = Place("rules.yaml", 6, 9)
    row: dict[str, Any] = {"role": "any", "term": term, "place": place}
    weeks = tuple(range(14))
    other = Flag("redundant", "learning", Place("rules.yaml", 7, 9))
    return RuleStats(
        file="rules.yaml",
        since=None,
        as_of=DAY,
        papers=1000,
        weeks=tuple(DAY - dt.timedelta(weeks=n) for n in reversed(weeks)),
        terms=(
            TermStats(
                topic="", papers=0, share=0.0, weeks=(0,) * 14, flags=(Flag("never"),), **row | {"role": "exclude"}
            ),
            TermStats(topic="curves", papers=91, share=0.091, weeks=weeks, flags=(Flag("broad"), other), **row),
            TermStats(
                topic="curves",
                papers=1,
                share=0.0001,
                weeks=(0,) * 13 + (1,),
                flags=(Flag("silenced", "time series", place),),
                **row | {"role": "all"},
            ),
            TermStats(topic="", papers=3, share=0.003, weeks=weeks, **row | {"role": "follow"}),
        ),
    )


def trial(make: SimpleNamespace, text: str = "learning curve", levels: int = 3) -> Trial:
    paper = make.paper(title="On lerning curves and more")
    hit = make.hit("On lerning curves and more", "lerning curves")
    rows: list[dict[str, Any]] = [
        {"papers": 20, "similarity": 100.0, "kind": "exact", "joins": None, "taken": True},
        {"papers": 2, "similarity": 96.0, "kind": "fuzzy", "joins": 85, "taken": True},
        {"papers": 1, "similarity": 78.2, "kind": "fuzzy", "joins": 75, "taken": False},
    ]
    return Trial(
        term=text,
        since=None,
        as_of=DAY,
        papers=100,
        levels=(Level(None, 20), Level(85, 22), Level(75, 23))[:levels],
        marked=85,
        origin="that of rules.yaml",
        spellings=tuple(Spelling(text=text, paper=paper, hit=hit, **row) for row in rows),
    )


def test_a_failed_example_is_told_with_its_place_its_text_and_the_reason(make: SimpleNamespace) -> None:
    text = examples_text(examples(make))
    assert text.splitlines()[:3] == [
        "curves  2 match, 2 no_match, 3 failed",
        "other   1 match, 0 no_match, all pass",
        "bare    no examples",
    ]
    assert (
        "rules.yaml:7:19: topic curves takes this example, and must not:\n"
        "  «Learning curves» in the wild\n"
        "    its `any` term “learning curves” (rules.yaml:12:9) finds “Learning curves”: "
        "characters 1 to 15, inflection.\n"
    ) in text
    assert "curves does not take this example:\n  Learning curves in the wild\n    its `all` term is missing.\n" in text
    assert "(an empty text)\n    it has neither `any` nor `all`" in text
    assert examples_line(examples(make)) == "rules.yaml: of 5 examples 2 pass, 3 fail. 1 topic without examples."
    assert "no topic has examples" in examples_line(ExamplesRun(file="rules.yaml", topics=()))
    record = json.loads(examples_json(examples(make)))
    assert (record["examples"], record["failed"]) == (5, 3)
    assert record["topics"][0]["failed"][0]["hits"][0]["rule"] == "rules.yaml:12:9"


def test_changes_are_told_with_rank_score_and_the_lines_that_do_it(make: SimpleNamespace) -> None:
    text = diff_text(diff(make))
    assert "Enter (3; the first 2, --limit shows more)\n" in text
    assert "#3 4.50 → #1 9.00  " in text
    assert "      -1.50 (3.00 → 1.50)  curves  learning curve  title  new.yaml:5\n" in text
    assert "      +6.00  curves  plateau  title  new.yaml:5\n" in text
    assert "      now: Excluded by the term “x” (rules.yaml:4:8).\n" in text
    assert "before: " not in text
    last = "3 enter, 1 leave, 1 move, 7 same; HEAD:rules.yaml → rules.yaml, 40 papers of 2026-11-24 to 2026-11-24."
    assert text.splitlines()[-1] == last == diff_line(diff(make))
    nothing = msgspec.structs.replace(diff(make), papers=0, since=dt.date(2026, 11, 24))
    assert diff_line(nothing).endswith(" 0 papers of 2026-11-24 to 2026-11-24. --all compares over the whole cache.")
    record = json.loads(diff_json(diff(make)))
    assert record["counts"] == {"enter": 3, "leave": 1, "move": 1, "same": 7}
    assert len(record["enter"]) == 2
    assert record["move"][0]["causes"][0] | {} == {
        "part": "topic", "topic": "curves", "term": "learning curve", "field": "title",
        "before": 3.0, "after": 1.5, "points": -1.5, "rule": "d/new.yaml:5:9",
    }  # fmt: skip


def test_terms_are_told_with_counts_weeks_and_flags() -> None:
    text = stats_text(stats())
    assert text.splitlines()[1].split() == ["Papers", "Share", "Weeks", "Term"]
    assert "       0    0.0%  ············  learning curve  line 6  never fires\n" in text
    assert "fires on too much; always together with “learning” (line 7)\n" in text
    assert "       1   <0.1%  ···········█  learning curve  line 6  all  only where its `none` “time series”" in text
    assert [line for line in text.splitlines() if line and line[0] != " "] == ["exclude", "curves", "follow"]
    assert stats_line(stats()) == (
        "rules.yaml: 4 rules over 1000 papers up to 2026-11-24, 3 to look at. "
        "The weeks drawn end with that of 2026-11-24."
    )
    empty = RuleStats(file="rules.yaml", since=DAY, as_of=DAY, papers=0, weeks=(), terms=())
    assert (stats_text(empty), stats_line(empty)[:9]) == ("", "No papers")
    record = json.loads(stats_json(stats()))
    assert len(record["weeks"]) == len(record["terms"][1]["weeks"]) == 14
    assert record["terms"][1]["flags"][1] == {"kind": "redundant", "other": "learning", "rule": "rules.yaml:7:9"}


def test_a_sparkline_shows_every_count_above_nothing() -> None:
    assert sparkline([0, 1, 50, 100]) == "·▁▄█"
    assert sparkline([0, 0]) == "··"
    assert sparkline([]) == ""
    assert sparkline([0, 1, 8], ascii_only=True) == ".18"


def test_spellings_are_told_level_by_level(make: SimpleNamespace) -> None:
    lines = trial_text(trial(make)).splitlines()
    assert lines[0].split() == ["fuzzy", "off", "[85]", "75"]
    assert lines[1].split() == ["papers", "20", "22", "23"]
    assert lines[3:8] == [
        "  Papers  Spelling        From  How",
        "      20  learning curve  off   exact",
        "       2  learning curve  85    fuzzy 96",
        "          not taken at 85:",
        "       1  learning curve  75    fuzzy 78.2",
    ]
    assert lines[-1].endswith("On «lerning curves» and more")
    assert "and 2 more; --limit shows them" in trial_text(trial(make), limit=1)
    assert trial_line(trial(make)) == ("“learning curve” in 100 papers up to 2026-11-24. [85] is that of rules.yaml.")
    assert "`papertriage fetch` fills the cache" in trial_line(msgspec.structs.replace(trial(make), papers=0))
    record = json.loads(trial_json(trial(make)))
    assert record["levels"] == [
        {"fuzzy": "off", "papers": 20}, {"fuzzy": "85", "papers": 22}, {"fuzzy": "75", "papers": 23},
    ]  # fmt: skip
    assert record["spellings"][2]["taken"] is False
    assert "From" not in trial_text(trial(make, levels=1))


REPORTS: list[Callable[..., str]] = [
    lambda make, **look: examples_text(examples(make, EVIL), **look),
    lambda make, **look: diff_text(diff(make, EVIL), **look),
    lambda make, **look: stats_text(stats(EVIL), **look),
    lambda make, **look: trial_text(trial(make, EVIL), **look),
]


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_page_keeps_to_its_width_and_shows_no_hidden_sign(
    make: SimpleNamespace, report: Callable[..., str], width: int, ascii_only: bool
) -> None:
    text = report(make, width=width, ascii_only=ascii_only)
    lines = text.split("\n")
    assert all(line.isprintable() for line in lines)
    assert text.isascii() or not ascii_only
    assert width < 10 or max(map(cells, lines)) <= width


@pytest.mark.parametrize("make_json", [
    lambda make: examples_json(examples(make, EVIL)),
    lambda make: diff_json(diff(make, EVIL)),
    lambda make: stats_json(stats(EVIL)),
    lambda make: trial_json(trial(make, EVIL)),
])  # fmt: skip
def test_json_escapes_what_a_terminal_would_obey(make: SimpleNamespace, make_json: Callable[..., str]) -> None:
    text = make_json(make)
    assert all(line.isprintable() for line in text.split("\n"))
    json.loads(text)


@pytest.mark.parametrize("report", REPORTS)
def test_colours_add_nothing_but_escape_codes(make: SimpleNamespace, report: Callable[..., str]) -> None:
    assert "\x1b[" in report(make, width=80, color=True)
