"""The text of a feed: decoded as it is, not as it claims to be, and refused where it has a DTD."""

from __future__ import annotations

import codecs
import re

from papertriage.patterns import pattern

MAX_DAMAGED = 0.01
"""Share of the characters that may be unreadable; with more a text is not in its encoding."""

# Codecs that are no encodings of text (`unicode_escape`, `rot13`), or that hide markup (`utf-7`), are not here.
_KNOWN = pattern(
    r"ascii|utf-(8|16|32)(-[bl]e|-sig)?|iso8859-\d+|cp\d+|koi8-[rtu]|big5(hkscs)?|gb(2312|k|18030)|hz|johab|"
    r"euc_(jp|jis_2004|jisx0213|kr)|shift_jis\w*|iso2022_(jp|kr)\w*|mac-\w+|tis-620|ptcp154|kz1048"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = pattern(rb"""\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = pattern(r"\s*<\?xml\b[^>]{0,400}>")
_PROLOG = pattern(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = pattern(r"<([A-Za-z_][\w:.-]{0,100})")
# What XML 1.0 has no place for; feedparser's strict parser would give up at the first.
_FORBIDDEN = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

# In western languages such bytes stand among ASCII letters; three in a row are of another script.
_NOT_ASCII = pattern(rb"[\x80-\xff]")
_FOREIGN = pattern(rb"[\x80-\xff]{3,}")


class UnreadableTextError(ValueError):
    """The bytes are no text that can be parsed as a feed."""


def feed_text(body: bytes, content_type: str = "") -> tuple[str, str, bool]:
    """Decode a feed and look at its beginning and end.

    Args:
        body: in any encoding.
        content_type: the HTTP header, for its charset.

    Returns:
        The text without its XML declaration; the name of its root element; and whether that element is
        closed, which it is not in a feed that was cut short.

    Raises:
        UnreadableTextError: no encoding fits, there is a DTD, or no element.
    """
    text = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", _decoded(body, content_type))
    if text.count("\N{REPLACEMENT CHARACTER}") > max(10, len(text) * MAX_DAMAGED):
        raise UnreadableTextError("it is not text in the encoding that it names")
    text = text[declaration.end() :] if (declaration := _DECLARATION.match(text)) else text.lstrip()
    place = 0
    while part := _PROLOG.match(text, place):
        place = part.end()
    if text.startswith("<!", place):
        raise UnreadableTextError("it has a DOCTYPE, which is refused")
    root = _ROOT.match(text, place)
    if not root:
        raise UnreadableTextError("it does not begin like XML")
    return text, root[1], text.rfind(f"</{root[1]}") > place


def _decoded(body: bytes, content_type: str) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _UNMARKED:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    declared = _DECLARED.match(body[:1000])
    charset = re.search(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", content_type[:500], re.IGNORECASE)
    named = [declared[1].decode() if declared else "", charset[1] if charset else "", "utf-8"]
    for encoding in filter(None, map(_codec, named)):
        try:
            return body.decode(encoding)
        except (UnicodeError, ValueError):
            continue
    text = body.decode("utf-8", "replace")
    # A few bad bytes in what is UTF-8 otherwise are damage; else it is what most of the old web is.
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    if sum(not sign.isascii() for sign in text) > 2 * damaged:
        return text
    if 2 * sum(map(len, _FOREIGN.findall(body))) > len(_NOT_ASCII.findall(body)):
        raise UnreadableTextError("it names no encoding that fits, and which it is cannot be told")
    return body.decode("cp1252", "replace")


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if _KNOWN.fullmatch(found) else None
