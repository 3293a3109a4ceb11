"""What papers that are not listed lacked, and how many they are, in words."""

from __future__ import annotations

from collections.abc import Sequence

from papertriage.model import Lacked, Listed
from papertriage.render.parts import plural, window_text


def lacked_text(lacked: Lacked | None) -> str:
    """Say what a paper lacked: `agents: its `all` term “tool” (rules.yaml:9) is missing; else 12.40`."""
    if lacked is None:
        return ""
    told = "; ".join(lacked.things)
    return f"{lacked.topic}: {told}; else {lacked.would_score:.2f}" if lacked.topic else told


def near_misses_line(listed: Listed) -> str:
    """Count near misses in one sentence, for standard error."""
    more = listed.left_out.get("past the limit", 0)
    found = len(listed.rows) + more
    shown = f"; {len(listed.rows)} shown, --limit shows more" if more else ""
    return f"{plural(found, 'near miss', 'near misses')} among {_papers(listed)}{shown}."


def sample_line(listed: Listed, topics: Sequence[str] = ()) -> str:
    """Count the papers of which a sample is shown in one sentence, for standard error.

    Args:
        topics: those that the sample is about; none for all, and the followed authors.
    """
    rejected = len(listed.rows) + listed.left_out.get("past the limit", 0)
    nothing = f"not in {' or '.join(topics)}" if topics else "that no rule takes"
    picked = f"{len(listed.rows)} picked at random of {plural(rejected, 'paper')} {nothing}"
    return f"{picked}, among {_papers(listed)}."


def _papers(listed: Listed) -> str:
    return f"{plural(listed.in_window, 'paper')} {window_text(listed.since, listed.as_of)}"
