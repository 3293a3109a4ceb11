r"""arXiv's announcement mails, and its `new` listings, which have the same form.

    ------------------------------------------------------------------------------
    \\
    arXiv:2306.04713 (*cross-listing*)
    Date: Wed, 7 Jun 2023 18:23:40 GMT   (14kb)

    Title: On sofic approximations of non amenable groups
    Authors: Ben Hayes and Srivatsav Kunnawalkam Elayavalli
    Categories: math.GR math.DS math.OA
    \\
      In this paper we exhibit …
    \\ ( https://arxiv.org/abs/2306.04713 ,  14kb)

What the mails are is told at https://info.arxiv.org/help/subscribe.html; their form was read from real
ones. A field goes on in lines that begin with two spaces. A replacement has no abstract, and says
`replaced with revised version` in place of `Date`. Texts keep their TeX accents; these are resolved
where names and words are compared or shown.

`announced` is the UTC day of the mail's `Date`, which goes out on the evening before in America; a
listing without one has the period of its submissions, and is of the first working day after that (days
on which arXiv does not announce would come later, which the text does not tell).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime

from papertriage.identity import Identity, parse_identity
from papertriage.model import Observation, Skipped
from papertriage.patterns import pattern
from papertriage.sources import fields
from papertriage.sources.arxiv_rss import announce_types

SOURCE = "arxiv-mail"

BLOCK = pattern(r"^\\\\[ \t]*\r?\n(?:arXiv:|Paper: ?)\S+", re.MULTILINE)
"""How a paper begins."""

_MAX_LINES = 5_000
_PARTED = pattern(r"-{60,}|(?:%-){20,}%?|(?:%%--){15,}(?:%%)?|(?:%%%---){10,}(?:%%%)?")
_FIELD = pattern(r"([A-Z][A-Za-z-]*(?: \([^)]*\))?): *(.*)", re.ASCII)
_ID = pattern(r"(?:arXiv:|Paper: ?)(\S+)(?:\s+\(\*(cross-listing)\*\))?", re.ASCII)
_PERIOD = pattern(r"\s*received from .*\sto\s+(?P<day>\w{3},? +\d{1,2} \w{3} \d{2,4})", re.ASCII)
_SUBJECT = pattern(r"Subject:\s+([a-z-]+(?:\.[A-Za-z-]+)?) daily\b", re.ASCII)
_ARCHIVE = pattern(r"To unsubscribe, e-mail To: ([a-z-]+)@", re.ASCII | re.IGNORECASE)
_REVISED = "replaced with revised version"
_UNNAMED = pattern(r",? ?et al\.? ?\((\d{1,6}) additional authors not shown\)", re.ASCII)
_EXTRA = {"Report-no": "report_no", "MSC-class": "msc_class", "ACM-class": "acm_class", "License": "license"}


def read_mail(lines: Iterable[str], *, seen: dt.datetime, source: str = SOURCE) -> Iterator[Observation | Skipped]:
    """Read one mail or several after one another, as in an mbox; a paper that is cut short is told with its line."""
    mail = _Mail(seen, source)
    block: list[str] | None = None
    start = 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n").rstrip()
        if block is None:
            if line == r"\\":
                block, start = [], number
            else:
                mail.note(line)
            continue
        ends = line.startswith(r"\\ (")
        if ends or _PARTED.fullmatch(line) or len(block) > _MAX_LINES:
            yield mail.paper(block, f"line {start}")
            block = None
        else:
            block.append(line)
    if block:
        yield Skipped(where=f"line {start}", reason="the mail ends within this paper")


class _Mail:
    """What a mail says of itself, above its papers."""

    def __init__(self, seen: dt.datetime, source: str) -> None:
        self._seen = seen
        self._source = source
        self._day: dt.date | None = None
        self._dated = False
        self._subject: str | None = None
        self._archive: str | None = None

    def note(self, line: str) -> None:
        """Take in a line that stands outside of papers."""
        if line.startswith("Date:") and (sent := _moment(line[5:])):
            self._day, self._dated = sent.date(), True
            self._subject = self._archive = None
        elif found := _SUBJECT.match(line):
            self._subject = found[1]
        elif found := _ARCHIVE.match(line):
            self._archive = found[1].lower()
        elif (found := _PERIOD.match(line)) and not self._dated and (last := _moment(found["day"] + " 00:00")):
            # Until Friday's deadline is announced for Monday, until Thursday's for Friday.
            self._day = last.date() + dt.timedelta(days=3 if last.weekday() == 4 else 1)

    def paper(self, block: list[str], where: str) -> Observation | Skipped:
        """Read one paper: its fields and, after a line of two backslashes, its abstract."""
        cut = block.index(r"\\") if r"\\" in block else len(block)
        head, abstract = block[:cut], block[cut + 1 :]
        named = _ID.match(head[0]) if head else None
        found = parse_identity(f"arXiv:{named[1]}") if named else None
        if not named or not found or found.kind != "arxiv":
            return Skipped(where=where, reason=f"“{head[0][:60] if head else ''}” names no paper of arXiv")
        values, revised = _fields(head[1:])
        title = fields.title(values.get("Title"))
        if not title:
            return Skipped(where=where, reason=f"it has no title ({found})")
        categories = tuple(values.get("Categories", "").split())
        word = "cross" if named[2] else "new"
        if revised is not None:
            word = "replace" if self._asked_for(categories[:1]) else "replace-cross"
        names = " ".join((values.get("Authors") or values.get("Author") or "").split())
        unnamed = _UNNAMED.search(names)
        authors = _authors(names[: unnamed.start()] if unnamed else names)
        first = _iso(values.get("Date"))
        last = _iso(revised) or max(
            (_iso(text) or "" for name, text in values.items() if "revised" in name), default=""
        )
        doi = _doi(values.get("DOI"))
        extra = {name: text for tag, name in _EXTRA.items() if (text := fields.text(values.get(tag)))}
        return Observation(
            id=str(found),
            source=self._source,
            title=title,
            seen=self._seen,
            ids={"arxiv": (found.value,), **({"doi": (doi.value,)} if doi else {})},
            abstract=fields.abstract(" ".join(abstract)),
            authors=authors,
            author_count=len(authors) + int(unnamed[1]) if unnamed else None,
            published=first,
            updated=last or None,
            announced=self._day,
            announce_type=announce_types(
                word, categories, [asked] if (asked := self._subject or self._archive) else ()
            ),
            categories=categories,
            urls={"abs": f"https://arxiv.org/abs/{found.value}", "pdf": f"https://arxiv.org/pdf/{found.value}"},
            venue=fields.text(values.get("Journal-ref"), fields.TITLE_BYTES),
            comment=fields.text(values.get("Comments"), fields.TITLE_BYTES),
            version=1 if word == "new" and not last else None,
            extra=extra,
        )

    def _asked_for(self, primary: tuple[str, ...]) -> bool:
        """Say whether the mail is of this category; one of a single category says so in its subject."""
        asked = self._subject or self._archive
        return asked is None or any(name == asked or name.partition(".")[0] == asked for name in primary)


def _fields(lines: list[str]) -> tuple[dict[str, str], str | None]:
    """Give the fields by name, and the date of the revision if it is one."""
    values: dict[str, str] = {}
    revised = None
    name = None
    for line in lines:
        if line.startswith(_REVISED):
            revised, name = line.removeprefix(_REVISED).strip(), None
        elif line.startswith("  ") and name:
            values[name] += f" {line.strip()}"
        elif found := _FIELD.match(line):
            name = found[1]
            values.setdefault(name, found[2])
        else:
            name = None
    return values, revised


def _authors(text: str) -> tuple[str, ...]:
    """Part the names, at commas and `and`; affiliations in parentheses are left out."""
    plain, depth = [], 0
    for sign in text[: fields.ABSTRACT_BYTES]:
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif not depth:
            plain.append(sign)
    return fields.names(re.split(r" ?, (?:and )?| and ", " ".join("".join(plain).split()).rstrip(",")))


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(text.strip().partition("   ")[0])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _iso(text: str | None) -> str | None:
    found = _moment(re.sub(r"\s*\([^()]*\)\s*$", "", text[:100])) if text else None
    return found.strftime("%Y-%m-%dT%H:%M:%SZ") if found and found.year >= 1990 else None


def _doi(text: str | None) -> Identity | None:
    found = parse_identity(text.split()[0]) if text and text.strip() else None
    return found if found and found.kind == "doi" else None
