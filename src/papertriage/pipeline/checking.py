"""`rules check`: every mistake in the rules, and words that are likely slips of the user's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from papertriage.errors import Fault
from papertriage.lexicon import load_lexicon
from papertriage.pipeline.cached import read_cache
from papertriage.rules.load import check_rules
from papertriage.rules.terms import Near, Phrase, Rules, Term
from papertriage.text import Token, clean, keys
from papertriage.yamlfile import Faults, read_file


class Checked(msgspec.Struct, frozen=True):
    """What `rules check` has to say of rules without mistakes."""

    topics: int
    terms: int
    warnings: tuple[Fault, ...]


def check(path: Path, folder: Path, *, today: dt.date) -> Checked:
    """Check a rules file.

    Args:
        folder: the data folder; words that its papers use are no slips.

    Raises:
        RulesError: the file has mistakes; all are told.
    """
    rules, warnings = check_rules(path, today)
    terms = list(_terms(rules))
    slips = list(_slips(terms, folder))
    return Checked(len(rules.topics), len(terms), tuple(sorted([*warnings, *slips])))


def _terms(rules: Rules) -> Iterator[Term]:
    yield from rules.exclude.any
    for topic in rules.topics:
        yield from (*topic.any, *topic.all, *topic.none)


def _slips(terms: list[Term], folder: Path) -> Iterator[Fault]:
    """Warn of words that neither the word list nor the cache knows."""
    lexicon = load_lexicon()
    strange = [
        (term, word) for term in terms for word in _words(term) if _is_word(word) and not lexicon.known(word.key)
    ]
    if not strange:
        return
    seen: set[str] = set()
    for paper in read_cache(folder).papers:
        for text in (paper.title, paper.abstract):
            if text:
                seen.update(keys(clean(text)))
    files: dict[str, Faults] = {}
    for term, word in strange:
        if word.key not in seen:
            file = term.place.file
            if file not in files:
                files[file] = Faults(file, _text(Path(file)))
            files[file].add(
                term.place,
                f"neither the word list nor the cache knows “{word.form}”.",
                "Is it spelt as you meant it?",
            )
    for faults in files.values():
        yield from faults.sorted()


def _text(path: Path) -> str:
    with suppress(FileNotFoundError):
        return read_file(path, Faults(str(path))) or ""
    return ""


def _words(term: Term) -> tuple[Token, ...]:
    match term.look_for:
        case Phrase(tokens=words) | Near(words=words):
            return words
        case _:
            return ()


def _is_word(token: Token) -> bool:
    """Say whether a token is a word that could be misspelt, and not an acronym, a number or a sign."""
    return len(token.key) >= 5 and token.key.isalpha() and sum(letter.isupper() for letter in token.form) < 2
