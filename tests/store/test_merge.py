from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertriage.model import Observation, Paper
from papertriage.store.merge import merge

Observe = Callable[..., Observation]
NOW = dt.datetime(2025, 11, 24, 6, 0, tzinfo=dt.UTC)
DAY = dt.date(2025, 11, 24)


def hours(number: int) -> dt.datetime:
    return NOW + dt.timedelta(hours=number)


def only(papers: list[Paper]) -> Paper:
    assert len(papers) == 1, [paper.aliases for paper in papers]
    return papers[0]


def test_the_history_of_votes_is_kept_where_there_is_one(observe: Observe) -> None:
    seen = [(hours(n), float(votes)) for n, votes in ((0, 1), (24, 7), (48, 9))]
    several = [observe(1, seen=at, signals={"upvotes": votes}) for at, votes in seen]
    others = [observe(1, seen=hours(30), source="arxiv-api"), observe(2, signals={"upvotes": 3.0})]
    first, second = merge([*several[::-1], *others])
    assert first.votes == tuple(seen)
    assert first.signals == {"upvotes": 9.0}
    assert second.votes == ()


# --- which are one paper -----------------------------------------------------------------------------


def test_one_observation_is_one_paper(observe: Observe) -> None:
    one = observe(1, abstract="a", authors=("A", "B"), signals={"upvotes": 0.0}, version=2, native="guid")
    assert merge([one]) == [
        Paper(
            id="arxiv:2511.00001",
            title="Paper 1",
            day=DAY,
            first_seen=NOW,
            ids={"arxiv": ("2511.00001",)},
            abstract="a",
            authors=("A", "B"),
            announced=DAY,
            version=2,
            signals={"upvotes": 0.0},
            sources=("arxiv-rss",),
            aliases=("arxiv:2511.00001",),
            provenance=dict.fromkeys(("title", "abstract", "authors", "announced", "version", "signals"), "arxiv-rss"),
        )
    ]


@given(st.data())
def test_a_paper_of_one_observation_is_what_the_general_way_makes_of_it_twice(data: st.DataObject) -> None:
    one = Observation(
        id=data.draw(st.sampled_from(["arxiv:2511.00001", "feed:x", "doi:10.1/a"])),
        source="s",
        title=data.draw(st.sampled_from(["", "t"])),
        seen=NOW,
        ids=data.draw(st.sampled_from([{}, {"doi": ("10.1/a", "10.1/b")}, {"s": ("x",), "arxiv": ("2511.00001",)}])),
        abstract=data.draw(st.sampled_from([None, "a"])),
        authors=data.draw(st.sampled_from([(), ("A",)])),
        author_count=data.draw(st.sampled_from([None, 1, 5])),
        published=data.draw(st.sampled_from([None, "2024", "2024-05-24T17:34:15Z"])),
        announced=data.draw(st.sampled_from([None, DAY])),
        announce_type=data.draw(st.sampled_from([{}, {"cs.CL": "new"}])),
        categories=data.draw(st.sampled_from([(), ("cs.CL",)])),
        version=data.draw(st.sampled_from([None, 1])),
        urls=data.draw(st.sampled_from([{}, {"pdf": "p"}])),
        signals=data.draw(st.sampled_from([{}, {"upvotes": 1.0}])),
        extra=data.draw(st.sampled_from([{}, {"a": None}])),
    )
    assert merge([one]) == merge([one, one])


def test_observations_that_share_any_id_are_one_paper(observe: Observe) -> None:
    arxiv = observe(1, ids={"arxiv": ("2511.00001",), "doi": ("10.1000/a",)})
    journal = observe(id="doi:10.1000/a", source="crossref", ids={"doi": ("10.1000/a",), "pmid": ("7",)}, seen=hours(1))
    pubmed = observe(id="pmid:7", source="pubmed", ids={"pmid": ("7",)}, seen=hours(2))
    paper = only(merge([pubmed, arxiv, journal]))
    assert paper.id == "arxiv:2511.00001"
    assert paper.ids == {"arxiv": ("2511.00001",), "doi": ("10.1000/a",), "pmid": ("7",)}
    assert paper.aliases == ("arxiv:2511.00001", "doi:10.1000/a", "pmid:7")
    assert paper.sources == ("arxiv-rss", "crossref", "pubmed")
    assert paper.first_seen == NOW


def test_two_arxiv_papers_with_one_journal_doi_stay_two(observe: Observe) -> None:
    shared = {"doi": ("10.1000/proceedings",)}
    one = observe(1, ids={"arxiv": ("2511.00001",), **shared})
    two = observe(2, ids={"arxiv": ("2511.00002",), **shared})
    journal = observe(id="doi:10.1000/proceedings", source="crossref", ids=shared)
    for order in ([one, two, journal], [journal, two, one]):
        papers = {paper.id: paper.sources for paper in merge(order)}
        assert {name: set(sources) for name, sources in papers.items()} == {
            "arxiv:2511.00001": {"arxiv-rss", "crossref"},
            "arxiv:2511.00002": {"arxiv-rss"},
        }


def test_two_pmids_stay_two_papers_even_over_a_third_record(observe: Observe) -> None:
    one = observe(id="pmid:1", ids={"pmid": ("1",), "doi": ("10.1000/a",)})
    link = observe(id="doi:10.1000/a", ids={"doi": ("10.1000/a", "10.1000/b")})
    two = observe(id="pmid:2", ids={"pmid": ("2",), "doi": ("10.1000/b",)})
    assert {paper.id for paper in merge([one, link, two])} == {"doi:10.1000/a", "doi:10.1000/b"}


def test_a_record_that_names_a_second_arxiv_paper_is_not_of_that_one(observe: Observe) -> None:
    review = observe(1, ids={"arxiv": ("2511.00001", "2511.00002")})
    assert [paper.id for paper in merge([review, observe(2)])] == ["arxiv:2511.00001", "arxiv:2511.00002"]


def test_the_same_title_is_not_enough_for_records_with_ids(observe: Observe) -> None:
    assert len(merge([observe(1, title="Same"), observe(2, title="Same")])) == 2


def test_a_listing_without_ids_joins_the_paper_of_its_source_with_that_title(observe: Observe) -> None:
    listed = observe(1, source="hf-daily", title="Deep $\\alpha$-Learning")
    copied = observe(
        id="hf-daily:t-0123456789abcdef", ids={}, source="hf-daily", title="deep α learning", seen=hours(1)
    )
    paper = only(merge([copied, listed]))
    assert (paper.id, paper.aliases) == ("arxiv:2511.00001", ("arxiv:2511.00001", "hf-daily:t-0123456789abcdef"))
    elsewhere = msgspec.structs.replace(listed, source="arxiv-rss")
    assert len(merge([copied, elsewhere])) == 2
    twin = observe(2, source="hf-daily", title="Deep α-Learning")
    assert len(merge([copied, listed, twin])) == 3, "which of the two was listed cannot be known"


def test_works_held_apart_that_agree_in_all_else_keep_their_records_whatever_stands_around_them(
    observe: Observe,
) -> None:
    apart = [(frozenset({"doi:10.1000/1"}), frozenset({"pmid:1"}))]
    both = {"arxiv": ("2603.00001",), "pmid": ("1",)}
    records = [
        observe(1, id="pmid:1", ids={"pmid": ("1",)}),
        observe(1, id="doi:10.1000/1", ids={"doi": ("10.1000/1",)}),
        observe(1, id="arxiv:2603.00001", ids={"arxiv": ("2603.00001",)}, categories=("cs.LG",)),
        observe(1, id="arxiv:2603.00001", ids=both),
        observe(1, id="arxiv:2603.00001", ids={**both, "doi": ("10.1000/1",)}),
    ]

    def works(others: int) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        before = [observe(number, id=f"feed:{number}", ids={}) for number in range(others)]
        papers = merge([*records[:4], *before, records[4]], apart=apart)
        return sorted((paper.aliases, paper.categories) for paper in papers if not paper.id.startswith("feed:"))

    assert len(works(0)) == 2
    assert all(works(others) == works(0) for others in range(40))


def test_posts_of_a_feed_with_one_title_stay_apart(observe: Observe) -> None:
    posts = [observe(id=f"feed:post{number}", ids={}, source="feed", title="Weekly digest") for number in (1, 2)]
    assert len(merge(posts)) == 2


# --- which value holds -------------------------------------------------------------------------------


def test_fields_come_from_the_source_that_knows_them_best(observe: Observe) -> None:
    hf = observe(
        source="hf-daily",
        title="HF title",
        abstract="hf",
        authors=("A", "B", "C"),
        organization="Lab",
        signals={"upvotes": 5.0},
        urls={"page": "hf", "pdf": "hf.pdf"},
        seen=hours(5),
    )
    arxiv = observe(
        title="arXiv title", abstract="arxiv", authors=("A", "B"), categories=("cs.CL",), urls={"pdf": "a.pdf"}
    )
    feed = observe(source="some blog", title="Blog", abstract="blog", comment="seen", seen=hours(9))
    paper = only(merge([hf, arxiv, feed]))
    assert (paper.title, paper.abstract, paper.authors) == ("arXiv title", "arxiv", ("A", "B"))
    assert (paper.organization, paper.comment) == ("Lab", "seen")
    assert paper.urls == {"page": "hf", "pdf": "a.pdf"}
    assert paper.provenance == {
        "title": "arxiv-rss",
        "abstract": "arxiv-rss",
        "authors": "arxiv-rss",
        "categories": "arxiv-rss",
        "comment": "some blog",
        "organization": "hf-daily",
        "announced": "some blog",
        "urls": "arxiv-rss, hf-daily",
        "urls.page": "hf-daily",
        "urls.pdf": "arxiv-rss",
        "signals": "hf-daily",
    }


def test_the_newest_observation_of_a_source_holds_and_an_older_one_fills_gaps(observe: Observe) -> None:
    old = observe(title="Old", abstract="kept", signals={"upvotes": 9.0, "comments": 1.0})
    new = observe(title="New", signals={"upvotes": 4.0}, seen=hours(1))
    paper = only(merge([new, old]))
    assert (paper.title, paper.abstract) == ("New", "kept")
    assert paper.signals == {"upvotes": 4.0, "comments": 1.0}


def test_of_two_seen_at_once_the_later_line_holds(observe: Observe) -> None:
    assert only(merge([observe(title="first"), observe(title="second")])).title == "second"


def test_hidden_authors_do_not_replace_a_longer_list(observe: Observe) -> None:
    full = observe(source="hf-daily", authors=("A", "B", "C"))
    hidden = observe(source="hf-daily", authors=("A",), author_count=5, seen=hours(1))
    paper = only(merge([full, hidden]))
    assert (paper.authors, paper.author_count) == (("A", "B", "C"), 5)
    assert only(merge([full, observe(author_count=3, seen=hours(1))])).author_count is None


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2024", "2024-05-24"], "2024-05-24"),
        (["2024-05", "2024"], "2024-05"),
        (["2025-01-01", "2024-05-24", "2024-05-24T17:34:15Z"], "2024-05-24T17:34:15Z"),
        (["2024-05-24T17:34:15Z", "2024-05-24T03:00:00Z"], "2024-05-24T03:00:00Z"),
        ([None, "2024"], "2024"),
    ],
)
def test_published_is_the_earliest_precise_date(observe: Observe, dates: list[str | None], expected: str) -> None:
    papers = merge([observe(published=date, seen=hours(number)) for number, date in enumerate(dates)])
    assert only(papers).published == expected


def test_what_is_shown_is_the_one_announced_last(observe: Observe) -> None:
    first = observe(announced=dt.date(2025, 11, 20), announce_type={"cs.CL": "new"}, version=1, updated="2025-11-19")
    again = observe(announced=DAY, announce_type={"cs.CL": "replace"}, version=2, updated="2025-11-23")
    paper = only(merge([again, first]))
    assert (paper.day, paper.announced, paper.version, paper.updated) == (DAY, DAY, 2, "2025-11-23")
    assert paper.announce_type == {"cs.CL": "replace"}


def test_the_day_is_announced_else_published_else_first_seen(observe: Observe) -> None:
    bare = observe(announced=None, seen=hours(48))
    assert only(merge([bare, observe(announced=None)])).day == NOW.date()
    assert only(merge([bare, observe(announced=None, published="2024-05")])).day == dt.date(2024, 5, 1)


def test_with_as_of_later_observations_are_as_if_not_there(observe: Observe) -> None:
    early = observe(1, announced=dt.date(2025, 11, 20), signals={"upvotes": 1.0})
    late = observe(1, announced=DAY, title="Late", signals={"upvotes": 9.0})
    papers = merge([early, late, observe(2)], as_of=dt.date(2025, 11, 23))
    assert papers == merge([early])
    assert merge([early, late], as_of=DAY) == merge([early, late])


# --- the order of lines ------------------------------------------------------------------------------

NUMBERS = st.integers(1, 4)
RECORD = st.fixed_dictionaries(
    {
        "arxiv": st.none() | NUMBERS,
        "pmid": st.none() | NUMBERS,
        "dois": st.lists(NUMBERS, max_size=2, unique=True),
        "source": st.sampled_from(["arxiv-rss", "hf-daily", "crossref", "blog"]),
        "title": st.sampled_from(["One", "Two", "Three"]),
        "listing": st.booleans(),
        "day": st.none() | st.integers(1, 28),
    }
)


def record(given: dict[str, object], hour: int) -> Observation:
    ids: dict[str, tuple[str, ...]] = {}
    if not given["listing"]:
        ids = {"doi": tuple(f"10.1000/{number}" for number in given["dois"])}  # type: ignore[attr-defined]
        if given["arxiv"]:
            ids["arxiv"] = (f"2511.0000{given['arxiv']}",)
        if given["pmid"]:
            ids["pmid"] = (str(given["pmid"]),)
    source, title = str(given["source"]), str(given["title"])
    kind = next((kind for kind in ("arxiv", "doi", "pmid") if ids.get(kind)), None)
    own = f"{source}:t-{title.encode().hex()}" if given["listing"] else f"{source}:own{hour}"
    return Observation(
        id=f"{kind}:{ids[kind][0]}" if kind else own,
        source=source,
        title=title,
        seen=hours(hour),
        ids=ids,
        announced=dt.date(2025, 11, given["day"]) if isinstance(given["day"], int) else None,
        authors=("A",) * (hour % 3),
        signals={"upvotes": float(hour)},
    )


@given(st.lists(RECORD, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter_where_times_differ(
    given_records: list[dict[str, object]], chance: random.Random
) -> None:
    observations = [record(given, hour) for hour, given in enumerate(given_records)]
    expected = {paper.aliases: paper for paper in merge(observations)}
    shuffled = list(observations)
    chance.shuffle(shuffled)
    assert {paper.aliases: paper for paper in merge(shuffled)} == expected


@given(st.lists(RECORD, max_size=12))
def test_no_paper_has_two_arxiv_ids_and_none_is_lost(given_records: list[dict[str, object]]) -> None:
    observations = [record(given, hour) for hour, given in enumerate(given_records)]
    papers = merge(observations)
    for paper in papers:
        assert len(paper.ids.get("arxiv", ())) <= 1
        assert len(paper.ids.get("pmid", ())) <= 1
        assert paper.aliases[0] == paper.id
    assert {name for paper in papers for name in paper.aliases} >= {one.id for one in observations}
    assert sum(paper.signals["upvotes"] >= 0 for paper in papers) == len(papers) <= len(observations)


def test_twenty_thousand_papers_merge_in_a_moment(observe: Observe) -> None:
    observations = [observe(number, abstract="a", authors=("A",), categories=("cs.CL",)) for number in range(20_000)]
    started = time.process_time()
    assert len(merge(observations)) == 20_000
    assert time.process_time() - started < 1.5


def test_votes_seen_after_the_day_are_as_if_not_there() -> None:
    def seen(day: int, votes: int, announced: int = 1) -> Observation:
        return Observation(
            id="arxiv:2607.00001",
            ids={"arxiv": ("2607.00001",)},
            source="hf-daily",
            title="One",
            seen=dt.datetime(2026, 7, day, 12, tzinfo=dt.UTC),
            announced=dt.date(2026, 7, announced),
            signals={"upvotes": votes},
        )

    (paper,) = merge([seen(1, 10), seen(7, 90)], as_of=dt.date(2026, 7, 1))
    assert paper.signals == {"upvotes": 10}
    (afterwards,) = merge([seen(20, 90), seen(21, 95)], as_of=dt.date(2026, 7, 1))
    assert afterwards.signals == {"upvotes": 90}, "a day that was fetched later counts as it was first seen"
