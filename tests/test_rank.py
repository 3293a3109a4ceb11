"""Scores are sums of printable lines, and orders are the same every time."""

from __future__ import annotations

import datetime as dt
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.errors import Place
from papertriage.model import Hit, Paper, Span
from papertriage.rank import growth, matches_any, order, score, trend
from papertriage.rules.terms import Author, Exclude, Phrase, Recency, Rules, Signal, Term, Topic

TODAY = dt.date(2026, 11, 24)


def paper(**fields: object) -> Paper:
    given = {"id": "arxiv:2611.00001", "title": "A title", "day": TODAY, "first_seen": dt.datetime.now(dt.UTC)}
    return Paper(**{**given, "sources": ("hf-daily",), **fields})  # type: ignore[arg-type]


def term(label: str, line: int, *, weight: float = 1, fields: dict[str, float] | None = None) -> Term:
    return Term(
        label=label,
        look_for=Phrase(()),
        weight=weight,
        fuzzy=80,
        fields=fields or {"title": 3, "abstract": 1},
        place=Place("rules.yaml", line, 9),
    )


def hit(of: Term, topic: str, role: str = "any", field: str = "title", similarity: float = 100) -> Hit:
    return Hit(
        topic=topic,
        role=role,  # type: ignore[arg-type]
        term=of.label,
        field=field,
        text=of.label,
        span=Span(0, len(of.label)),
        similarity=similarity,
        kind="exact",
        place=of.place,
    )


def topic(name: str = "agents", **fields: object) -> Topic:
    return Topic(name=name, place=Place("rules.yaml", 5, 5), **fields)  # type: ignore[arg-type]


def test_points_are_the_product_of_weights_similarity_and_repetition() -> None:
    agent = term("agent", 7, weight=1.5)
    rules = Rules(file="rules.yaml", topics=(topic(weight=2, any=(agent,)),))
    hits = [
        hit(agent, "agents"),
        hit(agent, "agents", field="abstract"),
        hit(agent, "agents", field="abstract", similarity=90),
    ]
    found = score(paper(), hits, rules, as_of=TODAY)
    # title: 2 × 1.5 × 3 × 1 × 1; abstract: 2 × 1.5 × 1 × 0.95 × 4/3
    assert [line.points for line in found.lines] == [9.0, 3.8]
    assert found.total == 12.8
    assert found.lines[1].formula == "2 × 1.5 × 1 × 0.95 × 1.333"


def test_a_topic_needs_one_of_any_and_every_one_of_all() -> None:
    agent, model = term("agent", 7), term("language model", 8)
    rules = Rules(file="rules.yaml", topics=(topic(any=(agent,), all=(model,)),))
    alone = score(paper(), [hit(agent, "agents")], rules, as_of=TODAY)
    assert alone.total == 0
    assert alone.below == "No topic takes it, and no followed author wrote it."
    assert alone.notes == (
        "Topic agents (rules.yaml:5:5) does not count: its `all` term “language model” (rules.yaml:8:9) is missing.",
    )
    both = score(paper(), [hit(agent, "agents"), hit(model, "agents", "all")], rules, as_of=TODAY)
    assert both.total == 6
    assert both.below is None


def test_a_none_term_removes_the_topic_and_a_negative_weight_only_lowers_it() -> None:
    agent, series = term("agent", 7), term("time series", 8, weight=-1)
    removes = Rules(file="rules.yaml", topics=(topic(any=(agent,), none=(series,)),))
    lowers = Rules(file="rules.yaml", topics=(topic(any=(agent, series)),))
    out = score(paper(), [hit(agent, "agents"), hit(series, "agents", "none", "abstract")], removes, as_of=TODAY)
    assert out.total == 0
    assert "its `none` term “time series” (rules.yaml:8:9) is in the abstract" in out.notes[0]
    less = score(paper(), [hit(agent, "agents"), hit(series, "agents", field="abstract")], lowers, as_of=TODAY)
    assert less.total == 2


def test_an_author_brings_a_paper_into_a_topic_without_any_of_its_terms() -> None:
    author = Author("Chelsea Finn", 2, Place("rules.yaml", 9, 9))
    rules = Rules(file="rules.yaml", topics=(topic(weight=3, any=(term("agent", 7),), authors=(author,)),))
    by_her = author_hit(author, "agents", "authors")
    assert score(paper(), [by_her], rules, as_of=TODAY).total == 6


def author_hit(author: Author, topic_name: str, role: str) -> Hit:
    return Hit(
        topic=topic_name,
        role=role,  # type: ignore[arg-type]
        term=author.name,
        field="authors",
        text=author.name,
        span=Span(0, len(author.name)),
        similarity=100,
        kind="author",
        place=author.place,
    )


def test_a_topic_looks_only_inside_its_categories_and_sources() -> None:
    agent = term("agent", 7)
    rules = Rules(file="rules.yaml", topics=(topic(any=(agent,), categories=("cs.*",), sources=("arxiv*",)),))
    inside = paper(categories=("cs.CL",), sources=("arxiv-rss",))
    assert score(inside, [hit(agent, "agents")], rules, as_of=TODAY).total == 3
    assert score(paper(categories=("q-bio.NC",)), [hit(agent, "agents")], rules, as_of=TODAY).total == 0
    assert score(paper(categories=("cs.CL",)), [hit(agent, "agents")], rules, as_of=TODAY).total == 0


def test_thresholds_are_held_before_recency_and_signals() -> None:
    agent = term("agent", 7, fields={"abstract": 1})
    rules = Rules(
        file="rules.yaml",
        min_score=2,
        topics=(topic(any=(agent,)),),
        recency=Recency(10, 14, Place("rules.yaml", 20, 3)),
        signals=(Signal("upvotes", 0.5, Place("rules.yaml", 21, 3)),),
    )
    popular = paper(signals={"upvotes": 1000})
    found = score(popular, [hit(agent, "agents", field="abstract")], rules, as_of=TODAY)
    assert found.relevance == 1
    assert found.total == round(1 + 10 + round(0.5 * math.log(1001), 2), 2)
    assert found.below == "Its topics and followed authors give 1.00, under the threshold of 2."
    assert score(popular, [hit(agent, "agents", field="abstract")], rules, as_of=TODAY, min_score=0.5).below is None


def test_a_topics_own_threshold_decides_whether_it_counts() -> None:
    agent = term("agent", 7, fields={"abstract": 1})
    rules = Rules(file="rules.yaml", topics=(topic(any=(agent,), min_score=2),))
    found = score(paper(), [hit(agent, "agents", field="abstract")], rules, as_of=TODAY)
    assert (found.total, found.topics) == (0, ())
    assert "1.00 is under its min_score of 2" in found.notes[0]


def test_a_topic_ends_after_its_until_day() -> None:
    agent = term("agent", 7)
    rules = Rules(file="rules.yaml", topics=(topic(any=(agent,), until=TODAY),))
    assert score(paper(), [hit(agent, "agents")], rules, as_of=TODAY).total == 3
    assert score(paper(), [hit(agent, "agents")], rules, as_of=TODAY + dt.timedelta(days=1)).total == 0


def test_age_halves_recency_and_is_never_below_nothing() -> None:
    rules = Rules(file="rules.yaml", recency=Recency(1, 14, Place("rules.yaml", 20, 3)))
    assert score(paper(day=TODAY - dt.timedelta(days=14)), [], rules, as_of=TODAY).total == 0.5
    assert score(paper(day=TODAY + dt.timedelta(days=3)), [], rules, as_of=TODAY).total == 1


def test_what_excludes_is_told_with_its_place() -> None:
    notice = term("retraction notice", 3)
    rules = Rules(file="rules.yaml", exclude=Exclude((notice,), (("q-fin.*", Place("rules.yaml", 4, 16)),)))
    by_term = score(paper(), [hit(notice, "", "exclude")], rules, as_of=TODAY)
    assert by_term.excluded == (
        "Excluded by the term “retraction notice” (rules.yaml:3:9): the title has “retraction notice”."
    )
    by_category = score(paper(categories=("cs.CL", "q-fin.ST")), [], rules, as_of=TODAY)
    assert by_category.excluded == "Excluded by the category q-fin.* (rules.yaml:4:16): the paper is in q-fin.ST."


def test_equal_scores_order_by_day_newest_first_then_by_id() -> None:
    rules = Rules(file="rules.yaml")
    nothing = score(paper(), [], rules, as_of=TODAY)
    papers = [
        paper(id="arxiv:2", day=TODAY),
        paper(id="arxiv:1", day=TODAY),
        paper(id="arxiv:0", day=TODAY - dt.timedelta(days=1)),
    ]
    assert [row[0].id for row in order([(each, nothing) for each in papers])] == ["arxiv:1", "arxiv:2", "arxiv:0"]


def test_globs_match_whole_names_whatever_their_case() -> None:
    assert matches_any(["q-bio.*"], ["q-bio.NC"])
    assert matches_any(["CS.cl"], ["cs.CL"])
    assert not matches_any(["cs"], ["cs.CL"])


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(50, 100), st.integers(1, 5)), min_size=1, max_size=8),
    st.floats(-3, 3),
)
def test_the_score_is_the_sum_of_the_rounded_lines(parts: list[tuple[float, float, int]], weight: float) -> None:
    terms = [term(f"term {number}", number + 10, weight=part[0]) for number, part in enumerate(parts)]
    hits = [
        hit(each, "agents", similarity=similarity)
        for each, (_, similarity, count) in zip(terms, parts, strict=True)
        for _ in range(count)
    ]
    rules = Rules(file="rules.yaml", topics=(topic(weight=weight, any=tuple(terms)),))
    found = score(paper(), hits, rules, as_of=TODAY)
    assert f"{found.total:.2f}" == f"{sum(round(line.points * 100) for line in found.lines) / 100 + 0.0:.2f}"
    assert all(line.points == round(line.points, 2) for line in found.lines)


# --- trends ----------------------------------------------------------------------------------------------------


def at(days_ago: float) -> dt.datetime:
    """Give a moment so many days before the end of today."""
    return dt.datetime(2026, 11, 25, tzinfo=dt.UTC) - dt.timedelta(days=days_ago)


def voted(*votes: tuple[float, float], **fields: object) -> Paper:
    return paper(votes=tuple((at(ago), count) for ago, count in votes), announced=at(votes[0][0]).date(), **fields)


def test_a_vote_counts_half_after_three_days() -> None:
    # All at one moment: the day of its listing begins when it was seen.
    assert trend(voted((3, 40), (3, 40)), as_of=TODAY) == 20
    assert trend(voted((6, 40), (6, 40)), as_of=TODAY) == 10


def test_votes_between_two_sights_are_spread_over_the_time_between() -> None:
    found = trend(voted((3, 0), (1, 10)), as_of=TODAY)
    steps = [10 * 0.5 ** ((1 + 2 * (n + 0.5) / 10_000) / 3) / 10_000 for n in range(10_000)]
    assert found == round(sum(steps), 2)


def test_recent_votes_go_before_more_old_ones() -> None:
    old = voted((30, 100), (20, 200), (1, 205), id="arxiv:1")
    new = voted((2, 5), (1, 30), id="arxiv:2")
    rules = Rules(file="rules.yaml")
    rows = [(one, score(one, [], rules, as_of=TODAY)) for one in (old, new, paper(id="arxiv:3"))]
    assert [one.id for one, _ in order(rows, "trending", as_of=TODAY)] == ["arxiv:2", "arxiv:1", "arxiv:3"]


def test_what_was_seen_after_the_day_does_not_count() -> None:
    one = voted((3, 10), (1, 50))
    yesterday = TODAY - dt.timedelta(days=2)
    assert trend(one, as_of=yesterday) == trend(voted((3, 10), (3, 10)), as_of=yesterday)
    assert growth(one, since=at(4), as_of=yesterday) == 10


def test_growth_is_counted_from_a_moment() -> None:
    one = voted((3, 10), (2, 25), (0.5, 60))
    assert [growth(one, since=at(ago), as_of=TODAY) for ago in (0.1, 1, 2, 2.5, 9)] == [0, 35, 35, 50, 60]
    assert growth(paper(), since=at(1), as_of=TODAY) == 0


def test_a_paper_that_was_seen_once_counts_from_its_listing() -> None:
    seen = paper(signals={"upvotes": 40}, first_seen=at(0.25), announced=TODAY - dt.timedelta(days=9))
    fresh = paper(signals={"upvotes": 40}, first_seen=at(0.25), announced=TODAY)
    assert 0 < trend(seen, as_of=TODAY) < trend(fresh, as_of=TODAY) < 40


@given(st.lists(st.tuples(st.floats(0, 400), st.integers(0, 10_000)), max_size=8))
def test_a_trend_is_a_number_between_nothing_and_all_votes(pairs: list[tuple[float, int]]) -> None:
    times = sorted((ago for ago, _ in pairs), reverse=True)
    counts = sorted(count for _, count in pairs)
    one = paper(votes=tuple((at(ago), count) for ago, count in zip(times, counts, strict=True)))
    assert 0 <= trend(one, as_of=TODAY) <= max(counts, default=0) + 0.01


# -- one listed name, one line --


def named(author: Author, name: str, topic_name: str = "", role: str = "follow") -> Hit:
    return msgspec.structs.replace(author_hit(author, topic_name, role), text=name)


@pytest.mark.parametrize("role", ["follow", "authors"])
def test_two_spellings_of_one_person_are_one_line_with_the_higher_weight(role: str) -> None:
    short, whole = Author("C. Finn", 3, Place("rules.yaml", 8, 9)), Author("Chelsea Finn", 5, Place("rules.yaml", 9, 9))
    agents = "agents" if role == "authors" else ""
    rules = (
        Rules(file="rules.yaml", topics=(topic(authors=(short, whole)),))
        if agents
        else Rules(file="rules.yaml", follow=(short, whole))
    )
    hits = [named(short, "Chelsea Finn", agents, role), named(whole, "Chelsea Finn", agents, role)]
    found = score(paper(), hits, rules, as_of=TODAY)
    assert [(line.term, line.points) for line in found.lines] == [("Chelsea Finn", 5)]
    assert len(found.hits) == 2


def test_two_people_of_one_paper_are_two_lines_in_the_order_of_the_rules() -> None:
    anyone, chelsea = Author("Finn", 1, Place("rules.yaml", 8, 9)), Author("Chelsea Finn", 5, Place("rules.yaml", 9, 9))
    rules = Rules(file="rules.yaml", follow=(anyone, chelsea))
    hits = [named(anyone, "Chelsea Finn"), named(anyone, "Carol Finn"), named(chelsea, "Chelsea Finn")]
    found = score(paper(), hits, rules, as_of=TODAY)
    assert [(line.term, line.hits[0].text) for line in found.lines] == [
        ("Finn", "Carol Finn"),
        ("Chelsea Finn", "Chelsea Finn"),
    ]
