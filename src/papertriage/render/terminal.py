r"""Remote text made safe to show: what a terminal would obey, or a reader could not see, is spelled out.

Titles, names, ids and messages of servers are data. On a terminal, control characters move the cursor or write
to the clipboard, bidirectional controls reorder what is read, and invisible signs hide text. rich and the terminal
pass most of them on, so everything that is shown goes through `visible` first.
"""

from __future__ import annotations

import re
import unicodedata

from papertriage.patterns import pattern

# Letters and marks that are printable for Python, and yet show nothing: Unicode's Default_Ignorable_Code_Point
# beyond category Cf (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point).
_INVISIBLE = pattern(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"  # text or emoji form of the sign before


def visible(text: str, *, ascii_only: bool = False) -> str:
    r"""Give a text as one line in which every character can be seen and none acts.

    Control characters become their pictures (`␛`), other hidden ones are spelled (`\u202e`), every kind of space
    becomes a space. Joiners stay between letters or emoji of scripts that use them, and so do the selectors of an
    emoji's form. Line feeds are control characters here: split the text first where lines are wanted.

    Args:
        ascii_only: spell and transliterate everything beyond ASCII, for terminals that cannot show it.

    >>> visible("A\x1b[31mB\u202eC\u00a0D\n")
    'A␛[31mB\\u202eC D␊'
    """
    if text.isprintable() and (text.isascii() or (not ascii_only and not _INVISIBLE.search(text))):
        return text
    shown: list[str] = []
    last = len(text) - 1
    for at, sign in enumerate(text):
        if not hidden(sign):
            shown.append(sign)
        elif unicodedata.category(sign) == "Zs":
            shown.append(" ")
        elif not ascii_only and at and _belongs(text[at - 1], sign, text[at + 1] if at < last else ""):
            shown.append(sign)
        else:
            shown.append(_spelled(sign, ascii_only=ascii_only))
    safe = "".join(shown)
    return safe if not ascii_only or safe.isascii() else _in_ascii(safe)


def hidden(sign: str) -> bool:
    """Say whether a character is a control, invisible, unassigned, half a character, or a space other than U+0020."""
    return not sign.isprintable() or bool(_INVISIBLE.match(sign))


def _belongs(before: str, sign: str, after: str) -> bool:
    """Say whether a joiner or selector does its ordinary work between its neighbours."""
    if sign in _JOINERS:
        # Scripts and emoji that join lie above U+0590; no selector follows itself.
        return all(near >= "\u0590" and (near == "\ufe0f" or not hidden(near)) for near in (before, after or "a"))
    return sign in _SELECTORS and unicodedata.category(before)[0] in "SPN" and not hidden(before)


def _spelled(sign: str, *, ascii_only: bool) -> str:
    code = ord(sign)
    if not ascii_only and code < 0x20:
        return chr(0x2400 + code)
    if not ascii_only and code == 0x7F:
        return "\u2421"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _in_ascii(text: str) -> str:
    from anyascii import anyascii  # 12 ms that only such terminals pay

    return "".join(sign if sign.isascii() else anyascii(sign) or "?" for sign in text)


_WEB_ADDRESS = pattern(r"(https?)://((?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)([/?#][^\ud800-\udfff]*)?", re.ASCII)
_MAX_ADDRESS = 2000  # terminals ignore or truncate hyperlinks beyond 2083 bytes


def web_link(address: str) -> str | None:
    """Give a web address that can stand in a hyperlink, or None.

    Only http and https; what is not plain ASCII of an address is percent-encoded; a name and password before the host,
    or a host with other signs than a host has, are refused.

    >>> web_link("https://a.example/x y"), web_link("javascript:alert(1)")
    ('https://a.example/x%20y', None)
    """
    found = _WEB_ADDRESS.fullmatch(address.strip())
    if not found:
        return None
    from urllib.parse import quote  # 5 ms that a list without links does not pay

    rest = quote(found[3] or "", safe="/?#[]@!$&'()*+,;=:%~")
    link = f"{found[1]}://{found[2]}{rest}"
    return link if len(link) <= _MAX_ADDRESS else None
