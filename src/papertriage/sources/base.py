"""The seam between papertriage and the services: what a source is, and how one is made by its type.

Another package adds a source through the entry point group `papertriage.sources`, whose objects are
called with the settings and return a `Source`. Built-in types need no entry points: reading those
takes 25 ms.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, cast
from urllib.parse import urlsplit

from papertriage.errors import UsageError
from papertriage.model import Listing
from papertriage.sources.http import Session

BUILT_IN = {
    "hf-daily": "papertriage.sources.hf_daily",
    "hf-search": "papertriage.sources.hf_search",
    "hf-trending": "papertriage.sources.hf_search",
    "arxiv": "papertriage.sources.arxiv",
    "arxiv-rss": "papertriage.sources.arxiv_rss",
    "arxiv-api": "papertriage.sources.arxiv_api",
    "arxiv-oai": "papertriage.sources.arxiv_oai",
    "feed": "papertriage.sources.feed",
    "biorxiv": "papertriage.sources.biorxiv",
    "medrxiv": "papertriage.sources.biorxiv",
    "pubmed": "papertriage.sources.pubmed",
    "crossref": "papertriage.sources.crossref",
    "openalex": "papertriage.sources.openalex",
    "semantic-scholar": "papertriage.sources.semantic_scholar",
    "openreview": "papertriage.sources.openreview",
    "dblp": "papertriage.sources.dblp",
    "acl-anthology": "papertriage.sources.acl",
}
"""Type of a source to the module that has its `build(settings)`."""

ENTRY_POINTS = "papertriage.sources"


class Source(Protocol):
    """One listing service with its query.

    Its attributes are properties here, so that a frozen record can be a source.
    """

    @property
    def name(self) -> str:
        """The configured name; it goes into `Observation.source`."""

    @property
    def query(self) -> str:
        """What is asked, in one canonical text: the ledger's key beside the name; "" without a choice."""

    @property
    def recheck_days(self) -> int:
        """For so many days a complete day is asked again, because it still changes."""

    @property
    def keeps_past(self) -> bool:
        """Whether it can give a past day; otherwise it has its current listing only."""

    @property
    def announces_daily(self) -> bool:
        """Whether it lists the papers of one announcement day, so that papers announced before are stale."""

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield the listing of each day as soon as it is whole.

        A source that does not keep the past yields its current listing, whatever days are asked for, and
        may say how the other days stand.

        Args:
            days: announcement days (UTC) that are not settled; where the past is not kept there may be none.
            now: UTC, aware.
            validators: those of the last listing that was saved.

        Raises:
            SourceError: the service cannot be reached; the days not yet yielded were not read.
        """
        ...


def build_source(settings: Mapping[str, object]) -> Source:
    """Make a source from its entry in `config.yaml`.

    Args:
        settings: `type`, and optionally `name` (the type by default), `base_url`, and what the type needs:
            `categories` for arxiv-rss, `url` for feed.

    Raises:
        UsageError: the type is unknown or a setting is missing or wrong.
    """
    kind = settings.get("type") or settings.get("name")
    if not isinstance(kind, str):
        raise UsageError("A source needs a type.", f"Known types: {', '.join(BUILT_IN)}.")
    settings = {"name": kind, **settings, "type": kind}
    if kind in BUILT_IN:
        return cast("Source", importlib.import_module(BUILT_IN[kind]).build(settings))
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS, name=kind):
        return cast("Source", point.load()(settings))
    raise UsageError(f"There is no source of type {kind!r}.", f"Known types: {', '.join(BUILT_IN)}.")


def setting_text(settings: Mapping[str, object], key: str, default: str | None = None) -> str:
    """Give a text from a source's settings.

    Raises:
        UsageError: it is missing, empty or no text.
    """
    value = settings.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"The source {settings.get('name')!r} needs {key!r}, a text.")
    return value.strip()


def setting_texts(settings: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Give a list of texts from a source's settings; none when it is missing.

    Raises:
        UsageError: it is no list of texts.
    """
    value = settings.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
        raise UsageError(f"{key!r} of the source {settings.get('name')!r} is not a list of texts.")
    return tuple(item.strip() for item in value)


def setting_url(settings: Mapping[str, object], key: str, default: str | None = None) -> str:
    """Give an http(s) address from a source's settings, without a slash at its end.

    Raises:
        UsageError: it is missing, or no http(s) address.
    """
    value = setting_text(settings, key, default)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and value.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{key!r} of the source {settings.get('name')!r} is not an http or https address.")
    return value
