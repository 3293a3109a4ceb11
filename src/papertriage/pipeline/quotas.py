"""Quotas of topics: one hot topic does not starve the rest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from papertriage.model import Paper, Score
from papertriage.rules.terms import Rules


def quotas_of(rules: Rules, *, per_topic: int | None, everything: bool) -> dict[str, int]:
    """Give the quota of each topic that has one.

    Args:
        per_topic: holds for every topic, in place of what the rules say.
        everything: the quotas of the rules do not hold.
    """
    if per_topic is not None:
        return {topic.name: per_topic for topic in rules.topics}
    if everything:
        return {}
    return {topic.name: topic.at_most for topic in rules.topics if topic.at_most is not None}


def quota_topic(score: Score, topics: Collection[str] = ()) -> str | None:
    """Name the topic to whose quota a paper counts: its best one; a paper of a followed author counts to none.

    Args:
        topics: only these, where any are asked for.
    """
    if any(line.part == "follow" for line in score.lines):
        return None
    return next((topic.name for topic in score.topics if not topics or topic.name in topics), None)


def within_quotas(
    ordered: Iterable[tuple[Paper, Score]], quotas: Mapping[str, int], topics: Collection[str] = ()
) -> list[tuple[Paper, Score]]:
    """Give the papers, in their order, without those past the quota of their topic."""
    taken: Counter[str] = Counter()
    kept = []
    for paper, score in ordered:
        name = quota_topic(score, topics)
        if name is not None and name in quotas:
            taken[name] += 1
            if taken[name] > quotas[name]:
                continue
        kept.append((paper, score))
    return kept
