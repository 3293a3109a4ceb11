"""Papers looked up by their ids: of arXiv at arXiv, DOIs at Crossref, PMIDs at PubMed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from papertriage.config import Config
from papertriage.errors import SourceError
from papertriage.identity import Identity
from papertriage.model import Observation, Skipped
from papertriage.sources.http import Session
from papertriage.sources.walk import Page
from papertriage.store.identities import names_of

SERVICES = {"arxiv": "arxiv-api", "doi": "crossref", "pmid": "pubmed"}
"""Kind of an id to the type of the source that is asked."""


def look_up(
    wanted: Iterable[Identity], session: Session, config: Config, *, now: Callable[[], dt.datetime]
) -> Iterator[Observation | Skipped]:
    """Ask the services for papers, each for its own, many at a time.

    Yields:
        the papers, and for each id that gave none the reason. A service that fails stops no other.
    """
    by_kind: dict[str, list[str]] = {}
    for identity in wanted:
        by_kind.setdefault(identity.kind, []).append(identity.value)
    for kind, values in by_kind.items():
        missing = dict.fromkeys(f"{kind}:{value}" for value in values)
        reason = f"{SERVICES.get(kind, 'no service')} does not know it"
        if kind not in SERVICES:
            reason = f"there is no service that finds papers by ids of the kind {kind}"
        else:
            try:
                for page in _pages(kind, values, session, config, now()):
                    for paper in page.observations:
                        for name in names_of(paper):
                            missing.pop(name, None)
                        yield paper
            except SourceError as error:
                reason = f"it could not be looked up: {error.message.rstrip('.')}"
        for name in missing:
            yield Skipped(where=name, reason=reason)


def _pages(kind: str, ids: Sequence[str], session: Session, config: Config, now: dt.datetime) -> Iterator[Page]:
    service = SERVICES[kind]
    other = next((one.base_url for one in config.sources if one.type == service), None) or config.base_url
    if kind == "arxiv":
        from papertriage.sources import arxiv_api

        return arxiv_api.lookup(session, ids, now=now, source=service, base_url=other or arxiv_api.BASE_URL)
    if kind == "doi":
        from papertriage.sources import crossref

        works = crossref.Crossref(name=service, base_url=other or crossref.BASE_URL)
        return works.lookup(session, ids, now=now)
    from papertriage.sources import pubmed

    return pubmed.Pubmed(name=service, term="", base_url=other or pubmed.BASE_URL).lookup(session, ids, now=now)
