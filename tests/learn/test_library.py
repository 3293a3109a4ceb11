from __future__ import annotations

import datetime as dt

from papertriage.learn.library import describe, frequent_authors
from papertriage.model import Paper

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def paper(number: int, title: str, abstract: str = "", authors: tuple[str, ...] = ()) -> Paper:
    return Paper(id=f"p:{number}", title=title, day=NOW.date(), first_seen=NOW, abstract=abstract, authors=authors)


LIBRARY = [
    *(paper(n, f"Spaced repetition and memory {n}", "The testing effect in recall.") for n in range(8)),
    *(paper(n, f"Sleep spindles in adults {n}", "Slow oscillations during sleep.") for n in range(8, 15)),
]


def test_each_subject_of_a_library_becomes_a_topic() -> None:
    topics = {topic.name: [term.text for term in topic.terms] for topic in describe(LIBRARY).topics}
    assert len(topics) == 2
    by_subject = {("spaced repetition" in terms, "sleep spindles" in terms) for terms in topics.values()}
    assert by_subject == {(True, False), (False, True)}


def test_a_term_tells_how_many_papers_have_it() -> None:
    counts = {term.text: term.papers for topic in describe(LIBRARY).topics for term in topic.terms}
    assert counts["spaced repetition"] == 8
    assert counts["sleep spindles"] == 7


def test_what_all_other_papers_have_too_is_no_topic() -> None:
    others = [paper(n, f"Sleep spindles and age {n}") for n in range(50)]
    terms = {term.text for topic in describe(LIBRARY, others).topics for term in topic.terms}
    assert "spaced repetition" in terms
    assert "sleep spindles" not in terms


def test_the_same_library_gives_the_same_topics() -> None:
    assert describe(LIBRARY) == describe(LIBRARY)


def test_initials_and_full_names_are_one_author() -> None:
    papers = [
        paper(1, "a", authors=("Chelsea Finn", "Ada Once")),
        paper(2, "b", authors=("C. Finn", "Wei Chen")),
        paper(3, "c", authors=("Finn, Chelsea", "Wen Chen")),
        paper(4, "d", authors=("Chelsea B. Finn", "Wei Chen")),
    ]
    ((name, count),) = frequent_authors(papers)
    assert count == 4
    assert name == "Chelsea B. Finn"


def test_an_author_without_a_given_name_is_not_followed() -> None:
    assert frequent_authors([paper(n, "t", authors=("Consortium", "\x1b[31m", "…")) for n in range(5)]) == []
