"""What Hugging Face shows at the moment: the hits of a search, and the papers that trend.

A search is `/api/papers/search?q=`, the trending list `/api/daily_papers?sort=trending`. No reply of the
search was recorded: its records are taken as those of Daily Papers are, and also without their outer part.
One page of a hundred is read of what trends. Neither is the list of a day, so there is no `announced`: a
paper is one record, whose votes and comments are followed as long as it is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources.base import setting_text, setting_url
from papertriage.sources.hf_daily import BASE_URL, PAGE_SIZE, decoded, observation_from_entry
from papertriage.sources.http import NEXT_FETCH, Session


@dataclass(frozen=True, slots=True)
class HfNow:
    """A list that holds for the moment.

    Attributes:
        words: what is searched for; None for what trends.
    """

    name: str
    words: str | None = None
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = False

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.words or ""

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield the present list, under today's date; see `Source.fetch`.

        Raises:
            SourceError: huggingface.co cannot be reached, or what came is no list.
        """
        del days, validators
        before = session.requests
        if self.words:
            reply = session.get(f"{self.base_url}/api/papers/search", params={"q": self.words}, expect="json")
        else:
            params: dict[str, str | int] = {"sort": "trending", "limit": PAGE_SIZE}
            reply = session.get(f"{self.base_url}/api/daily_papers", params=params, expect="json")
        papers, skipped = parse(reply.body, now, self.name)
        status, error = Status.COMPLETE, None
        if skipped:
            status = Status.PARTIAL if papers else Status.FAILED
            error = f"{len(skipped)} records of {self.name} could not be read. {NEXT_FETCH}"
        elif not papers and not self.words:
            status, error = Status.STALE, f"{self.name} shows nothing, which is unusual. {NEXT_FETCH}"
        yield Listing(
            day=now.date(),
            status=status,
            observations=papers,
            skipped=skipped,
            requests=session.requests - before,
            error=error,
        )


def build(settings: Mapping[str, object]) -> HfNow:
    """Make a source of type `hf-search` (`name`, `base_url`, `query`) or `hf-trending` (`name`, `base_url`).

    Raises:
        UsageError: a setting is missing or wrong.
    """
    return HfNow(
        name=str(settings["name"]),
        words=setting_text(settings, "query") if settings["type"] == "hf-search" else None,
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, seen: dt.datetime, source: str) -> tuple[tuple[Observation, ...], tuple[Skipped, ...]]:
    """Read the reply to a search or the trending list; pure.

    A record may stand alone or inside another as its `paper`.

    Raises:
        UnreadableError: it is not a list in JSON.
    """
    observations: dict[str, Observation] = {}
    skipped = []
    for place, entry in enumerate(decoded(body, source), 1):
        whole = {"paper": entry, **entry} if isinstance(entry, dict) and "paper" not in entry else entry
        found = observation_from_entry(whole, day=None, seen=seen, source=source)
        if isinstance(found, Observation):
            observations.setdefault(found.id, found)
        else:
            skipped.append(Skipped(where=f"entry {place}", reason=found))
    return tuple(observations.values()), tuple(skipped)
