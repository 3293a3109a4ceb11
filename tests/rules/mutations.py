"""Rule files with mistakes, made of good ones by a generator with a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

SIGNS = "\t\x00\x1b\u00a0\u200b\u202e\ufeff\u2028é学🤗\"'`{}[]:,#&*!|>%@-?\\\r\n"
VALUES = (
    "9" * 400, "1e999", "-1", "0", ".nan", "''", "[]", "{}", "~", "no", "- - -", "[[[[a]]]]", "{a: {b: {c: d}}}", "*a",
    "&a b", "!!python/object x", "2027-02-30", "'unclosed", '"\\q"', "|\n  text", "(?=a)", "'[a-'", "\ud83e",
    "a" * 3000,
)  # fmt: skip


def mutated(files: dict[str, str], number: int) -> dict[str, bytes]:
    """Give the files with one to four changes in one of them; the same number gives the same files."""
    pick = random.Random(number)
    name = pick.choice(sorted(files))
    text = files[name]
    for _ in range(pick.randint(1, 4)):
        text = pick.choice(_CHANGES)(text, pick)
    data = text.encode("utf-8", "surrogatepass")
    if pick.random() < 0.1:
        at = pick.randrange(len(data) + 1)
        data = data[:at] + pick.choice([b"\xff", b"\xc3", b"\xfe\xff", b"\xed\xa0\x80"]) + data[at:]
    if pick.random() < 0.05:
        data = pick.choice([b"\xef\xbb\xbf" + data, text.encode("utf-16", "replace"), b"\xef\xbb\xbf" * 2 + data])
    return {**{other: good.encode("utf-8") for other, good in files.items()}, name: data}


def many(files: dict[str, str], count: int) -> Iterator[dict[str, bytes]]:
    """Give so many mutations."""
    return (mutated(files, number) for number in range(count))


def _delete(text: str, pick: random.Random) -> str:
    at = pick.randrange(len(text) + 1)
    return text[:at] + text[at + pick.randint(1, 8) :]


def _insert(text: str, pick: random.Random) -> str:
    at = pick.randrange(len(text) + 1)
    return text[:at] + "".join(pick.choices(SIGNS, k=pick.randint(1, 3))) + text[at:]


def _swap(text: str, pick: random.Random) -> str:
    at = pick.randrange(max(len(text) - 1, 1))
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def _repeat_line(text: str, pick: random.Random) -> str:
    lines = text.split("\n")
    at = pick.randrange(len(lines))
    return "\n".join([*lines[:at], *[lines[at]] * pick.randint(2, 3), *lines[at + 1 :]])


def _drop_line(text: str, pick: random.Random) -> str:
    lines = text.split("\n")
    at = pick.randrange(len(lines))
    return "\n".join(lines[:at] + lines[at + 1 :])


def _swap_lines(text: str, pick: random.Random) -> str:
    lines = text.split("\n")
    one, other = pick.randrange(len(lines)), pick.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _indent(text: str, pick: random.Random) -> str:
    lines = text.split("\n")
    at = pick.randrange(len(lines))
    lines[at] = pick.choice(["  ", " ", "\t", "      "]) + lines[at] if pick.random() < 0.6 else lines[at].lstrip()
    return "\n".join(lines)


def _value(text: str, pick: random.Random) -> str:
    """Put another value behind a key or into a list."""
    places = [found.span(1) for found in re.finditer(r"(?:: |- |\[|, )([^\n,\]}]+)", text)]
    if not places:
        return text
    start, end = pick.choice(places)
    return text[:start] + pick.choice(VALUES) + text[end:]


def _key(text: str, pick: random.Random) -> str:
    places = [found.span(1) for found in re.finditer(r"([a-z_]+):", text)]
    if not places:
        return text
    start, end = pick.choice(places)
    word = text[start:end]
    other = pick.choice([word[1:], word + "s", word.upper(), "<<", "学", pick.choice(places) and "any", "include", ""])
    return text[:start] + other + text[end:]


_CHANGES = (_delete, _insert, _swap, _repeat_line, _drop_line, _swap_lines, _indent, _value, _value, _key)
