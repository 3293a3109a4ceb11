"""Plain records of papers, such as other tools write, as observations.

    {"id": "2510.01265", "title": "…", "abstract": "…", "authors": ["…"], "published": "2025-09-26"}

Fields are known by their usual names (`summary` is an abstract, `date` a publication date, arXiv's
metadata snapshot and its `journal-ref` likewise); all others are kept in `extra`. `null` is absent.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from papertriage.identity import KINDS, arxiv_version, own_identity, parse_identity, primary
from papertriage.model import Observation
from papertriage.names import surname
from papertriage.patterns import pattern
from papertriage.sources import fields
from papertriage.sources.people import split_authors
from papertriage.text import title_key

MAX_EXTRA = 50_000
"""Bytes that a text in `extra` may have; a field of twice as many is left out."""
MAX_DEPTH = 32
"""How deep the values in `extra` may be nested."""

_SIGNALS = ("upvotes", "comments", "citations", "github_stars")
_SOURCE = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_MOMENT = pattern(
    r"(?P<day>\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_VERSIONED = pattern(r"\dv\d", re.IGNORECASE | re.ASCII)


class UnusableError(ValueError):
    """A record cannot become an observation; the text says why, without a full stop."""


def from_plain(record: dict[str, Any], *, seen: dt.datetime, source: str, by_reference: bool = False) -> Observation:
    """Make an observation of a plain record.

    Args:
        seen: when it is read (UTC, aware).
        source: name of its source, unless the record tells one.
        by_reference: a record without any id is known by title, first author and year, not by its title alone.

    Raises:
        UnusableError: it lacks a title, or a field that is known by name has a wrong type.
    """
    return _Plain(record, source).observation(seen, by_reference=by_reference)


def title_id(source: str, title: str) -> str:
    """Give the identity of a paper of which nothing but the title is known: `hf-daily:t-0123456789abcdef`."""
    digest = hashlib.sha256((title_key(title) or title).encode("utf-8", "replace")).hexdigest()
    return str(own_identity(source, f"t-{digest[:16]}"))


def reference_id(source: str, title: str, authors: Sequence[str], published: str | None) -> str:
    """Give the identity of a record of a bibliography that has no other: `import:r-0123456789abcdef`.

    It holds the title in normal form, the surname of the first author and the year.
    """
    first = title_key(surname(authors[0])) if authors else ""
    parts = (title_key(title) or title, first, (published or "")[:4])
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
    return str(own_identity(source, f"r-{digest[:16]}"))


class _Plain:
    """One plain record. What has been understood is taken out; the rest is `extra`."""

    def __init__(self, record: dict[str, Any], source: str) -> None:
        self.rest = {name: value for name, value in record.items() if value is not None}
        own = self.rest.get("source")
        if isinstance(own, str) and _SOURCE.fullmatch(own):
            source = self.rest.pop("source")
        self.source = source
        self.ids: dict[str, list[str]] = {}
        self.version: int | None = None

    def observation(self, seen: dt.datetime, *, by_reference: bool) -> Observation:
        title = fields.title(self.text("title"))
        if not title:
            raise UnusableError("it has no title")
        native = self.identities()
        urls = self.urls()
        authors, author_count = self.authors()
        first_version, version = self.versions()
        published = self.moment("published", "publication_date", "published_date", "date", "year") or first_version
        identity = primary(self.ids)
        if identity is None:
            if native:
                identity = str(parse_identity(native) or own_identity(self.source, native))
            elif by_reference:
                identity = reference_id(self.source, title, authors, published)
            else:
                identity = title_id(self.source, title)
            native = None
        return Observation(
            id=identity,
            source=self.source,
            title=title,
            seen=seen,
            ids={kind: tuple(values) for kind, values in self.ids.items()},
            native=native,
            abstract=fields.abstract(self.text("abstract", "summary")),
            authors=authors,
            author_count=author_count,
            published=published,
            updated=self.moment("updated", "update_date"),
            announced=self.day("announced"),
            categories=self.categories(),
            urls=urls,
            venue=self.line("venue", "journal", "journal-ref", "journal_ref"),
            organization=self.line("organization", "organisation"),
            submitter=self.line("submitter"),
            comment=self.comment(),
            version=self.count("version") or version or self.version,
            signals=self.signals(),
            extra=self.extra(),  # last: what nothing above has taken
        )

    # Each of these takes the first field that is there under one of its names.

    def take(self, *names: str) -> tuple[str, Any] | None:
        return next(((name, self.rest.pop(name)) for name in names if name in self.rest), None)

    def text(self, *names: str) -> str | None:
        found = self.take(*names)
        if found and not isinstance(found[1], str):
            raise UnusableError(f"its {found[0]} is {kind_of(found[1])}, not text")
        return found[1] if found else None

    def line(self, *names: str) -> str | None:
        return fields.text(self.text(*names), fields.TITLE_BYTES)

    def comment(self) -> str | None:
        # Counts in some services, arXiv's word for a remark of the authors in its snapshot.
        names = ("comment", "comments") if isinstance(self.rest.get("comments"), str) else ("comment",)
        return self.line(*names)

    def count(self, name: str) -> int | None:
        value = self.rest.pop(name, None)
        if value is None:
            return None
        if type(value) is not int or not 0 < value < 1_000_000:
            raise UnusableError(f"its {name} is {kind_of(value)}, not a count")
        return value

    def moment(self, *names: str) -> str | None:
        found = self.take(*names)
        if not found:
            return None
        name, value = found
        if type(value) is int and name in {"year", "published", "date"}:
            value = str(value)
        if not isinstance(value, str):
            raise UnusableError(f"its {name} is {kind_of(value)}, not a date")
        if (moment := iso_moment(value)) is None and value.strip():
            self.rest[name] = value  # kept as it is: better than a paper lost for an odd date
        return moment

    def day(self, name: str) -> dt.date | None:
        if not (moment := self.moment(name)):
            return None
        return dt.date.fromisoformat(moment[:10]) if len(moment) >= 10 else None

    def identities(self) -> str | None:
        """Collect the identities; give the record's own name for itself if it is none of the known kinds."""
        found = self.take("id", "paper_id")
        native: str | None = None
        if found and type(found[1]) is int:  # the row of a table
            native = str(found[1])
        elif found:
            if not isinstance(found[1], str):
                raise UnusableError(f"its {found[0]} is {kind_of(found[1])}, not text")
            native = found[1].strip() if not self.identity(found[1]) else None
        if (listed := self.rest.pop("ids", None)) is not None and not isinstance(listed, dict):
            raise UnusableError(f"its ids is {kind_of(listed)}, not an object")
        named = [(kind, value) for kind, value in (listed or {}).items() if value is not None]
        named += [("arxiv", self.rest.pop(name, None)) for name in ("arxiv_id", "arxiv")]
        named += [(kind, self.rest.pop(kind, None)) for kind in ("doi", "pmid", "openreview", "acl")]
        for kind, value in named:
            for spelling in value if isinstance(value, list) else [value]:
                if spelling is None:
                    continue
                if not isinstance(spelling, str | int) or isinstance(spelling, bool):
                    raise UnusableError(f"its {kind} is {kind_of(spelling)}, not text")
                if not (self.identity(f"{kind}:{spelling}") or self.identity(str(spelling))):
                    self.rest.setdefault(kind, value)
        return native or None

    def identity(self, text: str) -> bool:
        """Add an identity of a kind that holds across services."""
        found = parse_identity(text)
        if not found or found.kind not in KINDS:
            return False
        values = self.ids.setdefault(found.kind, [])
        if found.value not in values:
            values.append(found.value)
        if found.kind == "arxiv" and not self.version and _VERSIONED.search(text):
            self.version = arxiv_version(text)
        return True

    def urls(self) -> dict[str, str]:
        listed = self.rest.pop("urls", {})
        if not isinstance(listed, dict):
            raise UnusableError(f"its urls is {kind_of(listed)}, not an object")
        urls = {kind: url for kind, value in listed.items() if (url := fields.url(value))}
        for name in ("url", "link", "pdf_url"):
            if not (given := self.text(name)):
                continue
            if not (url := fields.url(given)):
                self.rest[name] = given
                continue
            self.identity(url)
            urls.setdefault("pdf" if name == "pdf_url" else _kind_of_address(url), url)
        return urls

    def authors(self) -> tuple[tuple[str, ...], int | None]:
        count = self.count("author_count")
        parsed = self.rest.pop("authors_parsed", None)  # arXiv's snapshot: [family, given, suffix]
        found = self.take("authors", "author")
        if not found:
            return (), count
        name, value = found
        if isinstance(parsed, list) and all(isinstance(who, list) and len(who) > 1 for who in parsed):
            names = [" ".join(str(part) for part in (who[1], who[0], *who[2:3]) if part) for who in parsed]
        elif isinstance(value, str):
            names = split_authors(value)
        elif isinstance(value, list):
            names = [_name(who, name) for who in value if who is not None]
        else:
            raise UnusableError(f"its {name} is {kind_of(value)}, not a list of names")
        names = [folded for who in names if (folded := _folded(who))]
        if len(names) > fields.MAX_AUTHORS and count is None:
            count = len(names)
        return tuple(names[: fields.MAX_AUTHORS]), count

    def categories(self) -> tuple[str, ...]:
        found = self.take("categories", "category")
        if not found:
            return ()
        name, value = found
        if isinstance(value, str):
            value = re.split(r"[;,]" if re.search(r"[;,]", value) else r"\s+", value)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise UnusableError(f"its {name} is {kind_of(value)}, not a list of names")
        return tuple(dict.fromkeys(fields.words(value)))

    def versions(self) -> tuple[str | None, int | None]:
        """Read `versions` of arXiv's snapshot: date of the first one, and how many there are."""
        versions = self.rest.get("versions")
        if not isinstance(versions, list) or not versions or not isinstance(versions[0], dict):
            return None, None
        del self.rest["versions"]
        try:
            created = email.utils.parsedate_to_datetime(str(versions[0].get("created")))
        except ValueError:
            return None, len(versions)
        return created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), len(versions)

    def signals(self) -> dict[str, float]:
        listed = self.rest.pop("signals", {})
        if not isinstance(listed, dict):
            raise UnusableError(f"its signals is {kind_of(listed)}, not an object")
        listed = {**listed, **{name: self.rest.pop(name) for name in _SIGNALS if name in self.rest}}
        for name, value in listed.items():
            if value is not None and (type(value) not in (int, float) or abs(value) > 1e15):
                raise UnusableError(f"its {name} is {kind_of(value)}, not a number")
        return {name: value for name, value in listed.items() if value is not None}

    def extra(self) -> dict[str, Any]:
        own = self.rest.pop("extra", {})
        kept = {**own, **self.rest} if isinstance(own, dict) else {**self.rest, "extra": own}
        short = {name: bounded(value, name) for name, value in list(kept.items())[:200]}
        return {name: value for name, value in short.items() if len(msgspec.json.encode(value)) <= 2 * MAX_EXTRA}


# --- small helpers -----------------------------------------------------------------------------------


def iso_moment(text: str) -> str | None:
    """Give an ISO 8601 date or time in the log's form (UTC, at the precision given), or None.

    >>> iso_moment("2024-05"), iso_moment("2024-05-24 19:34:15+02:00"), iso_moment("24 May 2024")
    ('2024-05', '2024-05-24T17:34:15Z', None)
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        return None
    try:
        if not found["time"]:
            dt.date.fromisoformat((found["day"] + "-01-01")[:10])
            return found["day"]
        zone = (found["zone"] or "Z").upper().replace("UTC", "Z")
        moment = dt.datetime.fromisoformat(f"{found['day']}T{found['time']}{zone}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1000 else None


def _folded(name: str) -> str | None:
    # Most names need nothing done, and a harvest has a million of them.
    if len(name) < 75 and name.isascii() and name == " ".join(name.split()):
        return name
    return fields.text(name)


def _name(who: object, field: str) -> str:
    if isinstance(who, dict):
        parts = [who.get(key) for key in ("given", "first", "family", "last")]
        who = who.get("name") or " ".join(part for part in parts if isinstance(part, str))
    if not isinstance(who, str):
        raise UnusableError(f"one of its {field} is {kind_of(who)}, not a name")
    alone = split_authors(who) if who.count(",") == 1 else [who]
    return alone[0] if len(alone) == 1 else who


def _kind_of_address(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("export.")
    if parts.path.endswith(".pdf") or (host == "arxiv.org" and parts.path.startswith("/pdf/")):
        return "pdf"
    return "abs" if host == "arxiv.org" and parts.path.startswith("/abs/") else "page"


def bounded(value: Any, field: str, depth: int = 0) -> Any:
    """Bound what is kept without being understood: its depth, and the length of its texts."""
    if depth > MAX_DEPTH:
        raise UnusableError(f"its {field} is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return value if len(value) * 4 <= MAX_EXTRA else fields.text(value, MAX_EXTRA)
    if isinstance(value, list):
        return [bounded(one, field, depth + 1) for one in value]
    if isinstance(value, dict):
        return {name: bounded(one, field, depth + 1) for name, one in value.items()}
    return value


def kind_of(value: object) -> str:
    """Name what a JSON value is, for a sentence that says it should be something else."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return f"“{value[:40]}”" if value.isprintable() else "text"
    return {list: "a list", dict: "an object", type(None): "null"}.get(type(value), "something else")
