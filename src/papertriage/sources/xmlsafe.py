"""XML read without document type definitions: no entities, nothing fetched, nothing that grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class UnreadableXmlError(ValueError):
    """The text is not whole XML, or has a document type definition."""


class _RootReachedError(Exception):
    """The first element begins: no document type can follow."""


def parse_xml(body: bytes, *, named_doctype: bool = False) -> Element:
    """Read XML in any encoding that it declares.

    A first pass goes up to the root element only and refuses a DOCTYPE, in whatever encoding expat
    reads it, before anything in it is acted upon.

    Args:
        named_doctype: take a DOCTYPE that only names an external definition, as PubMed's do. It is never
            fetched; one that defines something itself is refused all the same.

    Raises:
        UnreadableXmlError: the text is no whole XML, or has a DOCTYPE.
    """
    from xml.etree import ElementTree as ET

    _scout(body, _refuse_definitions if named_doctype else _refuse_doctype)
    try:
        return ET.fromstring(body)  # noqa: S314 - a DOCTYPE was refused above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UnreadableXmlError(f"not whole XML: {error}") from error


def upper_elements(body: bytes, levels: int) -> Iterator[tuple[int, Element]]:
    """Give the elements of the uppermost levels, each as it ends, and let go of it then.

    So a long list is read in the memory of one of its entries. The root is level 1.

    Raises:
        UnreadableXmlError: as `parse_xml`, where the fault is reached.
    """
    from xml.etree import ElementTree as ET

    _scout(body, _refuse_doctype)
    open_now: list[Element] = []
    try:
        for event, element in ET.iterparse(BytesIO(body), ("start", "end")):  # noqa: S314 - as above
            if event == "start":
                open_now.append(element)
                continue
            open_now.pop()
            if len(open_now) < levels:
                yield len(open_now) + 1, element
                if open_now:
                    open_now[-1].remove(element)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UnreadableXmlError(f"not whole XML: {error}") from error


def _scout(body: bytes, doctype: Callable[..., None]) -> None:
    """Read up to the root element; `doctype` is called for a DOCTYPE before it."""
    scout = expat.ParserCreate()
    scout.StartDoctypeDeclHandler = doctype
    scout.StartElementHandler = _stop_at_root
    try:
        scout.Parse(body, True)  # noqa: FBT003 - positional only
    except _RootReachedError:
        pass
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableXmlError(f"not XML: {error}") from error


def _refuse_doctype(*_: object) -> None:
    raise UnreadableXmlError("it has a DOCTYPE, which is refused")


def _refuse_definitions(name: str, system: str | None, public: str | None, inner: int) -> None:
    del name, system, public
    if inner:
        raise UnreadableXmlError("it has a DOCTYPE with definitions, which is refused")


def _stop_at_root(*_: object) -> None:
    raise _RootReachedError


def child_text(element: Element, tag: str) -> str | None:
    """Give all text inside the first child of that tag (`{namespace}name`), None without such a child."""
    child = element.find(tag)
    return None if child is None else "".join(child.itertext())
