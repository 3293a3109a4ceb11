"""Topics and authors of a user's own library: a first set of rules.

Phrases are rated by how much more often the library uses them than other papers do, p · ln(p/q), with p and q the
shares of papers that use them (the informativeness of Tomokiyo and Hurst, "A language model approach to keyphrase
extraction", ACL workshop on multiword expressions, 2003). Topics are found greedily: the best phrase begins a topic;
the next one is begun by the phrase that is best among the papers no topic has yet, and so on; every other good phrase
joins the topic whose papers it shares most, by the cosine of the two sets.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from papertriage.learn.background import LEAST, shares
from papertriage.learn.candidates import usual
from papertriage.learn.phrases import Phrase, fields_of, root, spelled_phrases
from papertriage.model import Paper
from papertriage.names import same_person, surname
from papertriage.text import clean

LEAST_PAPERS = 2
"""A phrase stands in at least so many papers of the library, and in one of fifty."""

MOST_TOPICS = 6
MOST_TERMS = 8
COVERED = 0.95
"""A share of the library with which topics are content."""

BROAD = 3
"""A phrase in more than one of so many papers of the library begins a topic only when there is no other."""

NAMED = 0.15
"""Of the papers with a phrase, so many have it in their title: titles name what papers are about."""

NEAR = 0.2
"""A cosine from which a phrase is of a topic."""

PART = 0.7
"""A phrase of whose papers a longer one has so many says no more than that."""

FOLLOWED = 3
"""Papers of one author from which on the author is followed."""

MOST_AUTHORS = 15


class LibraryTerm(msgspec.Struct, frozen=True):
    """A term with the number of papers of the library that use it."""

    text: str
    papers: int


class LibraryTopic(msgspec.Struct, frozen=True):
    """A topic of the library, its most telling term first."""

    name: str
    terms: tuple[LibraryTerm, ...]


class Library(msgspec.Struct, frozen=True):
    """What a library is about.

    Attributes:
        authors: names, each with the number of papers in which it stands.
    """

    topics: tuple[LibraryTopic, ...]
    authors: tuple[tuple[str, int], ...]


def describe(papers: Sequence[Paper], others: Sequence[Paper] = ()) -> Library:
    """Find topics and authors.

    Args:
        papers: the library.
        others: papers to hold it against; none means the word frequencies that ship with the package.
    """
    where, titles, spellings = _phrases(papers)
    least = max(LEAST_PAPERS, math.ceil(len(papers) / 50))
    common = {root(word) for word in shares()}
    kept = {
        phrase: numbers
        for phrase, numbers in where.items()
        if len(numbers) >= least
        and titles[phrase] >= NAMED * len(numbers)
        and not (len(phrase) == 1 and phrase[0] in common)
    }
    kept = _whole(kept)
    elsewhere = _shares_in(others, kept) if others else _shipped_share
    worth = {phrase: math.log(len(kept[phrase]) / len(papers) / elsewhere(phrase)) for phrase in kept}
    kept = {phrase: numbers for phrase, numbers in kept.items() if worth[phrase] > 0}
    topics = _topics(kept, worth, len(papers))
    named = [
        LibraryTopic(
            usual(spellings[topic[0]]).casefold().replace(" ", "-")[:100],
            tuple(LibraryTerm(usual(spellings[phrase]), len(kept[phrase])) for phrase in topic),
        )
        for topic in topics
    ]
    return Library(tuple(_once(named)), tuple(frequent_authors(papers)))


def _once(topics: Iterable[LibraryTopic]) -> Iterator[LibraryTopic]:
    """Leave out a topic or a term that is spelled as one before."""
    names: set[str] = set()
    texts: set[str] = set()
    for topic in topics:
        terms = tuple(term for term in topic.terms if term.text.casefold() not in texts)
        if terms and topic.name not in names:
            names.add(topic.name)
            texts.update(term.text.casefold() for term in terms)
            yield LibraryTopic(topic.name, terms)


# -- phrases ----------------------------------------------------------------------------------------------------


def _phrases(
    papers: Sequence[Paper],
) -> tuple[dict[Phrase, set[int]], Counter[Phrase], dict[Phrase, Counter[str]]]:
    """Give the papers that have a phrase, how many have it in their title, and its spellings."""
    where: dict[Phrase, set[int]] = defaultdict(set)
    titles: Counter[Phrase] = Counter()
    spellings: dict[Phrase, Counter[str]] = defaultdict(Counter)
    for number, paper in enumerate(papers):
        for field, text in fields_of(paper, ("title", "abstract")):
            found = list(spelled_phrases(text))
            titles.update({phrase for phrase, _ in found} if field == "title" else ())
            for phrase, spelling in found:
                where[phrase].add(number)
                spellings[phrase][spelling] += 1
    return where, titles, spellings


def _whole(where: Mapping[Phrase, set[int]]) -> dict[Phrase, set[int]]:
    """Leave out phrases that nearly always stand inside one longer phrase: `chain of` in `chain of thought`."""
    parts = {
        phrase[start:stop]
        for phrase, numbers in where.items()
        for start in range(len(phrase))
        for stop in range(start + 1, len(phrase) + 1)
        if stop - start < len(phrase) and len(numbers) >= PART * len(where.get(phrase[start:stop], ()))
    }
    return {phrase: numbers for phrase, numbers in where.items() if phrase not in parts}


def _shipped_share(phrase: Phrase) -> float:
    """Give the share of its rarest word, which a phrase cannot exceed."""
    known = _root_shares()
    return min(known.get(word, LEAST) for word in phrase)


def _root_shares() -> Mapping[str, float]:
    if not _ROOT_SHARES:
        for word, share in shares().items():
            _ROOT_SHARES[root(word)] = max(share, _ROOT_SHARES.get(root(word), 0.0))
    return _ROOT_SHARES


_ROOT_SHARES: dict[str, float] = {}


def _shares_in(papers: Sequence[Paper], phrases: Mapping[Phrase, object]) -> Callable[[Phrase], float]:
    counts: Counter[Phrase] = Counter()
    for paper in papers:
        found = {phrase for _, text in fields_of(paper, ("title", "abstract")) for phrase, _ in spelled_phrases(text)}
        counts.update(found & phrases.keys())
    return lambda phrase: (counts[phrase] + 0.5) / (len(papers) + 1)


# -- topics -----------------------------------------------------------------------------------------------------


def _topics(where: Mapping[Phrase, set[int]], worth: Mapping[Phrase, float], papers: int) -> list[list[Phrase]]:
    """Group phrases; each group's first began it."""

    def gain(phrase: Phrase, among: set[int]) -> tuple[float, Phrase]:
        """Rate a phrase among some papers; long ones say more (C-value of Frantzi and Ananiadou, 1996)."""
        return (len(where[phrase] & among) * worth[phrase] * math.log2(1 + len(phrase)), phrase)

    left = set(range(papers))
    seeds: list[Phrase] = []
    least = max(LEAST_PAPERS, papers // 20)
    while len(seeds) < MOST_TOPICS and len(left) > (1 - COVERED) * papers:
        open_ = [phrase for phrase in where if len(where[phrase] & left) >= least]
        narrow = [phrase for phrase in open_ if len(where[phrase]) * BROAD <= papers]
        if not open_:
            break
        seed = max(narrow or open_, key=lambda phrase: gain(phrase, left))
        seeds.append(seed)
        left -= where[seed]
    groups: dict[Phrase, list[Phrase]] = {seed: [seed] for seed in seeds}
    # First those that reach papers which no term has yet, so that the rules take most of the library.
    waiting = set(where) - set(seeds)
    everywhere = set(range(papers))
    while waiting and any(len(group) < MOST_TERMS for group in groups.values()):
        best = max(waiting, key=lambda phrase: (gain(phrase, left)[0], gain(phrase, everywhere)))
        waiting.remove(best)
        roomy = [seed for seed in seeds if len(groups[seed]) < MOST_TERMS]
        home = max(roomy, key=lambda seed: _cosine(where[best], where[seed]))
        if where[best] & left or _cosine(where[best], where[home]) >= NEAR:
            groups[home].append(best)
            left -= where[best]
    return list(groups.values())


def _cosine(one: set[int], other: set[int]) -> float:
    return len(one & other) / math.sqrt(len(one) * len(other))


# -- authors ----------------------------------------------------------------------------------------------------


def frequent_authors(papers: Iterable[Paper]) -> list[tuple[str, int]]:
    """Give the authors of at least three papers, initials and full names of one person taken together.

    The fullest spelling names the person; a spelling that could be either of two counts for the more frequent.
    """
    counts: Counter[str] = Counter()
    for paper in papers:
        names = {"".join(sign for sign in clean(name) if sign.isprintable()).strip() for name in paper.authors}
        counts.update(name for name in names if surname(name) and 2 < len(name) <= 100 and " " in name)
    persons: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, count in sorted(counts.items(), key=lambda one: (-len(one[0]), -one[1], one[0])):
        same = persons[surname(name)]
        fitting = [number for number, (other, _) in enumerate(same) if same_person(other, name)]
        if fitting:
            best = max(fitting, key=lambda number: same[number][1])
            same[best] = (same[best][0], same[best][1] + count)
        else:
            same.append((name, count))
    found = [person for same in persons.values() for person in same if person[1] >= FOLLOWED]
    return sorted(found, key=lambda person: (-person[1], person[0]))[:MOST_AUTHORS]
