"""A query as it is written: words, "phrases", fields, AND, OR, NOT and parentheses; every mistake has its place.

query   = all { "OR" all }
all     = one { ["AND"] one }
one     = ("NOT" | "-") one | [ field ":" ] ( "(" query ")" | words )
words   = ( word | "…" ) [ "*" | "~" [ number ] ]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, NoReturn

from papertriage.errors import Fault, Place, QueryError
from papertriage.patterns import pattern
from papertriage.rank import matches_any
from papertriage.search.query import And, Fact, How, Node, Not, Or, Words
from papertriage.text import clean, tokens

MOST_WORDS = 200
LONGEST_WORD = 100
DEEPEST = 50
LEAST_PREFIX = 2
DEFAULT_FUZZY = 80

_FIELDS = {
    "title": "title", "abstract": "abstract", "author": "authors", "authors": "authors", "comment": "comment",
    "venue": "venue", "organization": "organization", "submitter": "submitter",
}  # fmt: skip
_FACTS = ("category", "source", "year")
FIELDS = ("title", "abstract", "author", "comment", "venue", "organization", "submitter", *_FACTS)
"""What may stand before a colon."""

_NAMES = ("authors", "submitter")
_OPERATORS = ("AND", "OR", "NOT")
_QUOTES = '"“”„'

_LEX = pattern(
    rf"""(?P<space>\s+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<field>[A-Za-z_]+):(?=[^\s)])
    | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}](?P<suffix>\*|~\d*)?
    | (?P<unclosed>[{_QUOTES}])
    | (?P<word>[^\s(){_QUOTES}]+)""",
    re.VERBOSE,
)
_SUFFIX = pattern(r"(.*?)(\*|~\d*)?", re.DOTALL)
_YEARS = pattern(r"(\d{4})(?:(?:-|\.\.)(\d{4}))?")


class _Sign(NamedTuple):
    """One sign of the language: `kind` is open, close, field, phrase, word, or the operator itself."""

    kind: str
    text: str
    suffix: str
    column: int


def parse(written: str) -> Node:
    """Read a query.

    Raises:
        QueryError: it has a mistake, told with its place.
    """
    return _Parser(re.sub(r"\s", " ", written)).whole()


class _Parser:
    def __init__(self, written: str) -> None:
        self._written = written
        self._signs = self._read()
        self._at = 0
        self._depth = 0
        self._count = 0

    def _fail(self, column: int, message: str, hint: str = "") -> NoReturn:
        raise QueryError([Fault(Place("QUERY", 1, column), message, hint, self._written)])

    # -- signs ----------------------------------------------------------------------------------------------

    def _read(self) -> list[_Sign]:
        signs: list[_Sign] = []
        at = 0
        written = self._written
        while at < len(written):
            column = at + 1
            before = written[at - 1] if at else " "
            if written[at] == "-" and before in " (" and re.match(r"-[^\s)]", written[at : at + 2]):
                signs.append(_Sign("NOT", "-", "", column))
                at += 1
                continue
            found = _LEX.match(written, at)
            assert found is not None
            at = found.end()
            kind = found.lastgroup or ""
            if kind == "space":
                continue
            if kind == "unclosed":
                self._fail(column, "This quotation mark is never closed.", "Write one behind the phrase.")
            if found["phrase"] is not None:
                signs.append(_Sign("phrase", found["phrase"], found["suffix"] or "", column))
            elif kind == "word":
                self._read_word(found["word"], column, signs)
            elif kind == "field":
                at = self._read_field(found, column, signs)
            else:
                signs.append(_Sign(kind, found[0], "", column))
        return signs

    def _read_word(self, word: str, column: int, signs: list[_Sign]) -> None:
        after_field = bool(signs) and signs[-1].kind == "field"
        if word in _OPERATORS and not after_field:
            signs.append(_Sign(word, word, "", column))
            return
        parts = _SUFFIX.fullmatch(word)
        assert parts is not None
        text, suffix = parts[1], parts[2] or ""
        if text.startswith("*") or (suffix == "*" and not text):
            self._fail(column, "A * stands at the end of a word.", "To search for words that end so is not possible.")
        if tokens(clean(text)) or after_field:
            signs.append(_Sign("word", text, suffix, column))
        # A sign that is no word (a dash in a title that was pasted) is passed over.

    def _read_field(self, found: re.Match[str], column: int, signs: list[_Sign]) -> int:
        name = found["field"].lower()
        if name in _FIELDS or name in _FACTS:
            signs.append(_Sign("field", name, "", column))
            return found.end()
        from rapidfuzz import process

        meant = process.extractOne(name, FIELDS, score_cutoff=75)
        if meant:
            self._fail(column, f"There is no field “{name}”.", f"Did you mean {meant[0]}:?")
        word = _LEX.match(self._written, found.end())
        end = word.end() if word and word["word"] else found.end()
        self._read_word(self._written[found.start() : end], column, signs)
        return end

    # -- grammar --------------------------------------------------------------------------------------------

    def whole(self) -> Node:
        """Read all of it."""
        if not self._signs:
            self._fail(1, "There is nothing to search for: no letter and no digit.", "Write a word.")
        node = self._any(None)
        if self._at < len(self._signs):
            self._fail(self._signs[self._at].column, "This parenthesis was never opened.", "Leave it out.")
        return node

    def _peek(self) -> str:
        return self._signs[self._at].kind if self._at < len(self._signs) else ""

    def _any(self, field: str | None) -> Node:
        parts = [self._all(field)]
        while self._peek() == "OR":
            self._at += 1
            parts.append(self._all(field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, field: str | None) -> Node:
        parts = [self._one(field)]
        while self._peek() not in ("", "OR", "close"):
            if self._peek() == "AND":
                self._at += 1
            parts.append(self._one(field))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, field: str | None) -> Node:
        kind = self._peek()
        if kind in ("", "AND", "OR", "close"):
            self._missing()
        sign = self._signs[self._at]
        self._at += 1
        if kind == "NOT":
            return Not(self._deeper(self._one, field, sign))
        if kind == "field":
            return self._one_of(sign.text)
        if kind == "open":
            return self._group(field, sign)
        return self._leaf(field, sign)

    def _one_of(self, field: str) -> Node:
        sign = self._signs[self._at]  # a field is always followed by something
        if sign.kind not in ("open", "word", "phrase"):
            self._fail(sign.column, f"Behind {field}: stands what to look for there.", "Write a word, or a phrase.")
        self._at += 1
        return self._group(field, sign) if sign.kind == "open" else self._leaf(field, sign)

    def _group(self, field: str | None, opened: _Sign) -> Node:
        node = self._deeper(self._any, field, opened)
        if self._peek() != "close":
            self._fail(opened.column, "This parenthesis is never closed.", "Write one behind the group.")
        self._at += 1
        return node

    def _deeper(self, read: Callable[[str | None], Node], field: str | None, sign: _Sign) -> Node:
        if self._depth == DEEPEST:
            self._fail(sign.column, f"This goes more than {DEEPEST} levels deep.", "Write it simpler.")
        self._depth += 1
        node = read(field)
        self._depth -= 1
        return node

    def _missing(self) -> NoReturn:
        """Say where something to search for is missing."""
        before = self._signs[self._at - 1] if self._at else None
        here = self._signs[self._at] if self._at < len(self._signs) else None
        for sign in (before, here):
            if sign and sign.kind in _OPERATORS:
                where = "before a word" if sign.kind == "NOT" else "between two words"
                hint = "In lower case, or in quotation marks, it is a word." if sign.text != "-" else ""
                self._fail(sign.column, f"{sign.text} stands {where}.", hint)
        if here and not before:
            self._fail(here.column, "This parenthesis was never opened.", "Leave it out.")
        self._fail(
            (before or here or _Sign("", "", "", 1)).column, "There is nothing in this parenthesis.", "Write a word."
        )

    # -- words ----------------------------------------------------------------------------------------------

    def _leaf(self, field: str | None, sign: _Sign) -> Node:
        if field in _FACTS:
            return self._fact(field, sign)
        name = _FIELDS[field] if field else None
        made = tokens(clean(sign.text))
        if not made:
            self._fail(sign.column, "There is no letter and no digit here.", "Write a word.")
        if any(len(token.key) > LONGEST_WORD for token in made):
            self._fail(sign.column, f"This word has more than {LONGEST_WORD} letters.", "word* finds what begins so.")
        self._count += len(made)
        if self._count > MOST_WORDS:
            self._fail(sign.column, f"This query has more than {MOST_WORDS} words.", "Search for fewer.")
        exact = sign.kind == "phrase" or name in _NAMES
        how: How = "exact" if exact else "forms"
        fuzzy = None
        if sign.suffix == "*":
            how = "prefix"
            if made[-1].key.isascii() and len(made[-1].key) < LEAST_PREFIX:
                hint = f'Write {LEAST_PREFIX} at least, or "{sign.text}*" in quotation marks for the word itself.'
                self._fail(sign.column, "Too many words begin with this one letter.", hint)
        elif sign.suffix:
            how, fuzzy = "fuzzy", self._similarity(sign)
        return Words(
            text=sign.text + sign.suffix,
            column=sign.column,
            tokens=made,
            how=how,
            fuzzy=fuzzy,
            field=name,
            mixed=name in _NAMES and how == "exact" and len(made) > 1,
        )

    def _similarity(self, sign: _Sign) -> int:
        digits = sign.suffix[1:]
        if not digits:
            return DEFAULT_FUZZY
        if len(digits) > 3 or not 50 <= int(digits) <= 100:
            self._fail(sign.column, "Behind ~ stands a similarity from 50 to 100.", f"{DEFAULT_FUZZY} is usual.")
        return int(digits)

    def _fact(self, field: str, sign: _Sign) -> Fact:
        value = sign.text + sign.suffix
        if field == "category":
            return category((value,))
        if field == "source":
            return source((value,))
        found = _YEARS.fullmatch(value)
        if not found:
            self._fail(sign.column, f"“{value}” is no year.", "Write year:2025 or year:2023-2025.")
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last:
            self._fail(sign.column, f"“{value}” holds no year.", "Write the earlier one first.")
        return years(first, last)


# -- facts ----------------------------------------------------------------------------------------------------


def category(globs: Sequence[str]) -> Fact:
    """Ask for a category, by globs, of which any one suffices."""
    fits = _glob(globs)
    return Fact(lambda facts: fits(facts.categories))


def source(globs: Sequence[str]) -> Fact:
    """Ask for a source, by globs, of which any one suffices."""
    fits = _glob(globs)
    return Fact(lambda facts: fits(facts.sources))


def _glob(globs: Sequence[str]) -> Callable[[tuple[str, ...]], bool]:
    return cache(lambda values: matches_any(globs, values))  # of which there are few


def years(first: int, last: int) -> Fact:
    """Ask for the year of a paper's day."""
    return days(dt.date(first, 1, 1), dt.date(last, 12, 31))


def days(first: dt.date | None, last: dt.date | None) -> Fact:
    """Ask for a paper's day, between two days or from or up to one."""
    start = (first or dt.date.min).toordinal()
    stop = (last or dt.date.max).toordinal()
    return Fact(lambda facts: start <= facts.day <= stop)


def states(wanted: Sequence[str]) -> Fact:
    """Ask for what the user said of a paper, `none` for papers of which nothing was said."""
    return Fact(lambda facts: facts.state() in wanted)
