"""OpenReview: the public submissions of venues, `/notes` of its API version 2.

The API: https://docs.openreview.net/reference/api-v2 and
https://docs.openreview.net/reference/api-v2/entities/note/fields. A venue keeps all its submissions under the
invitation `VENUE/-/Submission`; what a submission holds stands in `content`, each value as `{"value": …}`; times are
milliseconds since 1970. Venues that have not moved to version 2 are not there.

The source gives the submissions that a venue shows now. `announced` is the day on which a submission
became public (`odate`), else that of its creation, and never a later one than today's: dates may lie ahead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from papertriage.errors import SourceError, UsageError
from papertriage.identity import parse_identity
from papertriage.model import Listing, Observation, Skipped, Status
from papertriage.sources import fields
from papertriage.sources.base import setting_text, setting_texts, setting_url
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.jsonsafe import UnreadableJsonError, parse_json, rows, table
from papertriage.sources.walk import SLOW_SECONDS, Page, UnreadableReplyError, host_of, short_of, unread, with_reason

BASE_URL = "https://api2.openreview.net"
PER_PAGE = 500
MAX_PAGES = 100
SITE = "https://openreview.net"


@dataclass(frozen=True, slots=True)
class Openreview:
    """The submissions of some venues.

    Attributes:
        venues: as `TMLR` or `ICLR.cc/2026/Conference`.
        invitation: what their submissions are called.
    """

    name: str
    venues: tuple[str, ...]
    invitation: str = "Submission"
    base_url: str = BASE_URL
    recheck_days: int = 0
    keeps_past: bool = False
    announces_daily: bool = False

    @property
    def query(self) -> str:
        """The venues."""
        by = [f"invitation={self.invitation}"] if self.invitation != "Submission" else []
        return " ".join([*self.venues, *by])

    def fetch(
        self, session: Session, days: Sequence[dt.date], *, now: dt.datetime, validators: Mapping[str, str]
    ) -> Iterator[Listing]:
        """Yield what the venues show now, under today's date; see `Source.fetch`."""
        del days, validators
        before = session.requests
        read: dict[str, Observation] = {}
        skipped: dict[str, Skipped] = {}
        faults: list[str] = []
        for venue in self.venues:
            try:
                for page in self._pages(session, venue, now):
                    read.update((paper.native or paper.id, paper) for paper in page.observations)
                    skipped.update((one.where, one) for one in page.skipped)
            except SourceError as error:
                faults.append(f"{venue}: {error}")
                if not isinstance(error, HttpStatusError | UnreadableReplyError):
                    break
        if skipped and not faults:
            faults.append(unread(len(skipped), ", ".join(self.venues)))
        some = Status.PARTIAL if read else Status.FAILED
        yield Listing(
            day=now.date(),
            status=some if faults else Status.COMPLETE,
            observations=tuple(read.values()),
            skipped=tuple(skipped.values()),
            requests=session.requests - before,
            error=faults[0] if faults else None,
        )

    def _pages(self, session: Session, venue: str, now: dt.datetime) -> Iterator[Page]:
        address = f"{self.base_url}/notes"
        asked: dict[str, str | int] = {"invitation": f"{venue}/-/{self.invitation}", "limit": PER_PAGE}
        read, total = 0, 0
        for _ in range(MAX_PAGES):
            params = {**asked, "offset": read}
            try:
                reply = session.get(address, params=params, expect="json", reply_seconds=SLOW_SECONDS)
            except HttpStatusError as error:
                raise with_reason(error, refusal(error.body)) from None
            page = parse(reply.body, seen=now, source=self.name)
            yield page
            read += page.entries
            total = page.total if page.total is not None else read
            if not page.entries or read >= total:
                break
        if read < total:
            raise short_of(host_of(self.base_url), read, total)


def build(settings: Mapping[str, object]) -> Openreview:
    """Make the source from its settings: `name`, `base_url`, `venues`, `invitation`.

    Raises:
        UsageError: there is no venue.
    """
    venues = tuple(sorted({venue.strip("/") for venue in setting_texts(settings, "venues")}))
    if not venues:
        raise UsageError(f"The source {settings['name']!r} needs 'venues', as TMLR or ICLR.cc/2026/Conference.")
    return Openreview(
        name=str(settings["name"]),
        venues=venues,
        invitation=setting_text(settings, "invitation", "Submission"),
        base_url=setting_url(settings, "base_url", BASE_URL).rstrip("/"),
    )


def parse(body: bytes, *, seen: dt.datetime, source: str = "openreview") -> Page:
    """Read a list of notes; pure.

    Args:
        seen: when it was fetched.
        source: the name that observations carry.

    Raises:
        UnreadableReplyError: it is no such list.
    """
    try:
        reply = table(parse_json(body))
    except UnreadableJsonError:
        raise UnreadableReplyError("OpenReview's reply is not whole JSON.", NEXT_FETCH) from None
    notes = reply.get("notes")
    if not isinstance(notes, list):
        reason = refusal(body)
        told = f": it says “{reason}”" if reason else ""
        raise UnreadableReplyError(f"OpenReview's reply is no list of notes{told}.", NEXT_FETCH)
    observations, skipped = [], []
    for place, note in enumerate(notes, 1):
        if isinstance(note, dict) and note.get("ddate"):
            continue  # deleted
        found = observation(note, seen=seen, source=source)
        if isinstance(found, Observation):
            observations.append(found)
        else:
            skipped.append(Skipped(where=fields.text(table(note).get("id")) or f"note {place}", reason=found))
    count = reply.get("count")
    return Page(
        observations=tuple(observations),
        skipped=tuple(skipped),
        total=count if isinstance(count, int) else None,
        entries=len(notes),
    )


def refusal(body: bytes) -> str | None:
    """Give what OpenReview says of a request that it refuses; pure."""
    try:
        return fields.text(table(parse_json(body)).get("message"))
    except UnreadableJsonError:
        return None


def observation(note: object, *, seen: dt.datetime, source: str = "openreview") -> Observation | str:
    """Read one submission; pure.

    Returns:
        The observation, or why there is none, as for `Skipped.reason`.
    """
    if not isinstance(note, dict):
        return "is no note"
    content = {name: told(value) for name, value in table(note.get("content")).items()}
    number = fields.text(note.get("forum")) or fields.text(note.get("id"))
    identity = parse_identity(f"openreview:{number}") if number else None
    if not identity or identity.kind != "openreview":
        return "has no id"
    title = fields.title(content.get("title"))
    if not title:
        return "has no title"
    created, online, accepted = (_moment(note.get(key), seen) for key in ("cdate", "odate", "pdate"))
    shown = online or created
    day = dt.date.fromisoformat(shown[:10]) if shown else None
    pdf, code = content.get("pdf"), content.get("code")
    urls = {
        "page": f"{SITE}/forum?id={identity.value}",
        "pdf": fields.url(pdf) or (f"{SITE}/pdf?id={identity.value}" if pdf else None),
        "code": fields.url(code),
    }
    return Observation(
        id=str(identity),
        ids=fields.gathered(identity, fields.doi(content.get("doi"))),
        source=source,
        title=title,
        seen=seen,
        abstract=fields.abstract(content.get("abstract")),
        authors=fields.names(_name(author) for author in rows(content.get("authors"))),
        published=accepted or shown,
        updated=_moment(note.get("mdate"), seen),
        announced=day if day and day <= seen.date() else None,
        categories=fields.words([content.get("primary_area")]),
        urls={kind: url for kind, url in urls.items() if url},
        venue=fields.text(content.get("venue")) or fields.text(content.get("venueid")),
        extra=_extra(note, content),
    )


def told(value: object) -> Any:
    """Give what stands in `{"value": …}`; a bare value, as version 1 writes it, as it is."""
    return value.get("value") if isinstance(value, dict) and "value" in value else value


def _name(author: object) -> object:
    """Give the name of an author: a text, or in newer venues a record."""
    return author.get("fullname") or author.get("name") if isinstance(author, dict) else author


def _moment(milliseconds: object, seen: dt.datetime) -> str | None:
    number = fields.number(milliseconds)
    if number is None or number > 10**14:
        return None
    return fields.moment(dt.datetime.fromtimestamp(number / 1000, dt.UTC).isoformat(), seen=seen)


def _extra(note: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {
        "keywords": list(fields.words(content.get("keywords"))),
        "TLDR": fields.text(content.get("TLDR"), 2_000) or fields.text(content.get("TL;DR"), 2_000),
        "venueid": fields.text(content.get("venueid")),
        "number": note.get("number") if isinstance(note.get("number"), int) else None,
    }
    return {name: value for name, value in extra.items() if value}
