"""The learned line: rules that ask for it are given what the user's decisions teach.

A model is kept in the state folder, and used again as long as decisions, texts and program are the same: it can be
deleted at any time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import msgspec

from papertriage.errors import UsageError
from papertriage.learn.grams import grams
from papertriage.learn.linear import VERSION, LinearModel, require_scikit_learn, train
from papertriage.model import Paper, State
from papertriage.render.parts import plural
from papertriage.rules.terms import Rules

KEPT: tuple[State, ...] = ("star", "read")
"""The decisions that speak for a paper; `skip` speaks against it, `later` says nothing."""

LEAST = 5
"""So many papers that were kept, and so many that were skipped, are needed."""

FILE_NAME = "learned.json"


class Kept(msgspec.Struct, frozen=True):
    """A model in a file.

    Attributes:
        key: of what it was trained on.
    """

    key: str
    model: LinearModel


def taught(rules: Rules, decided: Iterable[tuple[Paper, State]], *, folder: Path) -> tuple[Rules, str]:
    """Give rules what the decisions teach.

    Args:
        rules: those that ask for it.
        decided: papers with a state, in any order.
        folder: where the model is kept.

    Returns:
        the rules, and a sentence that says what was learned from, or why nothing was.
    """
    votes = sorted((paper.id, state in KEPT, paper) for paper, state in decided if state in (*KEPT, "skip"))
    wanted = [is_wanted for _, is_wanted, _ in votes]
    kept, skipped = sum(wanted), len(wanted) - sum(wanted)
    if kept < LEAST or skipped < LEAST:
        lacking = " and ".join(
            text
            for count, text in (
                (LEAST - kept, f"{LEAST - kept} more that you star or read"),
                (LEAST - skipped, f"{LEAST - skipped} more that you skip"),
            )
            if count > 0
        )
        return rules, f"The learned line is left out: it needs {lacking} (decided: {kept} kept, {skipped} skipped)."
    words = [grams(paper.title, paper.abstract) for _, _, paper in votes]
    key = _key(list(zip([name for name, _, _ in votes], wanted, words, strict=True)))
    model = _load(folder / FILE_NAME, key)
    if model is None:
        try:
            require_scikit_learn()
            model = train(words, wanted)
        except UsageError as error:
            return rules, f"The learned line is left out. {error}"
        _save(folder / FILE_NAME, Kept(key, model))
    told = f"The learned line comes from {plural(len(votes), 'decision')}: {kept} kept, {skipped} skipped."
    return msgspec.structs.replace(rules, judge=model.opinion), told


def _key(votes: list[tuple[str, bool, list[str]]]) -> str:
    """Give what tells one training from another."""
    return sha256(msgspec.json.encode([VERSION, votes])).hexdigest()


def _load(path: Path, key: str) -> LinearModel | None:
    """Read a kept model; one that is damaged or of other decisions is as if not there."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None
    return kept.model if kept.key == key else None


def _save(path: Path, kept: Kept) -> None:
    """Keep a model; where that is impossible it is trained anew next time."""
    part = path.with_name(f"{path.name}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(kept))
        part.replace(path)
