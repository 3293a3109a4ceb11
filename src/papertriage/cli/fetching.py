"""How a fetch looks: a bar on a terminal, silence in cron, a report either way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from papertriage.errors import ExitCode, UsageError
from papertriage.model import Listing, Status

if TYPE_CHECKING:
    from papertriage.cli.context import Context
    from papertriage.pipeline.fetching import FetchReport, SourceReport
    from papertriage.sources.base import Source
    from papertriage.store.log import Appended


def run(own: Context, *, names: Sequence[str], asked: Sequence[dt.date] | None, dry_run: bool, as_json: bool) -> int:
    """Fetch and report; give the exit code."""
    from papertriage.pipeline.fetching import days_to_ask
    from papertriage.store.ledger import Ledger

    chosen = chosen_sources(own, names)
    for source in chosen:
        if asked is not None and own.today not in asked and not source.keeps_past:
            own.warn(f"{source.name} gives no past day: what it lists now is asked for.")
    if dry_run:
        runs = Ledger(own.data).read()
        for source in chosen:
            days = days_to_ask(source, runs, today=own.today, asked=asked)
            own.write(f"{source.name}\t{source.query or '-'}\t{' '.join(day.isoformat() for day in days)}")
        return ExitCode.DONE
    report = fetch_all(own, chosen, asked=asked)
    if as_json:
        import msgspec

        own.write(msgspec.json.encode(report).decode())
    for source_report in report.sources:
        if source_report.error:
            own.warn(f"{source_report.name}: {source_report.error}")
        if own.stderr.isatty() or own.options.verbose:
            own.tell(summary(source_report))
    return report.exit_code


def chosen_sources(own: Context, names: Sequence[str]) -> list[Source]:
    """Build the configured sources, or those of them that are named.

    Raises:
        UsageError: a name is not configured, or nothing is.
    """
    from papertriage.pipeline.fetching import configured

    sources = configured(own.config)
    known = [source.name for source in sources]
    if not known:
        raise UsageError(f"{own.config.file} names no source.", "Write some under `sources`, as in `[hf-daily]`.")
    for name in names:
        if name not in known:
            raise UsageError(f"No source is called “{name}”.", f"There are {', '.join(known)}.")
    return [source for source in sources if not names or source.name in names]


def fetch_all(own: Context, sources: Sequence[Source], *, asked: Sequence[dt.date] | None) -> FetchReport:
    """Fetch from the sources, with a bar where a person looks on."""
    from papertriage.pipeline.fetching import fetch
    from papertriage.sources.http import Session
    from papertriage.store.ledger import Ledger
    from papertriage.store.log import Log

    # A daily run has an end; what the user asked for by date goes on until it is done.
    session = Session(
        state=own.config.folders.state,
        contact=own.config.contact,
        environ=own.environ,
        seconds=None if asked is not None else own.config.run_ceiling,
    )
    with _progress(own) as progress:
        log = Log(own.data, lock_timeout=own.config.lock_timeout, now=own.now, waiting=progress.warn)
        ledger = Ledger(own.data, lock_timeout=own.config.lock_timeout, waiting=progress.warn)
        report = fetch(sources, session, log, ledger, now=own.now, asked=asked, progress=progress)
    own.tell_damage([*log.damage, *ledger.damage])
    return report


def summary(report: SourceReport) -> str:
    """Say in one line what came of a source."""
    days = sorted(day for day, status in report.days.items() if status != Status.FAILED)
    when = "" if not days else f" ({days[0]})" if len(days) == 1 else f" ({days[0]} to {days[-1]})"
    counts = f"{report.new} new, {report.updated} updated, {report.unchanged} unchanged"
    words = {"ok": "", "partial": "partly: ", "failed": "failed: "}
    return f"{report.name}: {words[report.status]}{counts}{when}"


class Quiet:
    """No progress: what cron wants."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.warn = warn

    def plan(self, source: str, days: int) -> None:
        """Show nothing."""

    def done(self, source: str, listing: Listing, appended: Appended) -> None:
        """Show nothing."""


class Bar:
    """A bar a source on stderr."""

    def __init__(self, bars: Any) -> None:
        self._bars = bars
        self._tasks: dict[str, Any] = {}
        self._seen: dict[str, set[dt.date]] = {}

    def warn(self, text: str) -> None:
        """Tell something without breaking the bar."""
        from rich.text import Text

        from papertriage.render.terminal import visible

        self._bars.console.print(Text(visible(text)))

    def plan(self, source: str, days: int) -> None:
        """Show the bar of a source."""
        from papertriage.render.terminal import visible

        self._tasks[source] = self._bars.add_task(visible(source), total=days)

    def done(self, source: str, listing: Listing, appended: Appended) -> None:  # noqa: ARG002 - the seam's signature
        """Move the bar of a source to how many days it has spoken of; a day can come in several parts."""
        seen = self._seen.setdefault(source, set())
        seen.add(listing.day)
        self._bars.update(self._tasks[source], completed=len(seen))


def _progress(own: Context) -> AbstractContextManager[Any]:
    if own.options.quiet or not own.stderr.isatty():
        return nullcontext(Quiet(own.warn))
    return _bars()


class _bars:  # noqa: N801 - used as a function
    def __enter__(self) -> Bar:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("days"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        return Bar(self._progress)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
