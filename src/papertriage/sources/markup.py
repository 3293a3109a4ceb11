"""Text out of marked-up titles and abstracts: JATS, MathML and HTML become Unicode.

JATS is what publishers deposit (https://jats.nlm.nih.gov/publishing/tag-library/1.3/), MathML what they
write formulas in (https://www.w3.org/TR/MathML3/). A formula comes out in one line, readable and
searchable: `x²`, `³He`, `a/b`; what has no Unicode form is written `x^(n+k)` or `x_max`.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from papertriage.patterns import pattern
from papertriage.sources.xmlsafe import UnreadableXmlError, parse_xml
from papertriage.text import clean

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISABLE = frozenset("0123456789+-−=()ni")
_LOWERABLE = frozenset("0123456789+-−=()")

_MAX_DEPTH = 100
_MAX_RAW = 400_000

_SILENT = frozenset(["annotation", "annotation-xml", "inline-graphic", "graphic", "xref-group", "object-id"])
_BLOCKS = frozenset(
    ["p", "sec", "title", "list", "list-item", "disp-formula", "disp-quote", "break", "br", "div", "li", "ul", "ol"]
)
_HEADINGS = frozenset(["abstract", "summary"])

_TAG = pattern(r"</?([A-Za-z][\w.-]*):|\s([A-Za-z][\w.-]*):[A-Za-z][\w.-]*\s*=")
_NAMED = pattern(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_KEPT = frozenset(["amp", "lt", "gt", "quot", "apos"])
_LOOKS_MARKED = pattern(r"<[A-Za-z/!]|&[#A-Za-z]")


def plain(element: Element) -> str:
    """Give the text inside an element, its markup resolved; white space is folded."""
    return " ".join(_inside(element, 0).split())


def plain_fragment(raw: object) -> str | None:
    """Give the text of a title or abstract that a service sends as a text with markup; None for no text.

    What is no well-formed XML is cleaned tag by tag.
    """
    if not isinstance(raw, str):
        return None
    raw = raw[:_MAX_RAW]
    if not _LOOKS_MARKED.search(raw):
        return " ".join(raw.split()) or None
    if re.search(r"&lt;/?(?:jats:|mml:)?[a-z]+(?:\s[^<>]*)?&gt;", raw):  # marked up, then escaped once more
        raw = html.unescape(raw)
    prefixes = {found[1] or found[2] for found in _TAG.finditer(raw)} - {"xml", "xmlns"}
    names = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in sorted(prefixes)[:20])
    resolved = _NAMED.sub(lambda found: found[0] if found[1] in _KEPT else html.unescape(found[0]), raw)
    try:
        root = parse_xml(f"<r{names}>{resolved}</r>".encode("utf-8", "replace"))
    except UnreadableXmlError:
        return clean(raw) or None
    text = plain(root)
    # `&amp;amp;`: escaped twice, as clean() knows it
    return (" ".join(html.unescape(text).split()) if "&" in text else text) or None


def _inside(element: Element, depth: int) -> str:
    """Give the text of an element's children and its own."""
    if depth > _MAX_DEPTH:
        return "".join(element.itertext())
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_one(child, depth + 1))
        parts.append(child.tail or "")
    return "".join(parts)


def _one(element: Element, depth: int) -> str:
    name = _name(element)
    if name in _SILENT:
        return ""
    if name == "math":
        return _math(element, depth)
    if name == "alternatives":
        return _chosen(element, depth)
    inner = _inside(element, depth)
    if name == "sup":
        return _raised(inner) or inner
    if name == "sub":
        return _lowered(inner) or inner
    if name == "tex-math":
        body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", inner, re.DOTALL)
        inner = (body[1] if body else inner).strip().strip("$")
        return clean(f"${inner}$")
    if name == "title":
        heading = inner.strip().rstrip(":.").strip()
        return f" {heading}: " if heading and heading.lower() not in _HEADINGS else " "
    return f" {inner} " if name in _BLOCKS else inner


def _chosen(element: Element, depth: int) -> str:
    """Take one of several forms of the same formula."""
    forms = {_name(child): child for child in element if isinstance(child.tag, str)}
    for name in ("math", "tex-math", "textual-form"):
        if name in forms:
            return _one(forms[name], depth)
    return "".join(_one(child, depth) for child in forms.values())


# -- MathML ---------------------------------------------------------------------------------------------------


def _math(element: Element, depth: int) -> str:
    """Write a formula in one line. White space counts inside `mtext` only."""
    if depth > _MAX_DEPTH:
        return "".join("".join(element.itertext()).split())
    name = _name(element)
    if name in _SILENT or name in ("none", "mprescripts", "mphantom"):
        return ""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        if name == "mspace":
            return " "
        return (element.text or "") if name in ("mtext", "ms") else "".join((element.text or "").split())
    parts = [_math(child, depth + 1) for child in children]
    if name == "mmultiscripts":
        return _scripts(children, parts)
    if name == "mfenced":
        return f"{element.get('open', '(')}{','.join(parts)}{element.get('close', ')')}"
    return _joined(name, parts)


def _joined(name: str, parts: list[str]) -> str:
    match name, parts:
        case "msup", [base, raised]:
            return base + _above(raised)
        case "msub" | "munder", [base, lowered]:
            return base + _below(lowered)
        case "msubsup" | "munderover", [base, lowered, raised]:
            return base + _below(lowered) + _above(raised)
        case "mfrac", [over, under]:
            return f"{_grouped(over)}/{_grouped(under)}"
        case "msqrt", _:
            return "√" + _grouped("".join(parts))
        case "mroot", [base, degree]:
            return (_raised(degree) or degree) + "√" + _grouped(base)
        case (("mtr" | "mtd" | "mlabeledtr"), _):
            return "".join(parts) + " "
    return "".join(parts)


def _above(text: str) -> str:
    return _raised(text) or "^" + _grouped(text)


def _below(text: str) -> str:
    return _lowered(text) or "_" + _grouped(text)


def _scripts(children: list[Element], parts: list[str]) -> str:
    """Write a base with scripts behind and, after `mprescripts`, before it: pairs of lower and upper."""
    names = [_name(child) for child in children]
    middle = names.index("mprescripts") if "mprescripts" in names else len(names)

    def written(scripts: list[str]) -> str:
        low, high = "".join(scripts[0::2]), "".join(scripts[1::2])
        return (_raised(high) or high) + (_lowered(low) or low)

    return written(parts[middle + 1 :]) + parts[0] + written(parts[1:middle])


def _raised(text: str) -> str:
    text = text.strip()
    return text.translate(_RAISED) if text and _RAISABLE.issuperset(text) else ""


def _lowered(text: str) -> str:
    text = text.strip()
    return text.translate(_LOWERED) if text and _LOWERABLE.issuperset(text) else ""


def _grouped(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"[\w.]*|\(.*\)", text) else f"({text})"


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()
