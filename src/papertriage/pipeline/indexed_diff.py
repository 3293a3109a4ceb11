"""`rules diff` from the index: the answer of `rules_diff`, with only the papers that are told read from the log."""

from __future__ import annotations

import datetime as dt

from papertriage import rank
from papertriage.findings import RulesDiff, Stand
from papertriage.index.index import Docs, Index
from papertriage.lexicon import load_lexicon
from papertriage.match import Matcher
from papertriage.match.kept import KeptHits
from papertriage.model import Paper, Score
from papertriage.pipeline.rule_diff import Window, compared
from papertriage.pipeline.scoring import BY_HAND, IN, Scorer
from papertriage.rules.terms import Rules


def indexed_diff(
    index: Index, old: Rules, new: Rules, *, since: dt.date | None, as_of: dt.date, limit: int | None = None
) -> RulesDiff:
    """Compare what two files of rules list of a window, as `rules_diff` does for all that the index knows."""
    docs = index.docs(since, as_of)
    if since is not None:
        first, last = since.toordinal(), as_of.toordinal()
        docs = docs.only(first <= day <= last for day in docs.days)
    before, after = (_Side(index, rules, docs, as_of) for rules in (old, new))

    def scored(place: int) -> tuple[Paper, Score, Score]:
        paper = index.paper(docs.numbers[place])
        assert paper is not None
        return paper, before.score(place, paper), after.score(place, paper)

    found = compared(
        before.stands(),
        after.stands(),
        scored,
        window=Window(old=old.file, new=new.file, since=since, as_of=as_of, papers=len(docs.numbers)),
        limit=limit,
    )
    before.kept.save()
    after.kept.save()
    return found


class _Side:
    """The papers of a window under one file of rules; a paper goes by its place in the columns."""

    def __init__(self, index: Index, rules: Rules, docs: Docs, as_of: dt.date) -> None:
        self._index = index
        self._rules = rules
        self._docs = docs
        self._as_of = as_of
        self.kept = KeptHits(index, rules, load_lexicon)

    def score(self, place: int, paper: Paper) -> Score:
        """Score one paper in full."""
        hits = self.kept.hits(self._docs.numbers[place], paper, self._rules)
        return rank.score(paper, hits, self._rules, as_of=self._as_of)

    def stands(self) -> dict[int, Stand]:
        """Rank the papers that are listed."""
        scores = Scorer(self._index, self.kept, self._rules, as_of=self._as_of).scores(self._docs)
        cents = {place: scores.cents[place] for place, how in enumerate(scores.standing) if how == IN}
        cents |= self._by_hand([place for place, how in enumerate(scores.standing) if how == BY_HAND])
        days, numbers = self._docs.days, self._docs.numbers
        ids = self._index.ids(numbers[place] for place in cents)
        order = sorted(cents, key=lambda place: (-cents[place], -days[place], ids[numbers[place]]))  # as `rank.order`
        return {place: Stand(number, cents[place] / 100) for number, place in enumerate(order, 1)}

    def _by_hand(self, places: list[int]) -> dict[int, int]:
        """Score papers of which the kept hits do not tell enough; those that are listed, in hundredths."""
        if not places:
            return {}
        matcher = Matcher(self._rules, load_lexicon())
        found: dict[int, int] = {}
        for place in places:
            paper = self._index.paper(self._docs.numbers[place])
            assert paper is not None
            score = rank.score(paper, matcher.hits(paper), self._rules, as_of=self._as_of)
            if not (score.excluded or score.below):
                found[place] = round(score.total * 100)
        return found
