"""`quickstart`: the main job in one go, for a first look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from papertriage.errors import ExitCode

if TYPE_CHECKING:
    from papertriage.cli.context import Context


def run(own: Context, *, output: Path, offline: bool) -> int:
    """Write starter files, fetch or take the sample, show the table, write the reading list."""
    from papertriage.cli.arguments import query_of, remember_ranks
    from papertriage.pipeline.cached import read_cache
    from papertriage.pipeline.exporting import export_text
    from papertriage.pipeline.listing import listing
    from papertriage.pipeline.starter import write_starter
    from papertriage.pipeline.writing import write_whole
    from papertriage.render.base import render
    from papertriage.render.table import left_out_line

    written, _ = write_starter(own.config)
    for path in written:
        own.tell(f"Wrote {path}")
    rules = own.load_rules()
    code, sample_day = _fill(own, offline=offline)
    query = query_of(own, as_of=sample_day.isoformat() if sample_day else None)
    cached = read_cache(own.data, as_of=query.as_of)
    own.tell_damage(cached.damage)
    listed = listing(cached, rules, query)
    remember_ranks(own, listed, as_of=sample_day)
    own.write(render(listed, "table", own.look))
    own.tell(left_out_line(listed, newest=cached.newest))
    write_whole(output, export_text(listed, "markdown", output))
    own.tell(f"Wrote {len(listed.rows)} papers to {output}")
    again = f"papertriage list --as-of {sample_day}" if sample_day else "papertriage list"
    own.tell(f"Next: edit {own.rules_file}, then `{again}`.")
    own.tell("`papertriage why 1` explains the first paper's score, `papertriage star 1` marks it.")
    return code


def _fill(own: Context, *, offline: bool) -> tuple[int, dt.date | None]:
    """Fetch, or import the sample where no service answers.

    Returns:
        the exit code, and the newest day of the sample where it was taken.
    """
    from papertriage.cli.fetching import chosen_sources, fetch_all, summary

    reason = "asked to stay offline"
    if not offline:
        report = fetch_all(own, chosen_sources(own, []), asked=None)
        if report.exit_code != ExitCode.NOTHING_FETCHED:
            for source in report.sources:
                own.tell(summary(source))
                if source.error:
                    own.warn(f"{source.name}: {source.error}")
            return report.exit_code, None
        # The day and what the next fetch will do are for `status`; here the cause is enough.
        told = (report.sources[0].error or "").removeprefix(f"{next(iter(report.sources[0].days), '')}: ")
        reason = told.partition(" The next fetch")[0]
    from papertriage.pipeline.sample import import_sample
    from papertriage.store.log import Log

    count, newest = import_sample(Log(own.data, lock_timeout=own.config.lock_timeout, now=own.now, waiting=own.warn))
    own.tell(f"No listing was fetched ({reason.rstrip('.')}): here is a sample of {count} papers up to {newest}.")
    return ExitCode.DONE, newest
