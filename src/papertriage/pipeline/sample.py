"""The sample of real papers that ships with papertriage, for a first look without a network."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

from papertriage.store.log import Log
from papertriage.store.record import decode_line


def import_sample(log: Log) -> tuple[int, dt.date]:
    """Put the sample into the cache.

    Returns:
        how many papers it has, and its newest day.
    """
    text = files("papertriage").joinpath("data", "sample.jsonl").read_text(encoding="utf-8")
    observations = [decode_line(line.encode()) for line in text.split("\n") if line]
    log.append(observations)
    return len({observation.id for observation in observations}), max(observation.day for observation in observations)
