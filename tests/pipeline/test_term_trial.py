from __future__ import annotations

import datetime as dt
from typing import Any

from papertriage.findings import Trial
from papertriage.lexicon import load_lexicon
from papertriage.match.hits import hits
from papertriage.model import Paper
from papertriage.pipeline.term_trial import term_trial
from papertriage.rules.load import loads_rules
from papertriage.rules.one_term import read_term
from papertriage.rules.schema import MatchSpec

DAY = dt.date(2026, 11, 24)
TITLES = (
    "Regression with care",
    "regression, and regressions",
    "Linear regresion",
    "A regrssion that went well",
    "Regressn at speed",
    "Repression of memories",
    "Nothing",
)


def papers(*titles: str, day: dt.date = DAY) -> list[Paper]:
    seen = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return [Paper(id=f"t:{n}", title=title, day=day, first_seen=seen) for n, title in enumerate(titles)]


def trial(written: str, there: list[Paper], **options: Any) -> Trial:
    term = read_term(written, MatchSpec())[0]
    return term_trial(there, term, **({"since": None, "as_of": DAY} | options))


def test_each_level_counts_the_papers_that_the_rules_would_take_with_it() -> None:
    found = trial("regression", papers(*TITLES))
    lexicon = load_lexicon()
    for level in found.levels:
        written = "off" if level.fuzzy is None else level.fuzzy
        rules = loads_rules(f"version: 1\ntopics: [{{name: t, any: [{{term: regression, fuzzy: {written}}}]}}]")
        assert level.papers == sum(bool(hits(paper, rules, lexicon)) for paper in papers(*TITLES))
    assert [level.fuzzy for level in found.levels] == [None, 90, 85, 80, 75, 70]
    assert (found.marked, found.papers) == (80, 7)


def test_spellings_say_from_which_level_they_are_taken() -> None:
    found = trial("{term: regression, fuzzy: 92}", papers(*TITLES))
    assert [level.fuzzy for level in found.levels] == [None, 92, 90, 85, 80, 75, 70]
    rows = [(one.text, one.papers, one.kind, one.joins, one.taken) for one in found.spellings]
    assert rows[:2] == [("regression", 2, "exact", None, True), ("regressions", 1, "inflection", None, True)]
    assert ("regresion", 1, "fuzzy", 92, True) in rows
    assert ("regressn", 1, "fuzzy", 85, False) in rows
    assert "repression" not in [row[0] for row in rows]


def test_a_spelling_is_shown_where_it_was_used_last() -> None:
    old, new = papers("Old regression", day=DAY - dt.timedelta(days=9)), papers("", "Regression anew")
    (spelling,) = trial("regression", [*new, *old]).spellings
    assert (spelling.paper.title, spelling.papers) == ("Regression anew", 2)


def test_a_regex_has_one_level_and_keeps_letter_case() -> None:
    found = trial("{regex: '(?i)llama'}", papers("LLaMA", "Llama and LLaMA"))
    assert [(level.fuzzy, level.papers) for level in found.levels] == [(None, 2)]
    assert [(one.text, one.papers) for one in found.spellings] == [("LLaMA", 2), ("Llama", 1)]


def test_only_the_window_is_looked_at() -> None:
    there = papers("Regression") + papers("Regression", day=DAY - dt.timedelta(days=5))
    assert trial("regression", there, since=DAY).papers == 1


def test_what_no_paper_has_has_no_spelling() -> None:
    found = trial("regression", papers("Nothing"))
    assert found.spellings == ()
    assert {level.papers for level in found.levels} == {0}
