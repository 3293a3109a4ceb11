"""How an import looks: a bar on a terminal, a line for each file, the reasons of what was skipped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from papertriage.cli import arguments as arg
from papertriage.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from papertriage.cli.context import Context
    from papertriage.identity import Identity
    from papertriage.model import Observation, Skipped
    from papertriage.pipeline.importing import ImportReport

_TOLD = 5


def run(own: Context, paths: Sequence[Path], *, source: str | None) -> int:
    """Import files one after another, and give the exit code.

    Raises:
        UsageError: a file does not exist (nothing is done), or the only one cannot be read.
    """
    from papertriage.pipeline.importing import import_file
    from papertriage.store.log import Log

    log = Log(own.data, lock_timeout=own.config.lock_timeout, now=own.now, waiting=own.warn)
    code = ExitCode.DONE
    for path in [path if str(path) == "-" else arg.existing_file(path) for path in paths]:
        file = _stdin(own) if str(path) == "-" else path
        try:
            with _progress(own, path) as progress:
                report = import_file(
                    file,
                    log,
                    source=source,
                    now=own.now,
                    state=own.config.folders.state,
                    look_up=lambda wanted: _looked_up(own, wanted),
                    progress=progress,
                )
        except UsageError as error:
            if len(paths) == 1:
                raise
            own.warn(str(error))
            code = ExitCode.PARTIAL
            continue
        _tell(own, report)
        if report.skipped:
            code = ExitCode.PARTIAL
    own.tell_damage(log.damage)
    return code


def _looked_up(own: Context, wanted: Iterable[Identity]) -> Iterator[Observation | Skipped]:
    from papertriage.pipeline.lookup import look_up
    from papertriage.sources.http import Session

    session = Session(state=own.config.folders.state, contact=own.config.contact, environ=own.environ)
    return look_up(wanted, session, own.config, now=own.now)


def _tell(own: Context, report: ImportReport) -> None:
    own.tell(
        f"{report.file}: {report.new} new, {report.updated} updated, {report.unchanged} unchanged"
        + (f", {report.forgotten} forgotten" if report.forgotten else "")
        + (f", {report.earlier} saved by an earlier run" if report.earlier else "")
        + (f", {report.skipped} skipped" if report.skipped else "")
    )
    for skipped in report.reasons[:_TOLD]:
        own.warn(f"{report.file}: {skipped.where}: {skipped.reason}; skipped.")
    if len(report.reasons) > _TOLD:
        own.warn(f"{report.file}: and {report.skipped - _TOLD} more.")


def _stdin(own: Context) -> IO[bytes]:
    return cast("IO[bytes]", getattr(own.stdin, "buffer", sys.stdin.buffer))


def _progress(own: Context, path: Path) -> AbstractContextManager[Callable[[int], None]]:
    if own.options.quiet or not own.stderr.isatty() or not path.is_file():
        return nullcontext(lambda taken: None)
    return _Bar(path)


class _Bar:
    """A bar over the bytes of one file, on stderr; it is gone when the file is read."""

    def __init__(self, path: Path) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        from papertriage.render.terminal import visible

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(visible(path.name), total=path.stat().st_size)

    def __enter__(self) -> Callable[[int], None]:
        self._progress.start()
        return lambda taken: self._progress.update(self._task, completed=taken)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
