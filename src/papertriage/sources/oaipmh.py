"""OAI-PMH, the protocol by which archives give their records away.

See https://www.openarchives.org/OAI/openarchivesprotocol.html. A list comes in pages, each but the last with a
resumption token that asks for the next. What matters beyond the text of the protocol:

* an error is an element in a reply of status 200, or of 4xx at some services;
* an empty list is the error `noRecordsMatch`;
* a token is opaque, and expires (`badResumptionToken`);
* some replies hold control characters that XML forbids: they are replaced before the reply is given up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from papertriage.errors import SourceError
from papertriage.model import Observation, Skipped
from papertriage.patterns import pattern
from papertriage.sources import fields
from papertriage.sources.http import NEXT_FETCH, HttpStatusError, Session
from papertriage.sources.walk import UnreadableReplyError, host_of
from papertriage.sources.xmlsafe import UnreadableXmlError, parse_xml, upper_elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 64 * 2**20

REPLY_SECONDS = 180.0
"""arXiv takes half a minute to a minute and a half for a page that nobody asked for before."""

ATTEMPTS = 3
"""How often a page that cannot be read is asked for; a cut or garbled reply is often whole the next time."""

_LISTS = frozenset(["ListRecords", "ListIdentifiers", "GetRecord", "ListMetadataFormats", "ListSets"])
_FORBIDDEN = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = pattern(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,9}));")


class OaiError(SourceError):
    """The service answered with an error of the protocol.

    Args:
        code: as `badArgument`.
    """

    def __init__(self, message: str, hint: str = "", *, url: str = "", code: str) -> None:
        super().__init__(message, hint, url=url)
        self.code = code


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a list.

    Attributes:
        datestamp: when the record was changed last, as the service writes it.
        deleted: the record is no more; it has no metadata.
        metadata: the element of the format asked for, None without one.
    """

    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]
    metadata: Element | None


Reader = Callable[[Record], Observation | Skipped]
"""Makes of a record what is kept of it; not called for deleted ones."""


@dataclass(slots=True)
class Page:
    """One page of a list.

    Attributes:
        entries: the datestamp of each record, in the page's order, with what was made of it: None where it
            was deleted.
        identifiers: of all records.
        token: asks for the next page; None on the last.
        error: the code and the text of an error of the protocol.
    """

    entries: list[tuple[str, Observation | Skipped | None]] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    token: str | None = None
    error: tuple[str, str] | None = None


def ask(session: Session, url: str, params: Mapping[str, str], read: Reader) -> Page:
    """Get one page. An empty list is a page without records.

    Args:
        params: without empty values; those of a first page, or `resumptionToken` alone, and the verb.

    Raises:
        OaiError: the service refuses: the token has expired, an argument is wrong, …
        SourceError: it cannot be reached, or what it sends is no page, three times over.
    """
    host = host_of(url)
    attempt = 1
    while True:
        try:
            page = _ask_once(session, url, params, read, host)
        except UnreadableReplyError:
            if attempt >= ATTEMPTS:
                raise
        else:
            break
        attempt += 1
    if page.error and page.error[0] != "noRecordsMatch":
        code, said = page.error
        text = f"{host} refuses the request ({code}){f': “{said}”' if said else '.'}"
        raise OaiError(text, "" if code == "badResumptionToken" else NEXT_FETCH, url=url, code=code)
    return page


def _ask_once(session: Session, url: str, params: Mapping[str, str], read: Reader, host: str) -> Page:
    try:
        body = session.get(url, params=params, expect="xml", max_bytes=MAX_BYTES, reply_seconds=REPLY_SECONDS).body
    except HttpStatusError as error:
        try:
            page = parse_page(error.body, read, host=host)
        except UnreadableReplyError:
            raise error from None
        if not page.error:
            raise
        return page
    return parse_page(body, read, host=host)


def parse_page(body: bytes, read: Reader, *, host: str = "the service") -> Page:
    """Read a reply of `ListRecords`, `ListIdentifiers` or `GetRecord`, or a bare record; pure.

    Records are read one by one and let go of, so a page costs its bytes and what `read` keeps.

    Raises:
        UnreadableReplyError: it is none, or not a whole one.
    """
    try:
        return _parse(body, read, host)
    except UnreadableXmlError as error:
        mended = _mended(body)
        if mended is None:
            raise UnreadableReplyError(f"What {host} sent cannot be read: {error}.", NEXT_FETCH) from error
    try:
        return _parse(mended, read, host)
    except UnreadableXmlError as error:
        raise UnreadableReplyError(f"What {host} sent cannot be read: {error}.", NEXT_FETCH) from error


def _parse(body: bytes, read: Reader, host: str) -> Page:
    page = Page()
    if b"OAI-PMH" not in body[:4096].replace(b"\0", b""):
        root = parse_xml(body)
        if local_name(root) != "record":
            raise UnreadableReplyError(f"What {host} sent is no reply of OAI-PMH.", NEXT_FETCH)
        _add(page, root, read)
        return page
    verb = ""
    for level, element in upper_elements(body, 3):
        name = local_name(element)
        if level == 3:
            _take(page, name, element, read)
        elif name == "error":
            page.error = page.error or (element.get("code", "")[:50], fields.text(element.text) or "")
        elif name in _LISTS:
            verb = name
        elif level == 1 and name != "OAI-PMH":
            raise UnreadableReplyError(f"What {host} sent is no reply of OAI-PMH.", NEXT_FETCH)
    if not verb and not page.error:
        raise UnreadableReplyError(f"{host} sent neither records nor an error.", NEXT_FETCH)
    return page


def _take(page: Page, name: str, element: Element, read: Reader) -> None:
    """Take in what a list holds: a record, a bare header, or the token."""
    if name == "record":
        _add(page, element, read)
    elif name == "header":
        page.identifiers.append(_text(element, "identifier"))
    elif name == "resumptionToken":
        page.token = (element.text or "").strip() or None


def _add(page: Page, element: Element, read: Reader) -> None:
    header = child(element, "header")
    metadata = child(element, "metadata")
    record = Record(
        identifier=_text(header, "identifier"),
        datestamp=_text(header, "datestamp"),
        deleted=header is not None and header.get("status") == "deleted",
        sets=tuple((part.text or "").strip() for part in header if local_name(part) == "setSpec")
        if header is not None
        else (),
        metadata=next((part for part in metadata if isinstance(part.tag, str)), None) if metadata is not None else None,
    )
    page.identifiers.append(record.identifier)
    page.entries.append((record.datestamp, None if record.deleted else read(record)))


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace: some copies of records have lost theirs."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: Element, name: str) -> Element | None:
    """Give the first child of that name in whatever namespace."""
    return next((part for part in element if local_name(part) == name), None)


def _text(element: Element | None, name: str) -> str:
    found = child(element, name) if element is not None else None
    return "".join(found.itertext()).strip()[:1000] if found is not None else ""


def _mended(body: bytes) -> bytes | None:
    """Replace what no XML may hold; None where that is nothing, or where the encoding is not UTF-8."""
    head = body[:200].lower()
    if b"encoding=" in head and b"utf-8" not in head:
        return None
    text = body.decode("utf-8", "replace")
    text = _REFERENCE.sub(lambda found: found[0] if _is_allowed(found) else "\ufffd", _FORBIDDEN.sub("\ufffd", text))
    mended = text.encode("utf-8", "replace")
    return mended if mended != body else None


def _is_allowed(found: re.Match[str]) -> bool:
    code = int(found[1], 16) if found[1] else int(found[2])
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xDFFF < code < 0xFFFE or 0xFFFF < code < 0x110000
