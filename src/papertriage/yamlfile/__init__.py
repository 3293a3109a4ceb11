"""YAML files of the user's: nodes with places (`nodes`), and typed records made of them (`convert`)."""

from papertriage.yamlfile.convert import Parsed, Placed, Text, convert, read_number
from papertriage.yamlfile.files import decode, read_file
from papertriage.yamlfile.lengths import read_days, read_seconds
from papertriage.yamlfile.nodes import (
    Faults,
    Map,
    Node,
    Scalar,
    Seq,
    nearest,
    parse,
    shown,
)

__all__ = [
    "Faults",
    "Map",
    "Node",
    "Parsed",
    "Placed",
    "Scalar",
    "Seq",
    "Text",
    "convert",
    "decode",
    "nearest",
    "parse",
    "read_days",
    "read_file",
    "read_number",
    "read_seconds",
    "shown",
]
