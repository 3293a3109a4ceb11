"""The identities of a record, and which of them tell works apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from papertriage.identity import aliases

ONLY_ONE = ("arxiv:", "pmid:")
"""Kinds of which a paper has one: records with two different ones are two papers."""

Apart = tuple[frozenset[str], frozenset[str]]
"""Identities of two works that the user holds apart."""


def service(source: str) -> str:
    """Give the service behind a source: `arxiv` for `arxiv-rss` and `arxiv-oai`."""
    return source.partition("-")[0]


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def ids(self) -> Mapping[str, Sequence[str]]: ...


def names_of(record: _Named) -> tuple[str, ...]:
    """Give all identities of a record, its `id` first."""
    ids = record.ids
    if not ids:
        return (record.id,)
    names = aliases(ids)
    return names if names[:1] == (record.id,) else tuple(dict.fromkeys((record.id, *names)))


def is_free(one: _Named) -> bool:
    """Say whether a record has no arXiv id."""
    return not (one.ids.get("arxiv") or one.id.startswith("arxiv:"))


def sides(names: Sequence[str], apart: Sequence[Apart]) -> frozenset[int]:
    """Say on which side of each pair a record stands: in the n-th on the first (n), the second (~n) or none.

    One that names both works is of that which it names first.
    """
    found = set()
    for number, (one, other) in enumerate(apart):
        name = next((name for name in names if name in one or name in other), None)
        if name is not None:
            found.add(number if name in one else ~number)
    return frozenset(found)
