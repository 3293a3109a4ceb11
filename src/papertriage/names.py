"""Names of people, compared."""

from __future__ import annotations

import re
from functools import lru_cache

from papertriage.text import clean, tokens

Name = tuple[str, ...]
"""One name: the keys of its parts, of which `Jean-Pierre` has two."""

_PARTICLES = frozenset(
    [
        *(
            "af",
            "al",
            "av",
            "bin",
            "da",
            "dal",
            "de",
            "del",
            "della",
            "den",
            "der",
            "des",
            "di",
            "do",
            "dos",
            "du",
            "el",
        ),
        *("ibn", "la", "las", "le", "los", "ten", "ter", "van", "vom", "von", "zu", "zum", "zur"),
    ]
)
"""They belong to the surname that follows, never to the given names."""

_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])

_APART = re.compile(r"[\s.]+")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_EAST_ASIAN = re.compile(
    r"[\s\u1100-\u11ff\u3005\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def same_person(wanted: str, name: str) -> bool:
    """Say whether a name in a listing can be the person that a rule names.

    Surnames must be equal, particles included. Of the given names each must agree in order; an initial stands for a
    name that begins with it; middle names may be absent on either side, the first name may not, unless the rule has a
    surname only. Letter case, accents, hyphens and the order `Finn, Chelsea` make no difference.

    >>> same_person("Chelsea Finn", "Finn, C."), same_person("Chelsea Finn", "Carol Finn")
    (True, False)
    >>> same_person("Wei Chen", "Wen Chen"), same_person("van der Maaten", "Laurens van der Maaten")
    (False, True)
    """
    if _PLAIN.fullmatch(name) and not any(end in _letters(name) for end in _ends(wanted)):
        return False
    if _same(wanted, name):
        return True
    # A double surname may have lost its hyphen, but no part: `Allen-Zhu` is `Allen Zhu`, not `Zhu`.
    if ("-" in wanted) == ("-" in name) or not _same(wanted.replace("-", " "), name.replace("-", " ")):
        return False
    return len(tokens(clean(wanted))) == len(tokens(clean(name)))


_PLAIN = re.compile(r"[A-Za-z .'-]+")
"""A name as most are written, without a comma: its surname stands in its letters as it is."""


@lru_cache(maxsize=1 << 16)
def _letters(name: str) -> str:
    return name.lower().translate(_NO_LETTERS)


_NO_LETTERS = str.maketrans("", "", " .'-")


@lru_cache(maxsize=1 << 12)
def _ends(wanted: str) -> frozenset[str]:
    """Give the letters of the surnames, one of which a plain name must have: most names are ruled out so."""
    return frozenset("".join(_parts(spelling)[1]) for spelling in (wanted, wanted.replace("-", " ")))


def _same(wanted: str, name: str) -> bool:
    wanted_given, wanted_surname = _parts(wanted)
    given, family = _parts(name)
    if not wanted_surname or "".join(wanted_surname) != "".join(family):
        return False
    return not wanted_given or _given_agree(wanted_given, given)


def surname(name: str) -> str:
    """Give the key of the surname, particles included: `van der maaten`; "" for a name without a letter."""
    return " ".join(_parts(name)[1])


def _given_agree(wanted: tuple[Name, ...], given: tuple[Name, ...]) -> bool:
    if not given:
        return False
    flat, other = [part for name in wanted for part in name], [part for name in given for part in name]
    if "".join(flat) == "".join(other):  # Xiao-Ming, Xiaoming, Xiao Ming
        return True
    if len(flat) == len(other) and all(map(_agree, flat, other)):
        return True
    if not _names_agree(wanted[0], given[0]):
        return False
    few, many = sorted((wanted[1:], given[1:]), key=len)
    rest = iter(many)  # the shorter list must be found in the longer, in order
    return all(any(_names_agree(name, candidate) for candidate in rest) for name in few)


def _names_agree(one: Name, other: Name) -> bool:
    if len(one) == len(other):
        return all(map(_agree, one, other))
    return "".join(one) == "".join(other) or (
        min(len("".join(one)), len("".join(other))) == 1 and one[0][0] == other[0][0]
    )


def _agree(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


@lru_cache(maxsize=1 << 16)
def _parts(name: str) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """Part a name into its given names and the words of its surname."""
    family, comma, rest = _IN_BRACKETS.sub(" ", clean(name)).partition(",")
    given, suffix = _words(rest.partition(",")[0]), _words(rest)
    if comma and given and "".join(suffix[0]) not in _SUFFIXES:
        words = _words(family)
        particles: list[Name] = []
        while given and _is_particle(given[-1]):  # Maaten, Laurens van der
            particles.insert(0, given.pop())
        words = [*particles, *words]
        return tuple(given), tuple("".join(word) for word in words)
    if _EAST_ASIAN.fullmatch(family):
        return (), ("".join(family.split()),)
    words = _words(family)
    while len(words) > 1 and "".join(words[-1]) in _SUFFIXES:
        words.pop()
    start = max(len(words) - 1, 0)
    while start > 0 and _is_particle(words[start - 1]) and (start > 1 or len("".join(words[0])) > 1):
        start -= 1
    return tuple(words[:start]), tuple("".join(word) for word in words[start:])


def _is_particle(name: Name) -> bool:
    return len(name) == 1 and name[0] in _PARTICLES


def _words(text: str) -> list[Name]:
    """Cut at white space and full stops; what a hyphen or an apostrophe joins is one name of several parts."""
    names = (tuple(_ascii(token.key) for token in tokens(word)) for word in _APART.split(text))
    return [name for name in names if name]


def _ascii(key: str) -> str:
    if key.isascii() or _EAST_ASIAN.fullmatch(key):
        return key
    from anyascii import anyascii

    return "".join(sign for sign in anyascii(key).lower() if sign.isalnum()) or key
