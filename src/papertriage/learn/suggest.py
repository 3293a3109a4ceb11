"""From decisions to changes of the rules: relevance feedback whose result a person can read.

Terms are chosen and weighed by one penalised model (`fit.py`), over phrases that stand in at least two of the papers
decided on (`candidates.py`). What a term gives to a paper is found by the matcher and the ranking themselves. A phrase
of which enough skipped papers and no wanted one has a hit becomes a `none`, or an `exclude` where several topics
suffer from it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from papertriage import rank
from papertriage.errors import Place
from papertriage.findings import Edit, EditedRole, Learned, Suggestion
from papertriage.learn.candidates import LEAST_VOTES, Candidate, candidates, phrases_of_terms
from papertriage.learn.fit import FARTHEST, STEP, Feature, Model
from papertriage.lexicon import Lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Paper
from papertriage.rules.compile import compile_rules
from papertriage.rules.schema import PhraseSpec, RulesSpec, TopicSpec
from papertriage.rules.terms import Phrase, Rules, Term, Topic
from papertriage.yamlfile import Faults, Text

LEAST_WANTED, LEAST_SKIPPED = 2, 3
"""Decisions without which nothing is suggested."""

MOST_CHANGES = 12
"""Weights that one patch changes or adds: what a person reads through."""

BACKGROUND = 2000
"""Papers without a decision that are looked at; of more, every so many."""

CHANCE = 0.001
"""A phrase is made a `none` when, were it unrelated to what is wanted, so many skips in a row were as unlikely."""

ALIKE = 0.7
"""Two terms with so large a share of their papers in common say the same; one is enough to read."""

FEW = 3
"""A term that stands in no more of the papers decided on is told as unsure."""

ASKED = 5

NEW_TOPIC = "from-decisions"


class _Slot(msgspec.Struct, frozen=True):
    """A weight that can move: of a term that is there, or of one that could be."""

    topic: str
    role: EditedRole
    term: Term
    at: Place | None
    feature: Feature


def learn(
    rules: Rules,
    spec: RulesSpec,
    *,
    wanted: Sequence[Paper],
    skipped: Sequence[Paper],
    others: Sequence[Paper],
    lexicon: Lexicon,
    as_of: dt.date,
) -> Learned:
    """Learn from decisions.

    Args:
        rules, spec: the rules, compiled and as written.
        others: papers of the cache without a decision.
    """
    if len(wanted) < LEAST_WANTED or len(skipped) < LEAST_SKIPPED:
        return Learned(
            wanted=len(wanted),
            skipped=len(skipped),
            lacking=(max(0, LEAST_WANTED - len(wanted)), max(0, LEAST_SKIPPED - len(skipped))),
        )
    step = max(1, -(-len(others) // BACKGROUND))
    return _Learning(rules, spec, (wanted, skipped, others[::step]), lexicon, as_of).learned()


class _Learning:
    """One run: papers are numbered, the wanted first, then the skipped, then the others that are looked at."""

    def __init__(
        self,
        rules: Rules,
        spec: RulesSpec,
        papers: tuple[Sequence[Paper], Sequence[Paper], Sequence[Paper]],
        lexicon: Lexicon,
        as_of: dt.date,
    ) -> None:
        wanted, skipped, others = papers
        self._rules = rules
        self._spec = spec
        self._lexicon = lexicon
        self._as_of = as_of
        self._wanted = len(wanted)
        self._decided = len(wanted) + len(skipped)
        self._papers = [*wanted, *skipped, *others]
        matcher = Matcher(rules, lexicon)
        self._hits = [matcher.hits(paper) for paper in self._papers]
        self._scores = [
            rank.score(paper, hits, rules, as_of=as_of) for paper, hits in zip(self._papers, self._hits, strict=True)
        ]
        self._holding = [{topic.name for topic in score.topics} for score in self._scores]
        self._open = {topic.name: self._opened(topic) for topic in rules.topics if self._takes(topic)}

    def learned(self) -> Learned:
        model = Model([score.relevance for score in self._scores], self._yes(), self._importance())
        terms = self._terms(self._candidates())
        removing = self._removing(terms)
        removed = {slot.term.place for slot in removing}
        free = (self._slot(term, points) for term, points in terms if term.place not in removed)
        slots = [*self._present(), *(slot for slot in free if slot)]
        slots = _distinct(sorted(slots, key=lambda slot: -model.promise(slot.feature)))
        # With many wanted, a phrase of two of them is one of very many that chance has put there.
        least = max(LEAST_VOTES, math.ceil(math.log2(self._wanted)))
        ready = [slot for slot in slots if slot.at is not None or len(self._votes(slot)) >= least]
        changes = model.fit([slot.feature for slot in ready], most=MOST_CHANGES)

        suggestions = [self._suggestion(ready[number], change) for number, change in changes.items()]
        suggestions += [self._suggestion(slot, 0.0) for slot in removing]
        suggestions.sort(key=lambda one: (one.lowers, one.edit.at is not None, -abs(one.edit.weight), -one.wanted))
        doubtful = [
            slot
            for slot in slots
            if slot.at is None and len(self._votes(slot)) <= FEW and len(slot.feature.points) > len(self._votes(slot))
        ][: 2 * ASKED]
        return Learned(
            wanted=self._wanted,
            skipped=self._decided - self._wanted,
            suggestions=tuple(suggestions),
            doubts=tuple(slot.term.label for slot in doubtful),
            asked=tuple(self._asked(doubtful)),
        )

    def _yes(self) -> list[bool]:
        return [number < self._wanted for number in range(len(self._papers))]

    def _importance(self) -> list[float]:
        """Weigh papers: the others as much together as the skipped, and the wanted as much as both."""
        skipped, others = self._decided - self._wanted, len(self._papers) - self._decided
        against = [1.0] * skipped + [skipped / max(others, 1)] * others
        return [max(1.0, sum(against) / self._wanted)] * self._wanted + against

    # -- what could be a term --

    def _candidates(self) -> list[Candidate]:
        known = [
            [token.key for token in term.look_for.tokens]
            for topic in self._rules.topics
            for term in (*topic.any, *topic.all, *topic.none)
            if isinstance(term.look_for, Phrase)
        ]
        decided = self._papers[: self._decided]
        return candidates(decided, self._yes()[: self._decided], self._fields(), phrases_of_terms(known))

    def _fields(self) -> dict[str, float]:
        given = self._spec.match.fields
        return dict(given) if isinstance(given, dict) else dict.fromkeys(given, 1.0)

    def _terms(self, found: Sequence[Candidate]) -> list[tuple[Term, dict[int, float]]]:
        """Compile candidates with the defaults of the file, and give what each adds to each paper at weight 1."""
        texts = [
            PhraseSpec(term=Text(candidate.text, Place("", number + 1)), place=Place("", number + 1))
            for number, candidate in enumerate(found)
        ]
        alone = RulesSpec(version=1, match=self._spec.match, topics=(TopicSpec(name=NEW_TOPIC, any=tuple(texts)),))
        rules = compile_rules(alone, Faults(""), Faults(""), None)
        matcher = Matcher(rules, self._lexicon)
        points: dict[int, dict[int, float]] = defaultdict(dict)
        for number, paper in enumerate(self._papers):
            for line in rank.score(paper, matcher.hits(paper), rules, as_of=self._as_of).lines:
                assert line.place is not None
                where = points[line.place.line]
                where[number] = where.get(number, 0.0) + line.points
        return [(term, points[term.place.line]) for term in rules.topics[0].any if points[term.place.line]]

    # -- where a term goes --

    def _takes(self, topic: Topic) -> bool:
        """Whether a topic can take another term: to a topic of `all` alone it would be one more condition."""
        return bool(topic.any or topic.authors)

    def _opened(self, topic: Topic) -> set[int]:
        """Give the papers in which a topic would hold if it had a hit."""
        if not (topic.all or topic.none or topic.categories or topic.sources or topic.until):
            return set(range(len(self._papers)))
        bare = msgspec.structs.replace(topic, any=(), authors=(), min_score=None)
        rules = Rules(file="", topics=(bare,))
        return {
            number
            for number, (paper, hits) in enumerate(zip(self._papers, self._hits, strict=True))
            if rank.score(paper, hits, rules, as_of=self._as_of).topics
        }

    def _home(self, where: Iterable[int]) -> str | None:
        """Give the topic whose papers a phrase is of; None when it is of no topic's."""
        votes = Counter[str]()
        for number in where:
            if number < self._decided:
                votes.update(name for name in self._holding[number] if name in self._open)
        return max(self._open, key=lambda name: votes[name]) if votes else None

    def _slot(self, term: Term, points: dict[int, float]) -> _Slot | None:
        home = self._home(points)
        if home is None:
            # Papers that no topic takes: their words make a topic of their own, which can only be for something.
            return _Slot(NEW_TOPIC, "any", term, None, Feature(points, lowest=0.0))
        topic = next(topic for topic in self._rules.topics if topic.name == home)
        inside = {number: value * topic.weight for number, value in points.items() if number in self._open[home]}
        return _Slot(home, "any", term, None, Feature(inside)) if topic.weight > 0 else None

    def _present(self) -> Iterator[_Slot]:
        """Give the weights that are there. One keeps its sign: what takes papers is not turned against them."""
        points: dict[Place, dict[int, float]] = defaultdict(dict)
        for number, score in enumerate(self._scores):
            for line in score.lines:
                if line.part == "topic" and line.place is not None and line.field != "authors":
                    where = points[line.place]
                    where[number] = where.get(number, 0.0) + line.points
        for topic in self._rules.topics:
            lists: tuple[tuple[EditedRole, tuple[Term, ...]], ...] = (("any", topic.any), ("all", topic.all))
            for role, terms in lists:
                for term in terms:
                    if not term.weight or term.place.file != self._rules.file:
                        continue
                    where = {number: value / term.weight for number, value in points[term.place].items()}
                    nearest = min(STEP, abs(term.weight)) - abs(term.weight)
                    low, high = (nearest, FARTHEST) if term.weight > 0 else (-FARTHEST, -nearest)
                    yield _Slot(topic.name, role, term, term.place, Feature(where, low, high))

    def _removing(self, terms: Sequence[tuple[Term, dict[int, float]]]) -> list[_Slot]:
        """Give the phrases that mark skipped papers without exception, often enough; each for papers of its own."""
        rate = self._wanted / self._decided
        left = set(range(self._wanted, self._decided))
        chosen: list[_Slot] = []
        ranked = sorted(terms, key=lambda one: (-sum(number < self._decided for number in one[1]), one[0].label))
        for term, points in ranked:
            votes = {number for number in points if number < self._decided}
            fresh = votes & left
            if min(votes, default=0) < self._wanted or (1 - rate) ** len(fresh) > CHANCE:
                continue
            suffering = Counter(name for number in votes for name in self._holding[number])
            several = sum(count >= FEW for count in suffering.values()) > 1
            home = "" if several else self._home(votes)
            if home is None:
                continue
            left -= fresh
            chosen.append(_Slot(home, "exclude" if several else "none", term, None, Feature(points)))
        return chosen

    # -- what is said of it --

    def _votes(self, slot: _Slot) -> list[int]:
        """Give the papers decided on that have a term."""
        return [number for number in slot.feature.points if number < self._decided]

    def _suggestion(self, slot: _Slot, change: float) -> Suggestion:
        votes = self._votes(slot)
        wanted = sum(number < self._wanted for number in votes)
        before = slot.term.weight if slot.at is not None else None
        others = len(self._papers) - self._decided
        weight = (before or 0.0) + change if slot.role in ("any", "all") else 1.0
        return Suggestion(
            edit=Edit(topic=slot.topic, role=slot.role, term=slot.term.label, weight=weight, at=slot.at),
            before=before,
            wanted=wanted,
            skipped=len(votes) - wanted,
            elsewhere=(len(slot.feature.points) - len(votes)) / max(others, 1),
            unsure=len(votes) <= FEW,
        )

    def _asked(self, doubtful: Sequence[_Slot]) -> Iterator[Paper]:
        """Give the papers that have most of the doubtful terms; a term that is asked for counts half from then on."""
        worth = [1.0] * len(doubtful)
        having: dict[int, list[int]] = defaultdict(list)
        for term, slot in enumerate(doubtful):
            for number in slot.feature.points:
                if number >= self._decided and self._holding[number]:  # that a topic takes: the user will see it
                    having[number].append(term)
        for _ in range(ASKED):
            best = max(having, key=lambda number: (sum(worth[term] for term in having[number]), -number), default=None)
            if best is None:
                return
            yield self._papers[best]
            for term in having.pop(best):
                worth[term] /= 2


def _distinct(slots: Iterable[_Slot]) -> list[_Slot]:
    """Leave out new terms that stand in nearly the papers of a better one."""
    kept: list[_Slot] = []
    papers: list[set[int]] = []
    for slot in slots:
        ours = set(slot.feature.points)
        if slot.at is None and any(len(ours & one) >= ALIKE * len(ours | one) for one in papers):
            continue
        kept.append(slot)
        papers.append(ours)
    return kept
