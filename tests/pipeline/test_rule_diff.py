from __future__ import annotations

import datetime as dt
from typing import Any

from papertriage.findings import Cause, RulesDiff
from papertriage.model import Paper
from papertriage.pipeline.rule_diff import rules_diff
from papertriage.rules.load import loads_rules

DAY = dt.date(2026, 11, 24)
SEEN = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
OLD = """version: 1
topics:
  - {name: curves, any: [learning curve, plateau]}
"""


def paper(native: str, title: str, **fields: Any) -> Paper:
    return Paper(id=f"t:{native}", title=title, **({"day": DAY, "first_seen": SEEN} | fields))


PAPERS = [
    paper("1", "A learning curve that meets a plateau"),
    paper("2", "Another learning curve"),
    paper("3", "A plateau in the Alps"),
    paper("4", "Scaling laws"),
    paper("5", "Nothing of interest"),
    paper("6", "An old learning curve", day=DAY - dt.timedelta(days=9)),
]


def diff(new: str, old: str = OLD, since: dt.date | None = DAY) -> RulesDiff:
    return rules_diff(PAPERS, loads_rules(old, "old.yaml"), loads_rules(new, "new.yaml"), since=since, as_of=DAY)


def changed(causes: tuple[Cause, ...]) -> list[tuple[str, str, float | None, float | None, str]]:
    return [(cause.topic, cause.term, cause.before, cause.after, str(cause.place)) for cause in causes]


def test_the_same_rules_change_nothing() -> None:
    found = diff(OLD)
    assert (found.enter, found.leave, found.move, found.same, found.papers) == ((), (), (), 3, 5)


def test_a_new_term_lets_papers_enter_through_its_line() -> None:
    (entered,) = diff(OLD.replace("plateau]", "plateau, scaling law]")).enter
    assert (entered.paper.id, entered.before, entered.after and entered.after.score) == ("t:4", None, 3.0)
    assert changed(entered.causes) == [("curves", "scaling law", None, 3.0, "new.yaml:3:51")]


def test_a_term_that_goes_takes_papers_along_and_moves_others() -> None:
    found = diff(OLD.replace(", plateau", ""))
    (left,), (moved,) = found.leave, found.move
    assert (left.paper.id, left.after) == ("t:3", None)
    assert changed(left.causes) == [("curves", "plateau", 3.0, None, "old.yaml:3:42")]
    assert left.reason == "No topic takes it, and no followed author wrote it."
    assert moved.paper.id == "t:1"
    assert (moved.before and moved.before.score, moved.after and moved.after.score) == (6.0, 3.0)
    assert found.same == 1


def test_a_none_term_is_told_as_the_reason() -> None:
    (left, _) = diff(OLD.replace("plateau]", "plateau], none: [alps, another]")).leave
    assert "its `none` term “" in left.reason
    assert left.reason.startswith("Topic curves (new.yaml:3:5) does not count: ")


def test_an_exclude_is_told_as_the_reason_and_its_end_too() -> None:
    new = OLD + "exclude: {any: [alps]}\n"
    assert diff(new).leave[0].reason.startswith("Excluded by the term “alps” (new.yaml:4:17)")
    back = diff(OLD, old=new).enter[0]
    assert back.reason.startswith("Excluded by the term “alps” (old.yaml:4:17)")


def test_a_threshold_is_told_as_the_reason() -> None:
    found = diff(OLD + "min_score: 4\n")
    assert [change.paper.id for change in found.leave] == ["t:2", "t:3"]
    assert found.leave[0].reason == "Its topics and followed authors give 3.00, under the threshold of 4."
    assert found.leave[0].causes == ()


def test_a_weight_moves_papers_and_a_shift_alone_is_no_move() -> None:
    found = diff("version: 1\ntopics:\n  - {name: curves, any: [learning curve, {term: plateau, weight: 3}]}\n")
    assert [(change.paper.id, change.before, change.after) for change in found.move] == [
        ("t:3", found.move[0].before, found.move[0].after),
        ("t:1", found.move[1].before, found.move[1].after),
    ]
    assert [(one.before and one.before.rank, one.after and one.after.rank) for one in found.move] == [(3, 2), (1, 1)]
    assert found.same == 1


def test_signals_are_causes_too() -> None:
    found = diff(OLD + "signals: {recency: {weight: 1, half_life: 7d}}\n")
    assert len(found.move) == 3
    assert {cause.part for change in found.move for cause in change.causes} == {"recency"}


def test_without_a_window_every_paper_counts() -> None:
    assert diff(OLD, since=None).same == 4


def test_papers_past_the_limit_are_counted_and_not_told() -> None:
    rules = loads_rules("version: 1\nfollow: {authors: [Ada Example]}")
    found = rules_diff(PAPERS, loads_rules(OLD, "old.yaml"), rules, since=None, as_of=DAY, limit=1)
    assert (found.entering, found.leaving, found.moving, found.same, len(found.leave)) == (0, 4, 0, 0, 1)
