"""`cache compact`: the log with fewer and shorter files, and the same papers in it, on every day of its past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path

import msgspec

from papertriage.errors import Place as InFile
from papertriage.index.index import Index
from papertriage.index.works import OFFSET_BITS, Entry
from papertriage.model import Paper
from papertriage.store.decisions import held_apart, read_decisions
from papertriage.store.disk import errors_of, replace, sync_folder
from papertriage.store.identities import Apart
from papertriage.store.jsonl import (
    UNREADABLE,
    Damage,
    Line,
    NewerLineError,
    heal,
    newer,
    read_lines,
    read_part,
    set_aside,
    whole_records,
)
from papertriage.store.lock import writing
from papertriage.store.log import SEGMENT_SIZE
from papertriage.store.merge import merge
from papertriage.store.record import adds_nothing, decode_line
from papertriage.store.segments import SEGMENT, segments

Place = tuple[int, int, int]
"""Segment, offset and number in the line of a record."""


class Compacted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        dropped: lines that added nothing.
        files_before, files_after, bytes_before, bytes_after: of the log.
        damage: what was set aside from files that were written anew.
    """

    dropped: int
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    damage: tuple[Damage, ...] = ()


def compact(
    folder: Path,
    *,
    lock_timeout: float,
    now: Callable[[], dt.datetime],
    waiting: Callable[[str], None] | None = None,
    progress: Callable[[int], None] | None = None,
    segment_size: int = SEGMENT_SIZE,
) -> Compacted:
    """Drop lines that add nothing, and join small files of one month.

    A line goes only if each paper is the same without it, now and as of every earlier day. A file is written beside the
    old one, synced and renamed; killed at any moment, the log holds what it held.

    Args:
        folder: the data folder.
        lock_timeout: seconds to wait for another process that writes.
        now: the clock: names files of set-aside bytes.
        waiting: told, in one sentence, when there is another process to wait for.
        progress: told how many lines were indexed since it was called last.
        segment_size: files are joined up to this size.

    Raises:
        StorageError, NewerVersionError, LockedError: nothing was lost.
        IndexUnavailableError: there can be no index, by which papers are looked at one by one.
    """
    papers = folder / "papers"
    damage: list[Damage] = []
    apart = held_apart(read_decisions(folder)[0])
    with writing(folder, timeout=lock_timeout, waiting=waiting):
        before = segments(papers)
        bytes_before = _size(before)
        for path in before:
            if note := heal(path, decode_line, now().date()):
                damage.append(note)
        with Index(folder, apart=apart, waiting=waiting, progress=progress) as index:
            numbers = index.segments
            dropped = superfluous(index, apart)
        by_file = {path: {place[1:] for place in dropped if place[0] == numbers[path.name]} for path in before}
        for group in _groups(before, segment_size):
            if len(group) > 1 or by_file[group[0]]:
                # Into the last of the files: who reads them in order finds everything at any moment.
                replace(group[-1], _kept(group, by_file, damage, now().date()))
                with errors_of(papers):
                    for path in group[:-1]:
                        path.unlink(missing_ok=True)
                    sync_folder(papers)
        after = segments(papers)
    return Compacted(
        dropped=len(dropped),
        files_before=len(before),
        files_after=len(after),
        bytes_before=bytes_before,
        bytes_after=_size(after),
        damage=tuple(damage),
    )


def superfluous(index: Index, apart: Sequence[Apart]) -> set[Place]:
    """Find the records without which every paper is the same, on every day."""
    dropped: set[Place] = set()
    for doc in index.repeated():
        own = index.entries(doc)
        if not any(_repetitions(own)):
            continue
        kept = [entry for entry in index.related(doc) if _place(entry) not in dropped]
        days = {day for one in kept for day in (one.observation.day, one.observation.seen.date())}
        papers = _on_each_day(kept, apart, days)
        while candidate := _first_superfluous(own, kept, apart, days, papers):
            dropped.add(candidate)
            own = [entry for entry in own if _place(entry) != candidate]
            kept = [entry for entry in kept if _place(entry) != candidate]
    return dropped


def _first_superfluous(
    own: Sequence[Entry],
    kept: Sequence[Entry],
    apart: Sequence[Apart],
    days: Set[dt.date],
    papers: Sequence[Sequence[Paper]],
) -> Place | None:
    """Find a record of a paper that can go; what was in the way of one may be gone with another."""
    for candidate in _repetitions(own):
        rest = [entry for entry in kept if _place(entry) != _place(candidate)]
        if _on_each_day(rest, apart, days) == papers:
            return _place(candidate)
    return None


def _repetitions(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Give the records that say nothing beyond the one before of the same key."""
    before: dict[object, Entry] = {}
    for entry in entries:
        earlier = before.get(entry.observation.key)
        if earlier and adds_nothing(entry.observation, earlier.observation):
            yield entry
        else:
            before[entry.observation.key] = entry


def _on_each_day(entries: Sequence[Entry], apart: Sequence[Apart], days: Set[dt.date]) -> list[list[Paper]]:
    """Give the papers now and as of each of the days on which anything changed."""
    observations = [entry.observation for entry in entries]
    return [merge(observations, as_of=day, apart=apart) for day in (None, *sorted(days))]


def _place(entry: Entry) -> Place:
    return entry.place >> OFFSET_BITS, entry.place & ((1 << OFFSET_BITS) - 1), entry.nth


def _groups(paths: Sequence[Path], segment_size: int) -> Iterator[list[Path]]:
    """Part files, in their order, so that those of one month fit into one file together."""
    group: list[Path] = []
    size = 0
    for path in paths:
        own = path.stat().st_size
        if group and (_month(path) != _month(group[0]) or size + own > segment_size):
            yield group
            group, size = [], 0
        group.append(path)
        size += own
    if group:
        yield group


def _month(path: Path) -> str:
    match = SEGMENT.fullmatch(path.name)
    assert match
    return match[1]


def _kept(
    paths: Sequence[Path], dropped: dict[Path, set[tuple[int, int]]], damage: list[Damage], today: dt.date
) -> Iterator[bytes]:
    """Give the lines that stay; a damaged one is set aside, and what is whole in it stays."""
    for path in paths:
        for line in read_lines(path):
            records = _records(line, path)
            if records is None:
                aside = set_aside(path, read_part(path, line.offset, line.size), today)
                records = whole_records(line, lambda data: (decode_line(data), data)[1], path)
                damage.append(_moved(path, line, aside))
            for nth, record in enumerate(records):
                if (line.offset, nth) not in dropped[path]:
                    yield record + b"\n"


def _records(line: Line, path: Path) -> list[bytes] | None:
    """Give the one record of a line, none of an empty one; None says that the line is damaged."""
    if line.data is None:
        return None
    try:
        decode_line(line.data)
    except NewerLineError as error:
        raise newer(path, line.number, error) from None
    except UNREADABLE:
        return None if line.data.strip(b" \t\r") else []
    return [line.data]


def _moved(path: Path, line: Line, aside: Path) -> Damage:
    return Damage(InFile(str(path), line.number), f"a damaged line; its bytes were moved to {aside.name}")


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths)
