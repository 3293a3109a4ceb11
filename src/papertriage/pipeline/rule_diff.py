"""`rules diff`: which papers other rules list, and through which of their lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from papertriage import rank
from papertriage.findings import Cause, Change, RulesDiff, Stand
from papertriage.model import Paper, Score, ScoreLine
from papertriage.pipeline.two_rules import scores_of_both
from papertriage.rules.terms import Rules


def rules_diff(papers: Iterable[Paper], old: Rules, new: Rules, *, since: dt.date | None, as_of: dt.date) -> RulesDiff:
    """Compare what two files of rules list of a window, as `list` would without a limit.

    A paper moves when its score differs. That ranks shift below a paper which enters is no move.

    Args:
        papers: of the cache.
        since: the first day of the window; None for everything.
        as_of: its last day, to which ages count.
    """
    window = [paper for paper in papers if since is None or since <= paper.day <= as_of]
    scored = list(scores_of_both(window, old, new, as_of=as_of))
    before = _stands((paper, score) for paper, score, _ in scored)
    after = _stands((paper, score) for paper, _, score in scored)
    changes: list[Change] = []
    same = 0
    for paper, was, now in scored:
        one, other = before.get(paper.id), after.get(paper.id)
        if one is None and other is None:
            continue
        if one and other and one.score == other.score:
            same += 1
            continue
        reason = _reason(now, was) if other is None else _reason(was, now) if one is None else ""
        changes.append(Change(paper=paper, before=one, after=other, causes=_causes(was, now), reason=reason))
    return RulesDiff(
        old=old.file,
        new=new.file,
        since=since,
        as_of=as_of,
        papers=len(window),
        enter=tuple(sorted((one for one in changes if one.kind == "enter"), key=lambda one: _rank(one.after))),
        leave=tuple(sorted((one for one in changes if one.kind == "leave"), key=lambda one: _rank(one.before))),
        move=tuple(sorted((one for one in changes if one.kind == "move"), key=_size)),
        same=same,
    )


def _stands(scored: Iterable[tuple[Paper, Score]]) -> dict[str, Stand]:
    """Rank those papers that are listed; by id."""
    listed = [(paper, score) for paper, score in scored if not (score.excluded or score.below)]
    return {paper.id: Stand(number, score.total) for number, (paper, score) in enumerate(rank.order(listed), 1)}


def _rank(stand: Stand | None) -> int:
    return stand.rank if stand else 0


def _size(change: Change) -> tuple[int, float, int]:
    """Order moves by the change of rank, then of score, the largest first."""
    assert change.before is not None
    assert change.after is not None
    ranks = abs(change.after.rank - change.before.rank)
    return (-ranks, -abs(change.after.score - change.before.score), change.after.rank)


def _reason(out: Score, listed: Score) -> str:
    """Say what keeps a paper out under the one rules, knowing which topics take it under the other."""
    if out.excluded:
        return out.excluded
    took = {topic.name for topic in listed.topics}
    notes = [note for note in out.notes if any(note.startswith(f"Topic {name} (") for name in took)]
    return " ".join(notes) or out.below or ""


_Key = tuple[str, str, str, str, int]


def _causes(was: Score, now: Score) -> tuple[Cause, ...]:
    """Give the lines of two sums that differ, the weightiest first."""
    before, after = _by_key(was.lines), _by_key(now.lines)
    causes = []
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        if (one.points if one else 0.0) == (other.points if other else 0.0):
            continue
        line = other or one
        assert line is not None
        causes.append(
            Cause(
                part=line.part,
                topic=line.topic,
                term=line.term,
                field=line.field,
                before=one.points if one else None,
                after=other.points if other else None,
                place=line.place,
            )
        )
    return tuple(sorted(causes, key=lambda cause: -abs(cause.points)))


def _by_key(lines: Iterable[ScoreLine]) -> dict[_Key, ScoreLine]:
    """Give lines by what they are about; of several about the same the first, the second and so on."""
    found: dict[_Key, ScoreLine] = {}
    for line in lines:
        number = 0
        while (key := (line.part, line.topic, line.term, line.field, number)) in found:
            number += 1
        found[key] = line
    return found
