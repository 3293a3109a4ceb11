"""Parse one feed in a process of its own: `python -m papertriage.sources.feed_worker < feed > entries.json`.

feedparser takes up to 48 s on 80 kB of some inputs and nothing in it can be interrupted; a process can
be killed. It reads from a buffer only: given a text, feedparser would take it for an address or a path.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from time import struct_time
from typing import Any

MEMORY_BYTES = 1 << 30
TEXT_CHARACTERS = 200_000
LIST_ITEMS = 1_100

_FIELDS = (
    *("id", "link", "title", "summary", "author", "rights", "dc_identifier", "dc_source"),
    *("prism_doi", "prism_publicationname", "arxiv_announce_type", "arxiv_doi", "arxiv_journal_reference"),
)


def read(body: bytes) -> dict[str, Any]:
    """Parse a feed and give what papertriage uses of it, as plain JSON values.

    Returns:
        `version` ("" when it is no feed), `title`, and `entries`: the fields that an entry has, with
        `published` and `updated` in ISO 8601, lists of `authors`, `tags` and `links`, and `content`.
    """
    import feedparser

    # A title may be markup; it is taken apart by whoever shows it, and here cleaned of what is active.
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=True, resolve_relative_uris=False)
    return {
        "version": str(parsed.get("version") or ""),
        "title": _text(parsed.get("feed", {}).get("title")),
        "entries": [_entry(entry) for entry in parsed.get("entries", [])],
    }


def _entry(entry: Any) -> dict[str, Any]:
    found: dict[str, Any] = {name: _text(entry.get(name)) for name in _FIELDS}
    found["published"] = _moment(entry.get("published_parsed"))
    found["updated"] = _moment(entry.get("updated_parsed"))
    found["authors"] = [_text(author.get("name")) for author in (entry.get("authors") or [])[:LIST_ITEMS]]
    found["tags"] = [_text(tag.get("term")) for tag in (entry.get("tags") or [])[:LIST_ITEMS]]
    found["links"] = [_text(link.get("href")) for link in (entry.get("links") or [])[:LIST_ITEMS]]
    found["content"] = max((_text(part.get("value")) for part in entry.get("content") or []), key=len, default="")
    return {name: value for name, value in found.items() if value}


def _text(value: object) -> str:
    return value[:TEXT_CHARACTERS] if isinstance(value, str) else ""


def _moment(value: object) -> str:
    if not isinstance(value, struct_time):
        return ""
    return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*value[:6])


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Read a feed from stdin, write what is in it to stdout."""
    _limit_memory()
    found = read(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))


if __name__ == "__main__":
    main()
