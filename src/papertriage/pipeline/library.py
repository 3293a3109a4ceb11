"""The cache as commands ask for it: through the index where there can be one, else by reading the whole log."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from papertriage.errors import PapertriageError, UsageError
from papertriage.identity import parse_identity
from papertriage.index import schema
from papertriage.index.index import Counts, Index
from papertriage.index.schema import IndexUnavailableError
from papertriage.model import Listed, Observation, Paper, State
from papertriage.pipeline.cached import Cached, find_papers, read_cache
from papertriage.pipeline.listing import Query, listing
from papertriage.rules.terms import Rules
from papertriage.store.decisions import States, held_apart, read_decisions
from papertriage.store.merge import paper_of

if TYPE_CHECKING:
    from papertriage.findings import RulesDiff, RuleStats
    from papertriage.pipeline.searching import Search

T = TypeVar("T")

TRIES = 3
"""So often a question is asked anew when the log was replaced while it was answered."""


class Library:
    """What is in a data folder.

    Args:
        folder: the data folder.
        telling: told in one sentence when there is something to wait for, or no index.
        counting: gives what is told, while the index is brought up to date, how many lines of the log were taken in
            since it was told last.
    """

    def __init__(
        self,
        folder: Path,
        *,
        telling: Callable[[str], None] | None = None,
        counting: Callable[[], AbstractContextManager[Callable[[int], None]]] | None = None,
    ) -> None:
        self._folder = folder
        self._telling = telling
        self._counting = counting
        decisions, self._damage = read_decisions(folder)
        self._apart = held_apart(decisions)
        self._states = States(decisions)
        self._is_told = False

    def everything(self, *, as_of: dt.date | None = None, records: bool = False) -> Cached:
        """Read all papers from the log."""
        return read_cache(self._folder, as_of=as_of, records=records)

    def listing(self, rules: Rules, query: Query, *, as_of: dt.date | None = None) -> tuple[Listed, Cached]:
        """Rank the papers of a window.

        Args:
            as_of: later observations are as if not there.

        Returns:
            the list, and the cache without its papers.

        Raises:
            UsageError: a topic is named that the rules do not have.
        """

        def from_index(index: Index) -> tuple[Listed, Cached]:
            from papertriage.pipeline.indexed import indexed_listing

            return indexed_listing(index, self._states, rules, query, cut=as_of), self._cached(index, ())

        def from_log() -> tuple[Listed, Cached]:
            cached = read_cache(self._folder, as_of=as_of)
            return listing(cached, rules, query), cached

        return self._ask(from_index, from_log)

    def rules_diff(
        self, old: Rules, new: Rules, *, since: dt.date | None, until: dt.date, as_of: dt.date | None, limit: int | None
    ) -> tuple[RulesDiff, Cached]:
        """Compare what two files of rules list of a window.

        Args:
            as_of: later observations are as if not there.
            limit: tell so many papers of each kind at most.

        Returns:
            the differences, and the cache without its papers.
        """

        def from_index(index: Index) -> tuple[RulesDiff, Cached]:
            from papertriage.pipeline.indexed_diff import indexed_diff

            found = indexed_diff(index, old, new, since=since, as_of=until, cut=as_of, limit=limit)
            return found, self._cached(index, ())

        def from_log() -> tuple[RulesDiff, Cached]:
            from papertriage.pipeline.rule_diff import rules_diff

            cached = read_cache(self._folder, as_of=as_of)
            return rules_diff(cached.papers, old, new, since=since, as_of=until, limit=limit), cached

        return self._ask(from_index, from_log)

    def rule_stats(
        self, rules: Rules, *, since: dt.date | None, until: dt.date, as_of: dt.date | None, topics: Sequence[str]
    ) -> tuple[RuleStats, Cached]:
        """Count the papers of a window in which each rule hits.

        Args:
            as_of: later observations are as if not there.
            topics: names; only the terms of these are told.

        Raises:
            UsageError: a topic is named that the rules do not have.
        """

        def from_index(index: Index) -> tuple[RuleStats, Cached]:
            from papertriage.pipeline.indexed_stats import indexed_stats

            if as_of is not None and index.later_than(as_of):
                return from_log()
            return indexed_stats(index, rules, since=since, as_of=until, topics=topics), self._cached(index, ())

        def from_log() -> tuple[RuleStats, Cached]:
            from papertriage.pipeline.rule_stats import rule_stats

            cached = read_cache(self._folder, as_of=as_of)
            return rule_stats(cached.papers, rules, since=since, as_of=until, topics=topics), cached

        return self._ask(from_index, from_log)

    def search(self, search: Search, *, as_of: dt.date | None = None) -> tuple[Listed, Cached]:
        """Find the papers that fit a query.

        Args:
            as_of: later observations are as if not there.

        Returns:
            the list, and the cache without its papers.
        """
        from papertriage.pipeline.searching import indexed_search, scanned_search

        def from_index(index: Index) -> tuple[Listed, Cached]:
            return indexed_search(index, self._states, search, cut=as_of), self._cached(index, ())

        def from_log() -> tuple[Listed, Cached]:
            cached = read_cache(self._folder, as_of=as_of)
            return scanned_search(cached, search), cached

        return self._ask(from_index, from_log)

    def window(self, since: dt.date | None, until: dt.date, *, as_of: dt.date | None = None) -> Cached:
        """Read the papers of a window of days; all, where there is no first day."""
        if since is None:
            return self.everything(as_of=as_of)

        def from_index(index: Index) -> Cached:
            return self._cached(index, index.window(since, until, cut=as_of))

        return self._ask(from_index, lambda: read_cache(self._folder, as_of=as_of))

    def named(
        self, wanted: Iterable[str], *, as_of: dt.date | None = None, records: bool = False
    ) -> tuple[Cached, list[Paper], list[UsageError]]:
        """Find papers by ids in any spelling that a person has at hand.

        Returns:
            the cache, with at least these papers; the papers in the order asked for, and an error for each id that
            names none.
        """
        wanted = list(wanted)

        def from_index(index: Index) -> Cached:
            numbers: dict[int, None] = {}
            for text in wanted:
                for name in (str(parse_identity(text)), text.strip()):
                    numbers.update(dict.fromkeys(index.named(name)))
            if as_of is not None:
                return self._cached(index, index.as_of(numbers, as_of)[1])
            said = {paper_of(records).id: records for number in numbers if (records := index.observations(number))}
            return self._cached(index, [paper_of(records) for records in said.values()], said)

        cached = self._ask(from_index, lambda: read_cache(self._folder, as_of=as_of, records=records))
        return cached, *find_papers(cached.papers, wanted)

    def decided(self) -> list[tuple[Paper, State]]:
        """Give all papers that have a state."""
        cached, papers, _ = self.named(self._states.names)
        found = {paper.id: (paper, state) for paper in papers if (state := cached.state(paper)[0])}
        return list(found.values())

    def counts(self) -> tuple[Counts, Cached, list[Paper]]:
        """Count what is in the cache.

        Returns:
            the counts, the cache, and the papers of which the user said something.
        """

        def from_index(index: Index) -> tuple[Counts, Cached, list[Paper]]:
            numbers = dict.fromkeys(number for name in self._states.names for number in index.named(name))
            papers = [paper for number in numbers if (paper := index.paper(number))]
            return index.counts(), self._cached(index, papers), papers

        def from_log() -> tuple[Counts, Cached, list[Paper]]:
            cached = read_cache(self._folder, records=True)
            days = [paper.day for paper in cached.papers]
            counts = Counts(
                papers=len(cached.papers),
                lines=sum(map(len, cached.said.values())),
                first=min(days, default=None),
                last=max(days, default=None),
                sources=Counter(source for paper in cached.papers for source in paper.sources),
            )
            return counts, cached, list(cached.papers)

        return self._ask(from_index, from_log)

    # -- asking ---------------------------------------------------------------------------------------------

    def _ask(self, from_index: Callable[[Index], T], from_log: Callable[[], T]) -> T:
        for _ in range(TRIES if self._folder.is_dir() else 0):
            try:
                with self._index() as index:
                    return from_index(index)
            except IndexUnavailableError as error:
                self._tell_once(str(error))
                break
            except LookupError:  # a file was replaced after the index was opened
                continue
            except sqlite3.DatabaseError as error:
                if schema.is_damage(error):  # found only now: it is made anew
                    schema.note_damage(self._folder / schema.FILE_NAME)
                    continue
                self._tell_once(f"The index cannot be used ({error}); the log is read instead.")
                break
        return from_log()

    def bring_up_to_date(self) -> None:
        """Take what is new in the log into the index; where that fails it is told, and nothing else comes of it."""
        if self._folder.is_dir():
            try:
                self._ask(lambda index: None, lambda: None)
            except (PapertriageError, OSError) as error:
                self._tell_once(f"The index could not be brought up to date: {error}")

    def reindex(self) -> int:
        """Make the index anew; give the number of papers.

        Raises:
            IndexUnavailableError: there can be none.
            StorageError, NewerVersionError: the log cannot be read.
        """
        schema.note_damage(self._folder / schema.FILE_NAME)
        with self._index() as index:
            return index.size

    def _index(self) -> Index:
        with self._counting() if self._counting else nullcontext() as progress:
            return Index(self._folder, apart=self._apart, waiting=self._telling, progress=progress)

    def _tell_once(self, text: str) -> None:
        if self._telling and not self._is_told:
            self._telling(text)
        self._is_told = True

    def _cached(
        self, index: Index, papers: Sequence[Paper], said: Mapping[str, Sequence[Observation]] | None = None
    ) -> Cached:
        return Cached(
            papers=tuple(papers),
            states=self._states,
            damage=(*index.damage, *self._damage),
            said=said or {},
            size=index.size,
            newest=index.newest,
        )
