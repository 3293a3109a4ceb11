"""Files of rules that include each other: each is read once, what it includes before itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from papertriage.errors import Fault, Place
from papertriage.patterns import pattern
from papertriage.rules import schema
from papertriage.rules.compile import compile_layer
from papertriage.rules.layers import Layer
from papertriage.yamlfile import Faults, Map, Node, Scalar, Text, convert, nearest, parse, read_number, shown

MAX_FILES = 50
MAX_DEEP = 8

Read = Callable[[Path, Faults], str | None]
"""Gives the text of a file, or None after noting a fault; raises FileNotFoundError."""

_ADDRESS = pattern(r"[A-Za-z][A-Za-z0-9+.-]+:/{1,2}")
_WHERE_TO_BEGIN = "`papertriage init` writes one to begin with."


class Reading:
    """Reads a file of rules and all that it includes.

    Args:
        read: gives the text of an included file.

    Attributes:
        layers: what each file says; a file stands behind those that it includes.
    """

    def __init__(self, read: Read) -> None:
        self.layers: list[Layer] = []
        self._read = read
        self._told: list[tuple[Faults, Faults]] = []  # of each file, in the order in which they were opened
        self._seen: dict[str, frozenset[str]] = {}  # the files that were read, with those that they include
        self._lost = False  # whether a file could not be taken into `layers`

    @property
    def whole(self) -> bool:
        """Whether every file could be read, so that they can be laid over each other."""
        return bool(self.layers) and not self._lost

    @property
    def faults(self) -> list[Fault]:
        """All mistakes, file by file."""
        return [fault for faults, _ in self._told for fault in faults.sorted()]

    @property
    def warnings(self) -> list[Fault]:
        """All warnings, file by file."""
        return [warning for _, warnings in self._told for warning in warnings.sorted()]

    def add(self, text: str, path: Path, faults: Faults, chain: tuple[str, ...] = ()) -> frozenset[str]:
        """Take in a file and what it includes.

        Args:
            path: where it is; what it includes is looked for from there.
            faults: takes the mistakes in it.
            chain: the files that are being read and include it, outermost first.

        Returns:
            the names of the file and of all that it includes.
        """
        warnings = Faults(faults.file, text)
        self._told.append((faults, warnings))
        spec = _spec(text, faults)
        chain = (*chain, os.path.realpath(path))
        sees: frozenset[str] = frozenset()
        names = () if spec is None else (spec.include,) if isinstance(spec.include, Text) else spec.include
        for name in names:
            sees |= self._include(name, path.parent, faults, chain)
        if spec is None:
            self._lost = True
        else:
            self.layers.append(compile_layer(spec, faults, warnings, sees))
        self._seen[chain[-1]] = sees | {faults.file}
        return self._seen[chain[-1]]

    def _include(self, name: Text, folder: Path, faults: Faults, chain: tuple[str, ...]) -> frozenset[str]:
        """Take in a file that another names; a file that was read already is not read again."""
        try:
            path = _path(name.value, folder)
            real = os.path.realpath(path)
            if real in self._seen:
                return self._seen[real]
            self._check(name.value, real, chain)
            inner = Faults(str(path))
            text = self._read(path, inner)
        except FileNotFoundError:
            text, inner = None, Faults("")
            faults.add(name.place, f"there is no file {shown(str(path), 200)}.", "It is looked for beside this file.")
        except _RefusedError as error:
            text, inner = None, Faults("")
            faults.add(name.place, *error.args)
        if text is not None:
            return self.add(text, path, inner, chain)
        self._lost = True
        self._unread(name, faults, inner)
        return frozenset()

    def _check(self, name: str, real: str, chain: tuple[str, ...]) -> None:
        """Refuse a file that includes itself in turn, and one too many.

        Raises:
            _RefusedError: so it is.
        """
        if real == chain[-1]:
            raise _RefusedError(f"{shown(name)} is this file itself.", "Take it out.")
        if real in chain:
            names = " → ".join(Path(each).name for each in (*chain[chain.index(real) :], real))
            raise _RefusedError(f"{shown(name)} includes this file in turn: {shown(names, 200)}.", "Take one out.")
        if len(chain) >= MAX_DEEP:
            raise _RefusedError(
                f"{shown(name)} is included too deep; files include each other at most {MAX_DEEP} deep."
            )
        if len(self._told) >= MAX_FILES:
            raise _RefusedError(f"{shown(name)} is one file too many; at most {MAX_FILES} are read.")

    def _unread(self, name: Text, faults: Faults, inner: Faults) -> None:
        """Tell why an included file could not be read: at the `include`, unless there is a place in the file."""
        for fault in inner.sorted():
            if fault.place.line:
                self._told.append((inner, Faults(inner.file)))
            else:
                faults.add(name.place, f"{shown(name.value)}: {fault.message}", fault.hint)


class _RefusedError(Exception):
    """A file is not included; the arguments are why, and what to do."""


def _path(name: str, folder: Path) -> Path:
    """Give the path of a file to include.

    Raises:
        _RefusedError: the name can be no file.
    """
    if not name.strip():
        raise _RefusedError("this `include` is empty.", "Write the path of a file of rules.")
    if _ADDRESS.match(name):
        raise _RefusedError(
            f"{shown(name)} is an address; only files are included.", "Save it beside this file, and include that."
        )
    try:
        return folder / Path(name).expanduser()
    except RuntimeError:
        raise _RefusedError(f"{shown(name)} begins in a home folder that is not known.") from None


def _spec(text: str, faults: Faults) -> schema.RulesSpec | None:
    """Read the text of one file; None when a fault was noted that leaves nothing to go on with."""
    root = parse(text, faults)
    if root is None and not faults.count:
        faults.add(Place(faults.file, 1, 1), "the file is empty; expected rules.", _WHERE_TO_BEGIN)
    if root is None or not _version_is_known(root, faults):
        return None
    return convert(root, schema.RulesSpec, faults)


def _version_is_known(root: Node, faults: Faults) -> bool:
    """Look at the version first: of a later language everything else would look like a mistake."""
    node = root.get("version") if isinstance(root, Map) else None
    if isinstance(root, Map) and (node is None or (isinstance(node, Scalar) and node.blank)):
        names, synonyms = schema.RulesSpec.__struct_fields__, schema.RulesSpec.SYNONYMS
        if not any("`version`" in nearest(key, names, synonyms) for key in root.pairs if key not in names):
            hint = f"Write `version: {schema.VERSION}` in the first line."
            faults.add(node or root, "the rules lack `version`.", hint)
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
