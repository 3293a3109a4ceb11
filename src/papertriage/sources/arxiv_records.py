"""arXiv's records in OAI-PMH: the formats `arXiv`, `arXivRaw` and `oai_dc` become observations.

The formats are described at https://info.arxiv.org/help/oa/index.html. `arXiv` has authors in parts and days only;
`arXivRaw` has all authors in one text, who submitted, and each version with its second. Namespaces are not looked
at: copies of records often have lost theirs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from papertriage.identity import parse_identity
from papertriage.model import Observation, Skipped
from papertriage.sources import fields
from papertriage.sources.oaipmh import Record, local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

COMMENT_BYTES = 2_000

_EXTRA = ("license", "report-no", "msc-class", "acm-class", "proxy")


def observation(record: Record, *, seen: dt.datetime, source: str) -> Observation | Skipped:
    """Make an observation of a record that is not deleted; pure.

    `native` is the identifier that OAI-PMH gives the paper, `published` and `updated` are when its first and its
    last version were submitted, as precisely as the format tells. `announced` is absent: a datestamp is the day of
    any change, not that of an announcement.
    """
    element = record.metadata
    texts = _texts(element) if element is not None else {}
    is_dc = element is not None and local_name(element) == "dc"
    named = [record.identifier, *texts.get("id", []), *(texts.get("identifier", []) if is_dc else [])]
    identity = next((found for text in named if (found := parse_identity(text)) and found.kind == "arxiv"), None)
    where = fields.text(record.identifier) or "a record"
    if identity is None:
        return Skipped(where=where, reason="has no arXiv id")
    title = fields.title(_first(texts, "title"))
    if element is None or not title:
        return Skipped(where=where, reason="has no title")
    paper = identity.value
    shared: dict[str, Any] = {
        "id": str(identity),
        "source": source,
        "title": title,
        "seen": seen,
        "native": where if record.identifier else None,
        "urls": {"abs": f"https://arxiv.org/abs/{paper}", "pdf": f"https://arxiv.org/pdf/{paper}"},
    }
    own = _of_dc(texts, seen) if is_dc else _of_arxiv(element, texts, seen)
    dois = own.pop("dois")
    return Observation(ids={"arxiv": (paper,), **({"doi": dois} if dois else {})}, **shared, **own)


def versions(element: Element, *, seen: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Give the versions that `arXivRaw` tells, oldest first, each with the moment of its submission."""
    found = []
    for part in element:
        number = re.fullmatch(r"v?(\d{1,4})", part.get("version", "")) if local_name(part) == "version" else None
        date = next((child.text for child in part if local_name(child) == "date"), None)
        if number and date:
            try:
                at = parsedate_to_datetime(date.strip()[:60])
                at = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
            if 1900 <= at.year <= seen.year + 2:
                found.append((int(number[1]), at))
    return sorted(found)


def raw_authors(text: str) -> list[tuple[str, str | None]]:
    """Part the one text of all authors in `arXivRaw` into names, each with what stands in parentheses behind it.

    >>> raw_authors("X Collaboration: Ann Lee (MIT, Boston), Bo Ek and C. Dee")
    [('X Collaboration', None), ('Ann Lee', 'MIT, Boston'), ('Bo Ek', None), ('C. Dee', None)]
    """
    names: list[list[str]] = [["", ""]]
    depth = 0
    for piece in re.split(r"([()]|,\s+and\s+|,|;|\s+and\s+|(?<=ollaboration)\s*:|(?<=ollaborations)\s*:)", text):
        if piece == "(":
            depth += 1
            names[-1][1] += piece if depth > 1 else ""
        elif piece == ")":
            depth = max(0, depth - 1)
            names[-1][1] += piece if depth else ""
        elif depth:
            names[-1][1] += piece
        elif re.fullmatch(r"\s*(?:[,;:]|,?\s*and)\s*", piece):
            names.append(["", ""])
        else:
            names[-1][0] += piece
    shown = [(fields.text(name), fields.text(where)) for name, where in names[: fields.MAX_AUTHORS]]
    return [(name, where) for name, where in shown if name]


def _of_arxiv(element: Element, texts: dict[str, list[str]], seen: dt.datetime) -> dict[str, Any]:
    is_raw = local_name(element) == "arXivRaw"
    given = raw_authors(_first(texts, "authors")) if is_raw else list(_authors(element))
    told = versions(element, seen=seen)
    affiliations = {name: where for name, where in given[: fields.MAX_ITEMS] if where}
    extra = {name: value for name in _EXTRA if (value := fields.text(_first(texts, name), 1_000))}
    published = told[0][1].isoformat() if told else _first(texts, "created")
    return {
        "dois": _dois(_first(texts, "doi")),
        "abstract": fields.abstract(_first(texts, "abstract")),
        "authors": fields.names(name for name, _ in given),
        "published": fields.moment(published.strip(), seen=seen),
        "updated": fields.moment((told[-1][1].isoformat() if told else _first(texts, "updated")).strip(), seen=seen),
        "categories": fields.words(_first(texts, "categories").split()),
        "venue": fields.text(_first(texts, "journal-ref"), 1_000),
        "submitter": fields.text(_first(texts, "submitter")),
        "comment": fields.text(_first(texts, "comments"), COMMENT_BYTES),
        "version": told[-1][0] if told else None,
        "extra": {**extra, **({"affiliations": affiliations} if affiliations else {})},
    }


def _of_dc(texts: dict[str, list[str]], seen: dt.datetime) -> dict[str, Any]:
    """Read Dublin Core as arXiv fills it: names turned round, a comment among the descriptions."""
    told = texts.get("description", [])
    comment = next((text.strip()[8:] for text in told if text.strip().startswith("Comment:")), None)
    dates = [date.strip() for date in texts.get("date", [])]
    # Beside its address and DOIs a record is identified by its journal reference.
    others = [text for text in texts.get("identifier", []) if not parse_identity(text)]
    return {
        "dois": _dois(" ".join(texts.get("identifier", []))),
        "abstract": fields.abstract(next((text for text in told if not text.strip().startswith("Comment:")), None)),
        "authors": fields.names(" ".join(reversed(name.split(", ", 1))) for name in texts.get("creator", [])),
        "published": fields.moment(min(dates, default=None), seen=seen),
        "updated": fields.moment(max(dates), seen=seen) if len(dates) > 1 else None,
        "venue": fields.text(others[0], 1_000) if others else None,
        "comment": fields.text(comment, COMMENT_BYTES),
        "extra": {"subject": list(subjects)} if (subjects := fields.words(texts.get("subject"))) else {},
    }


def _authors(element: Element) -> Iterator[tuple[str, str | None]]:
    listed = next((part for part in element if local_name(part) == "authors"), None)
    for author in listed if listed is not None else ():
        parts = _texts(author)
        name = " ".join(filter(None, (_first(parts, part) for part in ("forenames", "keyname", "suffix"))))
        # Large collaborations come with a colon for an author.
        if any(sign.isalpha() for sign in name):
            yield name, fields.text("; ".join(parts.get("affiliation", [])), 1_000)


def _texts(element: Element) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for part in element:
        texts.setdefault(local_name(part), []).append("".join(part.itertext()))
    return texts


def _first(texts: dict[str, list[str]], name: str) -> str:
    return texts[name][0] if texts.get(name) else ""


def _dois(text: str) -> tuple[str, ...]:
    """Give the DOIs in a text that has several, parted by commas, semicolons or blanks."""
    found = [parse_identity(part) for part in re.split(r"[,;]?\s+|[,;](?=\s*(?:doi:)?10\.)", text[:5_000]) if part]
    return tuple(dict.fromkeys(one.value for one in found if one and one.kind == "doi"))
