"""Names of authors out of one text, as services and people write them."""

from __future__ import annotations

import re

from papertriage.patterns import pattern

_INITIALS = pattern(r"(?:[^\W\d_]\.?[\s-]*){1,4}")
_SUFFIX = pattern(r"(?:jr|sr|ii|iii|iv|phd|md)\.?", re.IGNORECASE)
_AND = pattern(r"\s*,?\s+(?:and|&)\s+|\n", re.IGNORECASE)


def split_authors(text: str) -> list[str]:
    """Part a list of authors into names, `Given Family` each.

    Semicolons part names for sure, then `and`; commas do, unless they stand inside parentheses or turn
    a name round (`Smith, John and Doe, Jane`; `Smith, J., Doe, A.`).

    >>> split_authors("Ana Lima, Bo Ek and Cy Day")
    ['Ana Lima', 'Bo Ek', 'Cy Day']
    >>> split_authors("Lima, Ana and Ek, Bo"), split_authors("Lima, A.; Ek, B.")
    (['Ana Lima', 'Bo Ek'], ['A. Lima', 'B. Ek'])
    """
    if ";" in text:
        names = [_turned(commas) for part in text.split(";") if (commas := _at_commas(part))]
    else:
        parts = [commas for part in _AND.split(text.strip()) if (commas := _at_commas(part))]
        pairs = bool(parts) and all(len(commas) == 2 for commas in parts)
        if pairs and (len(parts) > 1 or _is_turned(parts[0])):
            names = [_turned(commas) for commas in parts]
        else:
            names = _in_pairs([name for commas in parts for name in commas])
    return [name for name in names if name]


def _at_commas(text: str) -> list[str]:
    """Split at commas outside parentheses; a suffix (`Jr.`) stays with its name."""
    found: list[str] = []
    depth, start = 0, 0
    for place, sign in enumerate(text + ","):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif sign == "," and (not depth or place == len(text)):
            part = " ".join(text[start:place].split())
            if found and _SUFFIX.fullmatch(part):
                found[-1] += f" {part}"
            elif part:
                found.append(part)
            start = place + 1
    return found


def _is_turned(parts: list[str]) -> bool:
    """Tell whether `Lima, Ana` is one person: with one word on a side it is no list of two full names."""
    return any(len(part.split()) == 1 for part in parts)


def _turned(parts: list[str]) -> str:
    return " ".join([*parts[1:], parts[0]])


def _in_pairs(parts: list[str]) -> list[str]:
    """Join `Lima`, `A.`, `Ek`, `B.` when every second part is nothing but initials."""
    if len(parts) > 1 and len(parts) % 2 == 0 and all(_are_initials(part) for part in parts[1::2]):
        return [f"{given} {family}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    return parts


def _are_initials(part: str) -> bool:
    return part.upper() == part and bool(_INITIALS.fullmatch(part))
