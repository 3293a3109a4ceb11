"""What every entry of `sources` takes, and kinds of values that several types take."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

import msgspec

from papertriage.patterns import pattern
from papertriage.yamlfile import Parsed

_NAME = pattern(r"[A-Za-z0-9][\w.-]{0,49}", re.ASCII)


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("")
    return text


def _base_url(text: str) -> str:
    return _url(text).rstrip("/")


def _source_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("")
    return text


def _words(text: str) -> str:
    if not text.strip() or len(text) > 2_000 or not text.isprintable():
        raise ValueError("")
    return text.strip()


Words = Annotated[str, Parsed("some words", _words)]
Url = Annotated[str, Parsed("an address that begins with http:// or https://", _url)]
BaseUrl = Annotated[str, Parsed("an address that begins with http:// or https://", _base_url)]
SourceName = Annotated[str, Parsed("a name of letters, digits, `-`, `_` and `.`", _source_name)]


class SourceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What every entry of `sources` can say."""

    CALLED: ClassVar[str] = "a source"
    SYNONYMS: ClassVar[dict[str, str]] = {"kind": "type", "cats": "categories", "category": "categories", "link": "url"}

    name: SourceName | None = None
    type: SourceName | None = None
    base_url: BaseUrl | None = None

    def lack(self) -> tuple[str, str]:
        """Say what is not enough to ask anything, and what to write; two empty texts when all is there."""
        return ("", "")
