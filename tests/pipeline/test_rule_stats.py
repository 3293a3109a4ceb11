from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from papertriage.errors import UsageError
from papertriage.findings import RuleStats, TermStats
from papertriage.model import Paper
from papertriage.pipeline.rule_stats import rule_stats
from papertriage.rules.load import loads_rules

MONDAY = dt.date(2026, 11, 23)
SEEN = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def papers(*titles: str, **fields: Any) -> list[Paper]:
    values: dict[str, Any] = {"day": MONDAY, "first_seen": SEEN} | fields
    return [Paper(id=f"t:{number}", title=title, **values) for number, title in enumerate(titles)]


def stats(topic: str, there: list[Paper], head: str = "", **options: Any) -> RuleStats:
    rules = loads_rules(f"version: 1\n{head}topics:\n  - {{name: t, {topic}}}\n")
    values: dict[str, Any] = {"since": None, "as_of": dt.date(2026, 12, 31)} | options
    return rule_stats(there, rules, **values)


def term(found: RuleStats, name: str) -> TermStats:
    return next(one for one in found.terms if one.term == name)


def flags(found: RuleStats, name: str) -> list[tuple[str, str]]:
    return [(flag.kind, flag.other) for flag in term(found, name).flags]


def test_papers_are_counted_by_week_and_not_hits() -> None:
    week = dt.timedelta(weeks=1)
    there = [
        *papers("Agents and agents", "An agent"),
        *papers("Agents", day=MONDAY - 2 * week + dt.timedelta(days=6)),
        *papers("Nothing", day=MONDAY),
    ]
    found = stats("any: [agent]", there)
    assert found.weeks == (MONDAY - 2 * week, MONDAY - week, MONDAY)
    agent = term(found, "agent")
    assert (agent.papers, agent.share, agent.weeks, agent.flags) == (3, 0.75, (1, 0, 2), ())


def test_the_window_holds_both_its_days() -> None:
    there = papers("Agents") + papers("Agents", day=MONDAY - dt.timedelta(days=1))
    assert stats("any: [agent]", there, since=MONDAY, as_of=MONDAY).papers == 1


def test_what_never_fires_is_told_from_what_fires_elsewhere() -> None:
    found = stats("any: [agent, robot], categories: [cs.CL]", papers("Agents", categories=("cs.LG",)))
    assert flags(found, "agent") == [("outside", "")]
    assert flags(found, "robot") == [("never", "")]


def test_a_term_in_many_papers_is_broad_unless_it_is_a_condition() -> None:
    there = papers(*["Robot agents"] * 20, *["Other"] * 179)
    assert flags(stats("any: [agent, robot arm], all: [robot]", there), "agent") == [("broad", "")]
    assert flags(stats("any: [agent, robot arm], all: [robot]", there), "robot") == []
    assert flags(stats("any: [agent]", there + papers(*["Other"] * 2)), "agent") == []
    assert flags(stats("any: [agent]", papers(*["Agents"] * 19)), "agent") == []


def test_a_term_that_another_covers_is_redundant_and_of_twins_the_later_one() -> None:
    there = papers(*["A robot agent"] * 3, "Agents alone")
    found = stats("any: [robot, agent, A robot]", there)
    assert flags(found, "robot") == [("redundant", "agent")]
    assert flags(found, "A robot") == [("redundant", "agent")]
    assert flags(found, "agent") == []
    twins = stats("any: [robot, agent]", papers(*["A robot agent"] * 3))
    assert (flags(twins, "robot"), flags(twins, "agent")) == ([], [("redundant", "robot")])
    assert flags(stats("any: [robot, agent]", papers(*["A robot agent"] * 2)), "agent") == []


def test_a_term_that_an_exclude_or_a_none_shadows_names_it() -> None:
    there = papers("Robots of bronze", "Agents of stone", "Tools of bronze", "Tools of stone")
    found = stats(
        "any: [robot, agent, tool], none: [stone]", there, head="exclude: {any: [bronze], categories: [q-fin.*]}\n"
    )
    assert flags(found, "robot") == [("excluded", "bronze")]
    assert flags(found, "agent") == [("silenced", "stone")]
    assert flags(found, "tool") == []
    assert (term(found, "bronze").papers, term(found, "q-fin.*").papers) == (2, 0)
    assert (term(found, "stone").role, term(found, "stone").papers, flags(found, "stone")) == ("none", 2, [])


def test_authors_and_followed_ones_are_counted() -> None:
    there = papers("Any", authors=("A. Example", "Grace Other"))
    found = stats("authors: [Ada Example]", there, head="follow: {authors: [Grace Other]}\n")
    assert [(one.topic, one.role, one.papers) for one in found.terms] == [("t", "authors", 1), ("", "follow", 1)]


def test_one_topic_can_be_counted_alone_and_an_unknown_one_is_refused() -> None:
    head = "follow: {authors: [Grace Other]}\n"
    assert [one.term for one in stats("any: [agent]", [], head=head, topics=("t",)).terms] == ["agent"]
    with pytest.raises(UsageError, match="no topic “x”"):
        stats("any: [agent]", [], topics=("x",))


def test_a_day_that_is_a_slip_does_not_fill_the_weeks() -> None:
    there = papers("Agents") + papers("Agents", day=dt.date(1, 1, 1))
    assert len(stats("any: [agent]", there).weeks) == 2


def test_of_no_papers_nothing_is_said() -> None:
    found = stats("any: [agent]", [])
    assert (found.papers, found.weeks, term(found, "agent").flags) == (0, (), ())
