"""Which decisions are of a paper, and which of them hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.model import STATES, Decision, State
from papertriage.store.decisions import States

AT = dt.datetime(2025, 11, 24, 6, 0, tzinfo=dt.UTC)


def decide(*events: tuple[str, dict[str, str]]) -> States:
    return States(Decision(at=AT, ids=tuple(ids.split()), **said) for ids, said in events)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], (None, None)),
        ([("b", {"state": "star"})], (None, None)),
        ([("a", {"state": "star"})], ("star", None)),
        ([("a", {"state": "star"}), ("a", {"state": "skip"})], ("skip", None)),
        ([("a", {"state": "star"}), ("a", {"note": "n"})], ("star", "n")),
        ([("a", {"note": "n"}), ("a", {"state": "read"})], ("read", "n")),
        ([("a", {"state": "star", "note": "n"}), ("a", {})], (None, "n")),
        ([("a", {"note": "n"}), ("a", {"note": ""})], (None, None)),
        ([("a", {"state": "star"}), ("a", {"note": ""})], ("star", None)),
    ],
)
def test_later_events_win_and_leave_alone_what_they_do_not_speak_of(
    events: list[tuple[str, dict[str, str]]], expected: tuple[str | None, str | None]
) -> None:
    assert decide(*events).of(["a"]) == expected


def test_a_later_line_wins_though_the_clock_went_back() -> None:
    earlier = Decision(at=AT - dt.timedelta(days=400), ids=("a",), state="skip")
    assert States([Decision(at=AT, ids=("a",), state="star"), earlier]).of(["a"]) == ("skip", None)


def test_a_decision_on_one_of_two_arxiv_papers_that_share_a_doi_is_not_of_the_other() -> None:
    said = decide(("arxiv:1 doi:x", {"state": "star", "note": "n"}))
    assert said.of(["arxiv:1", "doi:x"]) == ("star", "n")
    assert said.of(["arxiv:2", "doi:x"]) == (None, None)


def test_each_of_two_papers_that_share_a_doi_keeps_its_own_decision_whatever_the_order() -> None:
    said = decide(
        ("arxiv:2 doi:x", {"state": "skip"}), ("arxiv:1 doi:x", {"state": "star"}), ("arxiv:2 doi:x", {"note": "n"})
    )
    assert said.of(["arxiv:1", "doi:x"]) == ("star", None)
    assert said.of(["arxiv:2", "doi:x"]) == ("skip", "n")


def test_two_pmids_tell_papers_apart_too() -> None:
    said = decide(("doi:x pmid:1", {"state": "star"}))
    assert said.of(["doi:x", "pmid:2"]) == (None, None)
    assert said.of(["doi:x"]) == ("star", None)


def test_a_decision_on_a_paper_that_mentions_another_is_not_of_the_other() -> None:
    said = decide(("arxiv:1 arxiv:2", {"state": "star"}))
    assert said.of(["arxiv:2"]) == (None, None)
    assert said.of(["arxiv:1", "arxiv:2"]) == ("star", None)


@pytest.mark.parametrize("before", ["hf-daily:t-1", "doi:x"])
def test_a_paper_keeps_its_decision_when_it_gains_a_stronger_id(before: str) -> None:
    said = decide((before, {"state": "star"}), (f"arxiv:1 {before}", {"note": "n"}))
    assert said.of(["arxiv:1", before]) == ("star", "n")


def test_a_decision_finds_a_paper_that_has_only_the_weaker_id_in_another_cache() -> None:
    assert decide(("arxiv:1 doi:x", {"state": "later"})).of(["doi:x"]) == ("later", None)


def test_a_decision_on_a_paper_is_not_of_one_that_the_user_holds_apart_from_it() -> None:
    apart = Decision(at=AT, ids=("doi:x",), apart=("doi:y",))
    said = States([apart, Decision(at=AT, ids=("doi:x", "doi:y"), state="star")])
    assert (said.of(["doi:x", "doi:y"])[0], said.of(["doi:y"])[0]) == ("star", None)


def test_lines_that_hold_works_apart_decide_nothing() -> None:
    said = States([Decision(at=AT, ids=("a",), state="star"), Decision(at=AT, ids=("a",), apart=("b",))])
    assert (said.of(["a"]), said.of(["b"])) == (("star", None), (None, None))


# What a paper is called: at most one id of each kind that papers have one of comes first of its kind.
NAMES = st.lists(
    st.sampled_from(["arxiv:1", "arxiv:2", "doi:x", "doi:y", "pmid:1", "pmid:2", "hf-daily:t-1"]),
    min_size=1, max_size=4, unique=True,
).map(tuple)  # fmt: skip
EVENTS = st.lists(
    st.builds(
        Decision,
        at=st.just(AT),
        ids=NAMES,
        state=st.sampled_from([None, *STATES]),
        note=st.sampled_from([None, "", "one", "two"]),
    ),
    max_size=8,
)


def by_definition(events: Sequence[Decision], names: Sequence[str]) -> tuple[State | None, str | None]:
    """Go through all events in order, as the manual says it."""
    state: State | None = None
    note: str | None = None
    for event in events:
        own = [[next((n for n in ids if n.startswith(kind)), None) for ids in (event.ids, names)] for kind in KINDS]
        if not set(event.ids) & set(names) or any(one and other and one != other for one, other in own):
            continue
        if event.state or event.note is None:
            state = event.state
        if event.note is not None:
            note = event.note or None
    return state, note


KINDS = ("arxiv:", "pmid:")


@given(EVENTS, NAMES)
def test_the_look_up_gives_what_going_through_all_events_gives(events: list[Decision], names: tuple[str, ...]) -> None:
    assert States(events).of(names) == by_definition(events, names)


@given(EVENTS, EVENTS, NAMES)
def test_lines_of_another_machine_put_behind_change_only_what_they_speak_of(
    ours: list[Decision], theirs: list[Decision], names: tuple[str, ...]
) -> None:
    ours_alone, theirs_alone, both = (States(events).of(names) for events in (ours, theirs, ours + theirs))
    for place in (0, 1):
        assert both[place] in (ours_alone[place], theirs_alone[place])
    assert States(ours + theirs + theirs).of(names) == both
