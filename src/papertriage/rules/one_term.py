"""One term by itself, written as in the rules: for `rules try`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from papertriage.errors import Fault, Place, RulesError
from papertriage.patterns import pattern
from papertriage.rules import schema
from papertriage.rules.compile import compile_term
from papertriage.rules.terms import Term
from papertriage.yamlfile import Faults, Map, Node, Scalar, convert, parse, read_file

NAME = "TERM"
"""What stands in the place of a file's name where a term has a mistake."""

# A text that begins so is YAML; any other is the phrase itself, whatever signs it holds.
_YAML = pattern(r"\s*(?:[{\[\"']|(?:term|regex|near):(?:\s|$))")


def match_defaults(path: Path) -> schema.MatchSpec:
    """Read what a rules file says under `match`; the language's defaults where there is no file, or nothing there.

    Raises:
        RulesError: that part of the file has mistakes, or the file cannot be read.
    """
    faults = Faults(str(path))
    try:
        text = read_file(path, faults)
    except FileNotFoundError:
        return schema.MatchSpec()
    root = parse(text, faults) if text is not None else None
    node = root.get("match") if isinstance(root, Map) else None
    if isinstance(node, Scalar) and node.blank:
        node = None
    match = convert(node, schema.MatchSpec, faults, "`match`") if node else schema.MatchSpec()
    if faults.count or match is None:
        raise RulesError(faults.sorted())
    return match


def read_term(written: str, match: schema.MatchSpec) -> tuple[Term, bool]:
    """Read a term as it is written in the rules: a text, or a map such as `{near: [learning, curve]}`.

    Returns:
        the term, and whether it names its own `fuzzy`.

    Raises:
        RulesError: it has mistakes; their places name the line and column in the text.
    """
    faults = Faults(NAME, written)
    node: Node | None = Scalar(1, 1, text=written, plain=False)
    if _YAML.match(written):
        node = parse(written, faults)
    term, own = None, False
    if node is not None:
        as_type: Any = schema.TermSpec  # a union
        spec = convert(node, as_type, faults, "the term")
        if spec is not None:
            term = compile_term(spec, match, faults)
            own = not isinstance(getattr(spec, "fuzzy", msgspec.UNSET), msgspec.UnsetType)
    elif not faults.count:
        faults.add(None, "this term is empty.")
    if faults.count or term is None:
        raise RulesError([_inside(fault, written) for fault in faults.sorted()])
    return term, own


def _inside(fault: Fault, written: str) -> Fault:
    """Put a mistake that YAML finds behind the end, such as a bracket that is missing, right behind the last sign."""
    lines = written.splitlines() or [""]
    if fault.place.line <= len(lines):
        return fault
    return Fault(Place(NAME, len(lines), len(lines[-1]) + 1), fault.message, fault.hint, lines[-1])
