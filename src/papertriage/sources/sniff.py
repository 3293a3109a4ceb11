"""What kind a file with papers is, told from its beginning; the name of a file says nothing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from enum import StrEnum

from papertriage.identity import parse_identity
from papertriage.patterns import pattern
from papertriage.sources import arxiv_mail, bibtex, hf_page
from papertriage.sources.tables import delimiter_of


class Kind(StrEnum):
    """A kind of file that can be read."""

    LINES = "JSON lines"
    JSON = "JSON"
    HTML = "a saved page"
    COPIED = "a copied page"
    FEED = "a feed"
    PUBMED = "PubMed XML"
    BIBTEX = "BibTeX"
    RIS = "RIS"
    MEDLINE = "MEDLINE"
    MAIL = "an announcement mail of arXiv"
    TABLE = "a table"
    IDS = "ids"


_PROLOG = pattern(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\b[^>\[]*>)*", re.DOTALL | re.IGNORECASE)
_ROOT = pattern(r"<([A-Za-z_][\w:.-]{0,100})")
_FEEDS = frozenset({"rss", "feed", "RDF"})
_PUBMED = frozenset({"PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet"})


def _is_table(text: str) -> bool:
    return delimiter_of(text.partition("\n")[0].rstrip("\r")) is not None


_SIGNS: tuple[tuple[Kind, Callable[[str], object]], ...] = (
    (Kind.MAIL, arxiv_mail.BLOCK.search),
    (Kind.MEDLINE, re.compile(r"^PMID- ?\d", re.MULTILINE).search),
    (Kind.RIS, re.compile(r"^TY {1,2}- ?[A-Z]", re.MULTILINE).search),
    (Kind.TABLE, _is_table),
    (Kind.BIBTEX, bibtex.ENTRY.search),
)
"""What only a text of that kind has, in the order in which it is looked for."""


def kind_of(head: bytes) -> Kind | None:
    """Tell the kind of a file, None if it is none that can be read.

    Args:
        head: its beginning, uncompressed: 256 KiB, or all of it.
    """
    text = text_of(head).lstrip()
    if text.startswith("{"):
        # A line with a brace alone begins an object that is spread over lines.
        return Kind.LINES if text.partition("\n")[0].strip() != "{" else Kind.JSON
    if text.startswith("["):
        return Kind.JSON
    if text.startswith("<"):
        return _of_markup(text)
    if "\0" in text:
        return None
    found = next((kind for kind, has in _SIGNS if has(text)), None)
    if found is None and _are_ids(text, whole=len(head) < 200_000):
        return Kind.IDS
    return found or (Kind.COPIED if hf_page.looks_copied(text) else None)


def text_of(head: bytes) -> str:
    """Decode the beginning of a text, whose last character may be cut: UTF-8, else Windows-1252."""
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _of_markup(text: str) -> Kind | None:
    prolog = _PROLOG.match(text)
    found = _ROOT.match(text, prolog.end() if prolog else 0)
    root = found[1].rpartition(":")[2] if found else ""
    if root in _FEEDS:
        return Kind.FEED
    if root in _PUBMED:
        return Kind.PUBMED
    return Kind.HTML if "<html" in text.lower() or "data-props" in text else None


def _are_ids(text: str, *, whole: bool) -> bool:
    """Say whether every line is an id, comments behind `#` aside."""
    lines = [line for line in text.splitlines()[:200] if line.strip() and not line.startswith("#")]
    if not whole and lines:
        lines.pop()  # it may be cut
    return bool(lines) and all(parse_identity(line) for line in lines)
