"""Whether `list` shows a paper, and what decides: in sentences, and as JSON values."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from papertriage.render.parts import plural, window_text


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How a paper stands before `list`.

    Attributes:
        day: of the paper.
        since, as_of: the window; `since` None for no window.
        excluded, below: as in its score.
        rank: among all that would be shown if there were no limit; None if it is not among them.
        of: how many these are; None where nobody counted, as the paper is not among them.
        limit: so many are shown.
        past_quota: that its topic has its quota of papers, one sentence, or None.
    """

    day: dt.date
    since: dt.date | None
    as_of: dt.date
    excluded: str | None = None
    below: str | None = None
    rank: int | None = None
    of: int | None = None
    limit: int | None = None
    past_quota: str | None = None

    @property
    def outside(self) -> str | None:
        """Say that the paper's day lies outside the window, or None."""
        if self.since is None or self.since <= self.day <= self.as_of:
            return None
        return f"Its day, {self.day}, lies outside the window from {self.since} to {self.as_of}."

    @property
    def past_limit(self) -> str | None:
        """Say that the list ends before the paper's rank, or None."""
        if self.rank is None or self.limit is None or self.rank <= self.limit:
            return None
        return f"It is number {self.rank} of {self.of}, past the limit of {self.limit}."

    @property
    def reasons(self) -> list[str]:
        """Give all that keeps the paper from the list, what decides first."""
        return [
            reason for reason in (self.excluded, self.below, self.outside, self.past_quota, self.past_limit) if reason
        ]

    @property
    def place(self) -> str:
        """Say where in the list a paper is that is shown."""
        if self.rank is None or self.of is None:
            return ""
        return f"It is number {self.rank} of {plural(self.of, 'paper')} {window_text(self.since, self.as_of)}."


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as JSON values."""
    reasons = verdict.reasons
    return {
        "in": not reasons,
        "reason": reasons[0] if reasons else None,
        "excluded": verdict.excluded,
        "below": verdict.below,
        "outside": verdict.outside,
        "past_quota": verdict.past_quota,
        "past_limit": verdict.past_limit,
        "rank": verdict.rank,
        "of": verdict.of,
    }


def window_record(verdict: Verdict) -> dict[str, Any]:
    """Give the window as JSON values."""
    return {
        "since": verdict.since and verdict.since.isoformat(),
        "as_of": verdict.as_of.isoformat(),
        "inside": verdict.outside is None,
    }
