"""`rules suggest`: the user's decisions as a patch of the rules, with what each change would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from papertriage import rank
from papertriage.errors import Place, RulesError
from papertriage.findings import Suggested, Suggestion
from papertriage.learn.patch import CannotPlaceError, apply, difference
from papertriage.learn.suggest import learn
from papertriage.learn.variants import is_made, variant
from papertriage.lexicon import load_lexicon
from papertriage.match.matcher import Matcher
from papertriage.model import Hit, Paper, State
from papertriage.rules.load import check_rules, check_text
from papertriage.rules.schema import RulesSpec
from papertriage.rules.terms import Rules, Term, Topic
from papertriage.yamlfile import Faults, convert, parse

WANTED: tuple[State, ...] = ("star", "read")
"""The decisions that speak for a paper; `skip` speaks against it, `later` says nothing."""


def suggest(path: Path, papers: Sequence[tuple[Paper, State | None]], *, as_of: dt.date) -> Suggested:
    """Learn from decisions, and write the suggestions into a copy of the rules' text.

    Args:
        path: the rules.
        papers: of the whole cache, each with what the user said of it.

    Raises:
        RulesError: the rules have mistakes.
    """
    rules, _ = check_rules(path)
    text = path.read_bytes().decode("utf-8")
    spec = _spec(text, rules.file)
    wanted, skipped, others = _voted(papers)
    learned = learn(rules, spec, wanted=wanted, skipped=skipped, others=others, lexicon=load_lexicon(), as_of=as_of)
    placed, unplaced, after = _written(text, rules, learned.suggestions)
    placed, together = _effects([paper for paper, _ in papers], rules, _read(after, rules.file), placed, as_of)
    return Suggested(
        file=str(path),
        learned=msgspec.structs.replace(learned, suggestions=tuple(placed)),
        unplaced=tuple(unplaced),
        enters=together[0],
        leaves=together[1],
        after=after,
        patch=difference(path.name, text, after),
    )


def _read(text: str, file: str) -> Rules:
    return check_text(text.removeprefix("\ufeff"), file)[0]


def _spec(text: str, file: str) -> RulesSpec:
    """Read the rules as they are written; they have been read without a mistake before."""
    faults = Faults(file)
    root = parse(text.removeprefix("\ufeff"), faults)
    spec = convert(root, RulesSpec, faults) if root is not None else None
    if spec is None:
        raise RulesError(faults.sorted())
    return spec


def _voted(papers: Iterable[tuple[Paper, State | None]]) -> tuple[list[Paper], list[Paper], list[Paper]]:
    """Part the cache into wanted, skipped and undecided; papers for later are in none."""
    wanted: list[Paper] = []
    skipped: list[Paper] = []
    others: list[Paper] = []
    for paper, state in papers:
        if state in WANTED:
            wanted.append(paper)
        elif state == "skip":
            skipped.append(paper)
        elif state is None:
            others.append(paper)
    return wanted, skipped, others


# -- the text ---------------------------------------------------------------------------------------------------


def _written(
    text: str, rules: Rules, suggestions: Sequence[Suggestion]
) -> tuple[list[Suggestion], list[Suggestion], str]:
    """Write the suggestions into the text; those that it cannot take are set aside."""
    if (after := _taken(text, rules, suggestions)) is not None:
        return list(suggestions), [], after
    placed: list[Suggestion] = []
    unplaced: list[Suggestion] = []
    after = text
    for suggestion in suggestions:
        tried = _taken(text, rules, [*placed, suggestion])
        if tried is None:
            unplaced.append(suggestion)
        else:
            placed.append(suggestion)
            after = tried
    return placed, unplaced, after


def _taken(text: str, rules: Rules, suggestions: Sequence[Suggestion]) -> str | None:
    """Give the text with suggestions written in; None unless it then says just what is meant."""
    edits = [suggestion.edit for suggestion in suggestions]
    try:
        after = apply(text, edits)
        changed = _read(after, rules.file)
    except (CannotPlaceError, RulesError):
        return None
    return after if is_made(rules, changed, edits) else None


# -- what it would do -------------------------------------------------------------------------------------------


def _effects(
    papers: Iterable[Paper], old: Rules, new: Rules, suggestions: Sequence[Suggestion], as_of: dt.date
) -> tuple[list[Suggestion], list[int]]:
    """Rank every paper under the rules with each edit alone, and with all; what that brings in and takes out."""
    none, *single = (variant(old, new, kept) for kept in ((), *((one.edit,) for one in suggestions)))
    touched = [_places(one, none) for one in single]
    if not suggestions:
        return [], [0, 0]
    moved = set().union(*touched)
    terms = tuple(term for term in _terms_of(new) if term.place in moved)
    # Most papers have none of these few terms, and are seen at a glance.
    glance = Matcher(Rules(file="", topics=(Topic(name="", place=Place(""), any=terms),)), load_lexicon())
    matcher = Matcher(new, load_lexicon())
    counts = [[0, 0] for _ in (*single, new)]
    for paper in papers:
        places = {hit.place for hit in glance.hits(paper)}
        concerned = [number for number, where in enumerate(touched) if not places.isdisjoint(where)]
        if not concerned:
            continue
        hits = matcher.hits(paper)
        listed = _listed(paper, hits, none, as_of)
        for number, rules in [*((number, single[number]) for number in concerned), (len(single), new)]:
            now = _listed(paper, hits, rules, as_of)
            counts[number][0] += now and not listed
            counts[number][1] += listed and not now
    *each, together = counts
    told = [
        msgspec.structs.replace(one, enters=enters, leaves=leaves)
        for one, (enters, leaves) in zip(suggestions, each, strict=True)
    ]
    return told, together


def _places(rules: Rules, without: Rules) -> set[Place]:
    """Give the places of the terms in which two variants differ."""
    one, other = ({(term.place, term.weight) for term in _terms_of(each)} for each in (rules, without))
    return {place for place, _ in one ^ other}


def _terms_of(rules: Rules) -> Iterator[Term]:
    yield from rules.exclude.any
    for topic in rules.topics:
        yield from (*topic.any, *topic.all, *topic.none)


def _listed(paper: Paper, hits: Sequence[Hit], rules: Rules, as_of: dt.date) -> bool:
    """Say whether rules list a paper, given the hits of rules that have more terms."""
    excluding = {term.place for term in rules.exclude.any}
    ours = [hit for hit in hits if hit.role != "exclude" or hit.place in excluding]
    score = rank.score(paper, ours, rules, as_of=as_of)
    return not (score.excluded or score.below)
