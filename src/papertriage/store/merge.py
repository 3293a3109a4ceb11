"""Observations of one work become one paper, field by field from the source that knows it best. Pure.

Observations that share any identity are one paper, but records with two different arXiv ids or PMIDs
never are, whatever else they share. A listing of which only the title is known
(`hf-daily:t-<hash>`) joins the one paper of the same source with that title. Records of different
services are one also when title, first author and year say so (`titles.py`).

| field | taken from |
|---|---|
| title, abstract, … (`_PICKED`) | the source that `PREFERENCE` puts first; of one source the newest that has it |
| authors | the same, the longest list of that source |
| author_count | the largest number, if it is more than the authors that are named |
| published | the earliest, of those that name a day if any does |
| updated, version, announced | the latest |
| announce_type | the observations of the latest announcement that has any |
| urls, extra | entry by entry as the title |
| signals | entry by entry the value seen last |
| votes | the upvotes of all, by the time at which they were seen |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from papertriage.identity import KINDS, aliases, primary
from papertriage.model import Observation, Paper, day_of
from papertriage.store.identities import Apart, names_of

USUAL = (
    "arxiv*",
    "biorxiv",
    "medrxiv",
    "pubmed",
    "acl*",
    "openreview",
    "crossref",
    "openalex",
    "semantic-scholar",
    "dblp",
    "hf-*",
)
"""Globs over names of sources, best first; any other source comes last."""

PREFERENCE: Mapping[str, Sequence[str]] = {
    "venue": ("pubmed", "crossref", "acl*", "openreview", "dblp", "openalex", "semantic-scholar", *USUAL),
    "organization": ("hf-*", *USUAL),
    "submitter": ("hf-*", *USUAL),
}
"""For each field the sources, best first; a field that is not named goes by `USUAL`."""

_PICKED = ("title", "abstract", "categories", "comment", "venue", "organization", "submitter")
_BY_ENTRY = ("urls", "extra")
_LATEST = ("updated", "version", "announced")


def merge(
    observations: Iterable[Observation], *, as_of: dt.date | None = None, apart: Sequence[Apart] = ()
) -> list[Paper]:
    """Make papers of observations, in the order in which they first come.

    The same observations in any order give the same papers, as long as no two of one paper were
    seen at the same instant; then the later in the order counts as newer.

    Args:
        observations: in the order of the log.
        as_of: observations of later days, and what was seen later of earlier ones, are as if not there.
        apart: identities of works that the user holds apart, whatever their titles say.
    """
    return [paper for paper, _ in merged(observations, as_of=as_of, apart=apart)]


def merged(
    observations: Iterable[Observation], *, as_of: dt.date | None = None, apart: Sequence[Apart] = ()
) -> list[tuple[Paper, list[Observation]]]:
    """Make papers as `merge` does, each with the observations that it was made of, in their order."""
    from papertriage.store.group import grouped  # a paper that is grouped already is read without it

    if as_of is not None:
        observations = up_to(as_of, observations)
    return [(paper_of(group), group) for group in grouped(list(observations), apart=apart)]


def up_to(as_of: dt.date, observations: Iterable[Observation]) -> list[Observation]:
    """Leave out what is later than a day: listings of later days, and later sights of what was seen by then.

    A listing that was first seen later (a day that was fetched afterwards) counts as it was first seen.
    """
    kept = [one for one in observations if one.day <= as_of]
    late = sorted((one for one in kept if one.seen.date() > as_of), key=lambda one: one.seen)
    if not late:
        return kept
    in_time = {one.key for one in kept if one.seen.date() <= as_of}
    first: dict[tuple[str, str, dt.date | None], Observation] = {}
    for one in late:
        first.setdefault(one.key, one)
    return [one for one in kept if one.seen.date() <= as_of or (one.key not in in_time and first[one.key] is one)]


@cache
def rank(field: str, source: str) -> int:
    """Give the place of a source in the preference for a field; less is better."""
    globs = PREFERENCE.get(field, USUAL)
    return next((place for place, glob in enumerate(globs) if fnmatchcase(source, glob)), len(globs))


def paper_of(group: Sequence[Observation]) -> Paper:
    """Make a paper of the observations of one work, given in the order of the log."""
    if len(group) == 1:
        return _single(group[0])
    # Sorting keeps the order of equals, so reversed, the later of two that were seen at once is the newer.
    by_sight = sorted(group, key=lambda observation: observation.seen)
    newest = by_sight[::-1]
    fields: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for name in _PICKED:
        _take(fields, provenance, name, _best(name, newest))
    _take(fields, provenance, "authors", _longest("authors", newest))
    counts = max(newest, key=lambda observation: observation.author_count or 0)
    if (counts.author_count or 0) > len(fields.get("authors", ())):
        _take(fields, provenance, "author_count", counts)
    dated = [observation for observation in by_sight if observation.published]
    if dated:
        _take(fields, provenance, "published", min(dated, key=lambda observation: _earliness(observation.published)))
    for name in _LATEST:
        having = [observation for observation in newest if getattr(observation, name) is not None]
        if having:
            _take(fields, provenance, name, max(having, key=lambda observation: getattr(observation, name)))
    typed = [observation for observation in newest if observation.announce_type]
    if typed:
        last = max(_announced(observation) for observation in typed)
        typed = [observation for observation in typed if _announced(observation) == last]
        _entries(fields, provenance, "announce_type", typed, _nothing)
    for name in _BY_ENTRY:
        _entries(fields, provenance, name, newest, _by_rank)
    _entries(fields, provenance, "signals", newest, _nothing)
    ids, names = identities_of(by_sight)
    first_seen = by_sight[0].seen
    votes = dict.fromkeys((one.seen, one.signals["upvotes"]) for one in by_sight if "upvotes" in one.signals)
    return Paper(
        id=names[0],
        day=fields.get("announced") or day_of(fields.get("published")) or first_seen.date(),
        first_seen=first_seen,
        ids=ids,
        sources=tuple(dict.fromkeys(observation.source for observation in by_sight)),
        aliases=names,
        provenance=provenance,
        votes=tuple(votes) if len(votes) > 1 else (),
        **fields,
    )


def _single(one: Observation) -> Paper:
    """Make a paper of one observation: what is usual, so it is done without detours."""
    ids, names = identities_of((one,))
    source = one.source
    paper = Paper(
        id=names[0],
        title=one.title,
        day=one.day,
        first_seen=one.seen,
        ids=ids,
        abstract=one.abstract,
        authors=one.authors,
        author_count=one.author_count if (one.author_count or 0) > len(one.authors) else None,
        published=one.published,
        updated=one.updated,
        announced=one.announced,
        announce_type=one.announce_type,
        categories=one.categories,
        urls=one.urls,
        venue=one.venue,
        organization=one.organization,
        submitter=one.submitter,
        comment=one.comment,
        version=one.version,
        signals=one.signals,
        extra=one.extra,
        sources=(source,),
        aliases=names,
        provenance={"title": source},
    )
    for name in _TOLD:
        value = getattr(paper, name)
        if value or value == 0:
            paper.provenance[name] = source
    return paper


_TOLD = (*_PICKED[1:], "authors", "author_count", "published", *_LATEST, "announce_type", *_BY_ENTRY, "signals")


def identities_of(by_sight: Sequence[Observation]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Give all ids by kind, those seen first foremost, and all names of a paper, the strongest first."""
    if len(by_sight) == 1:
        one = by_sight[0]
        names = aliases(one.ids)
        if names and names[0] == one.id:
            return one.ids, names
    ids: dict[str, tuple[str, ...]] = {}
    own: dict[str, None] = {}
    for observation in by_sight:
        for name in names_of(observation):
            kind, _, value = name.partition(":")
            if kind not in KINDS and kind not in observation.ids:
                own[name] = None
            elif value not in (before := ids.get(kind, ())):
                ids[kind] = (*before, value)
    names = (*aliases(ids), *own)
    first = primary(ids) or by_sight[0].id
    return ids, (first, *(name for name in names if name != first))


def _take(fields: dict[str, Any], provenance: dict[str, str], name: str, source: Observation | None) -> None:
    if source is not None:
        fields[name] = getattr(source, name)
        provenance[name] = source.source


def _best(name: str, newest: Sequence[Observation]) -> Observation | None:
    having = [observation for observation in newest if getattr(observation, name)]
    if len(having) < 2:
        return having[0] if having else (newest[0] if name == "title" else None)
    return min(having, key=lambda observation: rank(name, observation.source))


def _longest(name: str, newest: Sequence[Observation]) -> Observation | None:
    having = [observation for observation in newest if getattr(observation, name)]
    return min(
        having,
        key=lambda observation: (rank(name, observation.source), -len(getattr(observation, name))),
        default=None,
    )


def _entries(
    fields: dict[str, Any],
    provenance: dict[str, str],
    name: str,
    newest: Sequence[Observation],
    order: Callable[[Observation], int],
) -> None:
    """Merge a map entry by entry: the first in order that has it.

    Provenance names all that gave one, and where they are several also the giver of each: `signals.upvotes`.
    """
    having = [observation for observation in newest if getattr(observation, name)]
    if not having:
        return
    entries: dict[str, Any] = {}
    givers: dict[str, str] = {}
    for observation in sorted(having, key=order):
        for key, value in getattr(observation, name).items():
            if key not in entries:
                entries[key] = value
                givers[f"{name}.{key}"] = observation.source
    fields[name] = entries
    sources = dict.fromkeys(givers.values())
    provenance[name] = ", ".join(sources)
    if len(sources) > 1:
        provenance.update(givers)


def _by_rank(observation: Observation) -> int:
    return rank("", observation.source)


def _nothing(_: Observation) -> int:
    return 0


def _announced(observation: Observation) -> dt.date:
    return observation.announced or dt.date.min


def _earliness(moment: str | None) -> tuple[int, str, int, str]:
    """Order moments: those that name a day before those that do not, then by day, the more precise, by time."""
    moment = moment or ""
    return (-min(len(moment), 10), moment[:10], -len(moment), moment)
