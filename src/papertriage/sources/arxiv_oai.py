"""arXiv by OAI-PMH: `oaipmh.arxiv.org/oai`, every record that changed on the days asked for, or all there are.

Described at https://info.arxiv.org/help/oa/index.html. A day is a datestamp: the UTC day on which a record was
changed last, by its announcement, a new version, a journal reference or a clean-up. So a record is given under its
last change only, and a day of long ago says little of what was announced then: for announcements there is the
source `arxiv`, for a copy of everything one harvest from 2005-09-16, the earliest datestamp, to today.

The lists are brought up to date at about 03:00 UTC after an announcement. Pages have some thousand records and take
arXiv up to a minute and a half; tokens expire at midnight UTC. Deleted records, of which arXiv has next to none,
have no metadata: they are passed over, and what the cache has of the paper stays.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from papertriage.errors import UsageError
from papertriage.model import Listing
from papertriage.patterns import pattern
from papertriage.sources.arxiv_days import is_quiet
from papertriage.sources.arxiv_records import observation
from papertriage.sources.arxiv_rss import read_categories
from papertriage.sources.base import setting_text, setting_url
from papertriage.sources.harvest import Harvest
from papertriage.sources.http import Session
from papertriage.sources.oaipmh import Page, Reader, ask
from papertriage.sources.walk import host_of

BASE_URL = "https://oaipmh.arxiv.org"

FORMATS = ("arXiv", "arXivRaw")

_PHYSICS = frozenset(
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics quant-ph".split()
)
_SET = pattern(r"[A-Za-z-]+(?::[A-Za-z-]+){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ArxivOai:
    """The records of some sets, or of all of arXiv.

    Attributes:
        sets: as `cs:cs:CL`; "" is everything.
        format: `arXiv`, or `arXivRaw` with all versions.
    """

    sets: tuple[str, ...] = ("",)
    format: str = "arXiv"
    name: str = "arxiv-oai"
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = True
    announces_daily: bool = True

    @property
    def query(self) -> str:
        """The format, where it is not the usual one, and the sets in alphabetical order."""
        return " ".join(filter(None, ["" if self.format == "arXiv" else self.format, "+".join(sorted(self.sets))]))

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield a listing for each page and day, partial until the day is whole; see `Source.fetch`."""
        read = partial(observation, seen=now, source=self.name)
        harvest = Harvest(
            session,
            lambda arguments: ask_page(session, self.base_url, self.format, arguments, read),
            sorted(self.sets),
            now=now,
            is_quiet=is_quiet,
            host=host_of(self.base_url),
        )
        yield from harvest.listings(days, validators)


def ask_page(session: Session, base_url: str, form: str, arguments: Mapping[str, str], read: Reader) -> Page:
    """Get a page of `ListRecords`; with a token the format is in it and must not be named again.

    Raises:
        OaiError, SourceError: see `oaipmh.ask`.
    """
    prefix = {} if "resumptionToken" in arguments else {"metadataPrefix": form}
    return ask(session, f"{base_url}/oai", {"verb": "ListRecords", **prefix, **arguments}, read)


def set_of(category: str) -> str:
    """Give the set of a category or of a whole archive.

    >>> set_of("cs.CL"), set_of("hep-th"), set_of("astro-ph.GA"), set_of("math")
    ('cs:cs:CL', 'physics:hep-th', 'physics:astro-ph:GA', 'math:math')
    """
    archive, _, rest = category.partition(".")
    group = "physics" if archive in _PHYSICS else archive
    return ":".join(filter(None, [group, archive, rest]))


def build(settings: Mapping[str, object]) -> ArxivOai:
    """Make the source from its settings: `name`, `base_url`, `format`, and `categories` or `sets`; neither is all.

    Raises:
        UsageError: a category, set or format is none.
    """
    form = setting_text(settings, "format", "arXiv")
    if form not in FORMATS:
        raise UsageError(f"{form!r} in the source {settings['name']!r} is no format.", f"There are {FORMATS}.")
    sets: tuple[str, ...] = ()
    if settings.get("categories"):
        sets = tuple(set_of(category) for category in read_categories(settings))
    named = settings.get("sets") or ()
    for one in (named,) if isinstance(named, str) else named if isinstance(named, list | tuple) else (named,):
        if not isinstance(one, str) or not _SET.fullmatch(one):
            raise UsageError(
                f"{one!r} in 'sets' of the source {settings['name']!r} is no set.", "Sets are cs, math:math:AG, …"
            )
        sets = (*sets, one)
    return ArxivOai(
        sets=tuple(dict.fromkeys(sets)) or ("",),
        format=form,
        name=str(settings["name"]),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )
