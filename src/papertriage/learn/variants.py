"""Rules with some of the edits that a patched file has: to see what each does alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from papertriage.errors import Place
from papertriage.findings import Edit
from papertriage.rules.terms import Rules, Term, Topic


def variant(old: Rules, new: Rules, edits: Collection[Edit]) -> Rules:
    """Give rules that have some of the edits; terms keep the places of the patched file.

    Args:
        old, new: the rules before and with all edits.
        edits: those to keep.
    """
    known = {topic.name: topic for topic in old.topics}
    topics = []
    for topic in new.topics:
        before = known.get(topic.name)
        lists = {
            role: _terms(getattr(before, role, ()), getattr(topic, role), topic.name, role, edits)
            for role in ("any", "all", "none")
        }
        if before or any(lists.values()):
            topics.append(msgspec.structs.replace(topic, **lists))
    exclude = _terms(old.exclude.any, new.exclude.any, "", "exclude", edits)
    return msgspec.structs.replace(new, topics=tuple(topics), exclude=msgspec.structs.replace(new.exclude, any=exclude))


def _terms(
    old: Sequence[Term], new: Sequence[Term], topic: str, role: str, edits: Collection[Edit]
) -> tuple[Term, ...]:
    ours = [edit for edit in edits if (edit.topic, edit.role) == (topic, role)]
    weighed = {edit.at for edit in ours}
    added = {edit.term for edit in ours if edit.at is None}
    kept = [
        term if before.place in weighed else msgspec.structs.replace(term, weight=before.weight)
        for term, before in zip(new, old, strict=False)
    ]
    return (*kept, *(term for term in new[len(old) :] if term.label in added))


def is_made(old: Rules, new: Rules, edits: Sequence[Edit]) -> bool:
    """Say whether the new rules differ from the old ones in the edits, and in nothing else."""
    added: list[tuple[str, str, str, float]] = [
        (edit.topic, edit.role, edit.term, edit.weight) for edit in edits if edit.at is None
    ]
    weighed: dict[tuple[str, str, Place], float] = {
        (edit.topic, edit.role, edit.at): edit.weight for edit in edits if edit.at is not None
    }
    known = {topic.name: topic for topic in old.topics}
    for name, role, before, after in _lists(known, old, new):
        for term in after[len(before) :]:
            found = (name, role, term.label, term.weight)
            if found not in added:
                return False
            added.remove(found)
        for one, other in zip(before, after, strict=False):
            if weighed.pop((name, role, one.place), one.weight) != other.weight:
                return False
    same = _outline(variant(old, new, ())) == _outline(old)
    return same and not added and not weighed


def _lists(
    known: dict[str, Topic], old: Rules, new: Rules
) -> Iterator[tuple[str, str, Sequence[Term], Sequence[Term]]]:
    yield "", "exclude", old.exclude.any, new.exclude.any
    for topic in new.topics:
        for role in ("any", "all", "none"):
            yield topic.name, role, getattr(known.get(topic.name), role, ()), getattr(topic, role)


def _outline(rules: Rules) -> object:
    """Give what rules say, without the places where they say it."""
    return _placeless(msgspec.structs.replace(rules, file=""))


def _placeless(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        names = type(value).__struct_fields__
        # A compiled pattern is no value to compare; its source stands beside it.
        return (type(value).__name__, *(_placeless(getattr(value, name)) for name in names if name not in _LEFT_OUT))
    if isinstance(value, tuple):
        return tuple(_placeless(one) for one in value if not isinstance(one, Place))
    return dict(value) if isinstance(value, dict) else value


_LEFT_OUT = frozenset({"place", "compiled"})
