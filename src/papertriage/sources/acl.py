"""ACL Anthology: the volumes of its repository, one XML file a collection.

The files stand under https://github.com/acl-org/acl-anthology/tree/master/data/xml, as `2025.acl.xml`
(https://aclanthology.org/faq/api/); how papers are numbered: https://aclanthology.org/info/ids/. A volume says on
which day it was taken in (`ingest-date`), and that is the announcement of its papers; older volumes do not say.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from papertriage.errors import SourceError, UsageError
from papertriage.identity import parse_identity
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources import fields
from papertriage.sources.base import setting_texts, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.markup import plain
from papertriage.sources.walk import SLOW_SECONDS, Page, UnreadableReplyError, unread
from papertriage.sources.xmlsafe import UnreadableXmlError, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BASE_URL = "https://raw.githubusercontent.com"
PATH = "/acl-org/acl-anthology/master/data/xml"
SITE = "https://aclanthology.org"
MAX_BYTES = 40 * 2**20
"""The largest collections are well over ten megabytes."""


@dataclass(frozen=True, slots=True)
class AclAnthology:
    """Some collections of the Anthology.

    Attributes:
        collections: as `2025.acl` or `P19`.
    """

    name: str
    collections: tuple[str, ...]
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = False

    @property
    def query(self) -> str:
        """The collections."""
        return " ".join(self.collections)

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield what the collections hold now, under today's date; see `Source.fetch`.

        `validators` hold the entity tag of each collection under its name.
        """
        del days
        before = session.requests
        read: dict[str, Observation] = {}
        skipped: list[Skipped] = []
        faults: list[str] = []
        kept: dict[str, str] = {}
        fresh = False
        for collection in self.collections:
            address = f"{self.base_url}{PATH}/{collection}.xml"
            try:
                reply = session.get(
                    address,
                    etag=validators.get(collection),
                    expect="xml",
                    max_bytes=MAX_BYTES,
                    reply_seconds=SLOW_SECONDS,
                )
                tag = validators.get(collection) if reply.not_modified else reply.validators.get("etag")
                if not reply.not_modified:
                    page = parse(reply.body, seen=now, source=self.name)
                    fresh = True
                    read.update((paper.id, paper) for paper in page.observations)
                    skipped += page.skipped
                if tag:
                    kept[collection] = tag
            except SourceError as error:
                faults.append(f"{collection}: {error}")
                if not isinstance(error, HttpStatusError | UnreadableReplyError):
                    break
        if skipped and not faults:
            faults.append(unread(len(skipped), self.query))
        whole = Status.COMPLETE if fresh else Status.NOT_MODIFIED
        yield Listing(
            day=now.date(),
            status=whole if not faults else Status.PARTIAL if read or kept else Status.FAILED,
            observations=tuple(read.values()),
            skipped=tuple(skipped),
            requests=session.requests - before,
            error=faults[0] if faults else None,
            validators=kept,
        )


def build(settings: Mapping[str, object]) -> AclAnthology:
    """Make the source from its settings: `name`, `base_url`, `volumes`.

    Raises:
        UsageError: there are none, or one is no name of a collection.
    """
    names = sorted(set(setting_texts(settings, "volumes")))
    wrong = [name for name in names if not re.fullmatch(r"[A-Z]\d\d|\d{4}\.[a-z0-9_]+", name, re.ASCII)]
    if wrong or not names:
        found = f", not {wrong[0]!r}" if wrong else ""
        raise UsageError(f"The source {settings['name']!r} needs 'volumes', as 2025.acl or P19{found}.")
    return AclAnthology(
        name=str(settings["name"]),
        collections=tuple(names),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "acl-anthology") -> Page:
    """Read a collection; pure. Front matter is no paper.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.

    Raises:
        UnreadableReplyError: it is no collection.
    """
    try:
        root = parse_xml(body)
    except UnreadableXmlError as error:
        raise UnreadableReplyError(f"The volume of the Anthology cannot be read: {error}.", NEXT_FETCH) from None
    collection = root.get("id") or ""
    if root.tag != "collection" or not collection:
        raise UnreadableReplyError("The reply is no collection of the ACL Anthology.", NEXT_FETCH)
    observations, skipped = [], []
    for volume in root.iterfind("volume"):
        for paper in volume.iterfind("paper"):
            number = anthology_id(collection, volume.get("id") or "", paper.get("id") or "")
            found = observation(paper, volume, number, seen=seen, source=source)
            if isinstance(found, Observation):
                observations.append(found)
            else:
                where = number or f"{collection} {volume.get('id')} {paper.get('id')}"
                skipped.append(Skipped(where=where, reason=found))
    return Page(tuple(observations), tuple(skipped), entries=len(observations) + len(skipped))


def anthology_id(collection: str, volume: str, paper: str) -> str:
    """Put the number of a paper together, "" where the parts make none.

    >>> anthology_id("2022.naloma", "1", "5"), anthology_id("L06", "1", "60"), anthology_id("W06", "1", "2")
    ('2022.naloma-1.5', 'L06-1060', 'W06-0102')
    """
    if collection[:1].isdigit():
        return f"{collection}-{volume}.{paper}" if volume and paper else ""
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in (volume, paper)):
        return ""
    # Workshops have two digits for the volume, and so have the last ones of 2019 and one of 1969.
    if collection.startswith("W") or collection == "C69" or (collection == "D19" and int(volume) >= 5):
        return f"{collection}-{int(volume):02}{int(paper):02}"
    return f"{collection}-{int(volume)}{int(paper):03}"


def observation(paper: Element, volume: Element, number: str, *, seen: dt.datetime, source: str) -> Observation | str:
    """Read one paper of a volume; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    identity = parse_identity(f"acl:{number}") if number else None
    if not identity:
        return "has no number"
    title = fields.title(_text(paper, "title"))
    if not title:
        return "has no title"
    taken_in = fields.moment(volume.get("ingest-date"), seen=seen)
    # An old volume wears a date from before the Anthology counted: it was taken in by then, not announced.
    announced = dt.date.fromisoformat(taken_in[:10]) if taken_in and taken_in[:10] > "1990" else None
    doi = fields.doi(paper.findtext("doi"))
    file = (paper.findtext("url") or "").strip()
    urls = {"page": f"{SITE}/{identity.value}/", "pdf": fields.url(file)}
    if file and not urls["pdf"] and parse_identity(f"acl:{file}"):
        urls["pdf"] = f"{SITE}/{file}.pdf"
    return Observation(
        id=str(doi) if doi and doi.kind == "arxiv" else str(doi or identity),
        ids=fields.gathered(doi, identity),
        native=identity.value if doi else None,
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract(_text(paper, "abstract")),
        authors=fields.names(_names(paper)),
        published=fields.partial_date(volume.findtext("meta/year"), volume.findtext("meta/month"), seen=seen),
        announced=announced,
        urls={kind: url for kind, url in urls.items() if url},
        venue=fields.text(_text(volume, "meta/journal-title") or _text(volume, "meta/booktitle"), fields.TITLE_BYTES),
        extra=_extra(paper),
    )


def _text(element: Element, path: str) -> str | None:
    found = element.find(path)
    return plain(found) if found is not None else None


def _names(paper: Element) -> Iterator[str]:
    for person in paper.iterfind("author"):
        yield " ".join(part for tag in ("first", "last", "suffix") if (part := (person.findtext(tag) or "").strip()))


def _extra(paper: Element) -> dict[str, Any]:
    awards = [text for award in paper.iterfind("award") if (text := fields.text(plain(award)))]
    extra: dict[str, Any] = {
        "award": awards[: fields.MAX_ITEMS],
        "pages": fields.text(paper.findtext("pages")),
        "retracted": paper.find("retracted") is not None or paper.find("removed") is not None,
    }
    return {name: value for name, value in extra.items() if value}
