"""`rules diff` from the index: the answer of `rules_diff`, with only the papers that are told read from the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from papertriage import rank
from papertriage.findings import RulesDiff, Stand
from papertriage.index.docs import Docs
from papertriage.index.index import Index
from papertriage.lexicon import load_lexicon
from papertriage.match.kept import KeptHits
from papertriage.match.matcher import Matcher
from papertriage.model import Paper, Score
from papertriage.pipeline.rule_diff import Window, compared
from papertriage.pipeline.scoring import BY_HAND, IN, Scorer
from papertriage.rules.terms import Rules


def indexed_diff(
    index: Index,
    old: Rules,
    new: Rules,
    *,
    since: dt.date | None,
    as_of: dt.date,
    cut: dt.date | None = None,
    limit: int | None = None,
) -> RulesDiff:
    """Compare what two files of rules list of a window, as `rules_diff` does for all that the index knows.

    Args:
        cut: later observations are as if not there, as in `read_cache(as_of=…)`.
    """
    docs, late = _cut(index, index.docs(since, as_of), cut)
    if since is not None:
        first, last = since.toordinal(), as_of.toordinal()
        docs = docs.only(first <= day <= last for day in docs.days)
        late = [paper for paper in late if since <= paper.day <= as_of]
    before, after = (_Side(index, rules, docs, late, as_of) for rules in (old, new))

    def scored(place: int) -> tuple[Paper, Score, Score]:
        paper = before.paper(place)
        return paper, before.score(place, paper), after.score(place, paper)

    window = Window(old=old.file, new=new.file, since=since, as_of=as_of, papers=len(docs.numbers) + len(late))
    found = compared(before.stands(), after.stands(), scored, window=window, limit=limit)
    before.kept.save()
    after.kept.save()
    return found


def _cut(index: Index, docs: Docs, cut: dt.date | None) -> tuple[Docs, list[Paper]]:
    """Part papers of which more is known from after a day from the others; give them as they were on that day."""
    later = index.later_than(cut) & set(docs.numbers) if cut is not None else set()
    if cut is None or not later:
        return docs, []
    reached, papers = index.as_of(later, cut)
    return docs.only(number not in reached for number in docs.numbers), papers


class _Side:
    """The papers of a window under one file of rules.

    A paper goes by its place in the columns of the index, one of those that are not there as they were by -1, -2, …
    """

    def __init__(self, index: Index, rules: Rules, docs: Docs, late: Sequence[Paper], as_of: dt.date) -> None:
        self._index = index
        self._rules = rules
        self._docs = docs
        self._late = late
        self._as_of = as_of
        self.kept = KeptHits(index, rules)

    def paper(self, place: int) -> Paper:
        """Give a paper in full."""
        if place < 0:
            return self._late[-1 - place]
        paper = self._index.paper(self._docs.numbers[place])
        assert paper is not None
        return paper

    def score(self, place: int, paper: Paper) -> Score:
        """Score one paper in full."""
        if place < 0:
            hits = Matcher(self._rules, load_lexicon()).hits(paper)
        else:
            hits = self.kept.hits(self._docs.numbers[place], paper, self._rules)
        return rank.score(paper, hits, self._rules, as_of=self._as_of)

    def stands(self) -> dict[int, Stand]:
        """Rank the papers that are listed."""
        scores = Scorer(self._index, self.kept, self._rules, as_of=self._as_of).scores(self._docs)
        cents = {place: scores.cents[place] for place, how in enumerate(scores.standing) if how == IN}
        days, numbers = self._docs.days, self._docs.numbers
        ids = self._index.ids(numbers[place] for place in cents)
        # As `rank.order` does: the best first, then the newest, then by id.
        order = [(-cents[place], -days[place], ids[numbers[place]], place) for place in cents]
        by_hand = [place for place, how in enumerate(scores.standing) if how == BY_HAND]
        order += self._one_by_one([*by_hand, *range(-len(self._late), 0)])
        return {row[3]: Stand(number, -row[0] / 100) for number, row in enumerate(sorted(order), 1)}

    def _one_by_one(self, places: Sequence[int]) -> Iterable[tuple[int, int, str, int]]:
        """Score papers of which the kept hits do not tell enough; give those that are listed as rows to sort."""
        if not places:
            return
        matcher = Matcher(self._rules, load_lexicon())
        for place in places:
            paper = self.paper(place)
            score = rank.score(paper, matcher.hits(paper), self._rules, as_of=self._as_of)
            if not (score.excluded or score.below):
                yield -round(score.total * 100), -paper.day.toordinal(), paper.id, place
