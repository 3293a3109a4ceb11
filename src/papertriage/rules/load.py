"""Reading `rules.yaml`: all of it, or every mistake in it at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from papertriage.errors import Fault, RulesError
from papertriage.rules import schema
from papertriage.rules.compile import compile_rules
from papertriage.rules.terms import Rules
from papertriage.yamlfile import Faults, Map, Node, Scalar, convert, parse, read_file, read_number

_WHERE_TO_BEGIN = "`papertriage init` writes one to begin with."


def loads_rules(text: str, file: str = "rules.yaml") -> Rules:
    """Read rules from a text; `file` is the name that messages show.

    Raises:
        RulesError: the text has mistakes; all of them are told.
    """
    return check_text(text, file)[0]


def check_rules(path: Path, today: dt.date | None = None) -> tuple[Rules, tuple[Fault, ...]]:
    """Read a rules file and say also what is allowed but likely a slip.

    Args:
        path: the file.
        today: the day for which a topic's `until` is held as past, None to leave that out.

    Raises:
        RulesError: it is missing, unreadable or has mistakes; all of them are told.
    """
    faults = Faults(str(path))
    try:
        text = read_file(path, faults)
    except FileNotFoundError:
        faults.add(None, "there is no such file; the rules are read from it.", _WHERE_TO_BEGIN)
        text = None
    if text is None:
        raise RulesError(faults.sorted())
    return check_text(text, str(path), today)


def check_text(text: str, file: str, today: dt.date | None = None) -> tuple[Rules, tuple[Fault, ...]]:
    """Do what `check_rules` does for a text.

    Raises:
        RulesError: the text has mistakes; all of them are told.
    """
    faults, warnings = Faults(file), Faults(file)
    root = parse(text, faults)
    if root is None and not faults.count:
        faults.add(None, "the file is empty; expected rules.", _WHERE_TO_BEGIN)
    rules = None
    if root is not None and _version_is_known(root, faults):
        spec = convert(root, schema.RulesSpec, faults)
        if spec is not None:
            rules = compile_rules(spec, faults, warnings, today)
    if faults.count or rules is None:
        raise RulesError(faults.sorted())
    return rules, tuple(warnings.sorted())


def _version_is_known(root: Node, faults: Faults) -> bool:
    """Look at the version first: of a later language everything else would look like a mistake."""
    node = root.get("version") if isinstance(root, Map) else None
    if isinstance(root, Map) and (node is None or (isinstance(node, Scalar) and node.blank)):
        faults.add(node or root, "the rules lack `version`.", f"Write `version: {schema.VERSION}` in the first line.")
        root.pairs["version"] = (Scalar(1, 1, text="version"), Scalar(1, 1, text=str(schema.VERSION)))  # to read on
        return True
    if not isinstance(node, Scalar):
        return True
    number = read_number(node.text)
    if number is None or number == schema.VERSION:
        return True
    if number > schema.VERSION:
        faults.add(
            node,
            f"version {node.text} is from a later papertriage; this one reads version {schema.VERSION}.",
            "Update papertriage.",
        )
        return False
    faults.add(node, f"there is no version {node.text}; expected `{schema.VERSION}`.")
    return True
