"""Names of people, compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from papertriage.patterns import pattern
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

_APART = pattern(r"[\s.]+")
_IN_BRACKETS = pattern(r"\([^()]*\)")
_EAST_ASIAN = pattern(
    r"[\s\u1100-\u11ff\u3005\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)


class _Reading(msgspec.Struct, frozen=True, gc=False):
    """One way to read a name.

    Attributes:
        given: the given names, each of one or more parts.
        family: the letters of the surname, particles included.
        strict: it takes two or three capitals for initials that may be a name (`Li`): each of them must agree.
    """

    given: tuple[Name, ...]
    family: str
    strict: bool = False


def same_person(wanted: str, name: str) -> bool:
    """Say whether a name in a listing can be the person that a rule names.

    Surnames must be equal, particles included. Of the given names each must agree in order; an initial stands for a
    name that begins with it; middle names may be absent on either side, the first name may not, unless the rule has a
    surname only. Letter case, accents and hyphens make no difference, nor does the order where it can be seen: at a
    comma (`Finn, Chelsea`), initials behind (`Finn C`, `Kim JH`) or a surname in capitals (`FINN Chelsea`). Letters
    that are written as two without their sign are both: `Müller` is `Mueller` and `Muller`, who are two people.

    >>> same_person("Chelsea Finn", "Finn, C."), same_person("Chelsea Finn", "Carol Finn")
    (True, False)
    >>> same_person("Wei Chen", "Wen Chen"), same_person("van der Maaten", "Laurens van der Maaten")
    (False, True)
    >>> same_person("Jae-Hyun Kim", "Kim JH"), same_person("Jürgen Müller", "J. Mueller")
    (True, True)
    """
    if _PLAIN.fullmatch(name) and not any(end in _letters(name) for end in _ends(wanted)):
        return False
    if _same(wanted, name):
        return True
    # A double surname may have lost its hyphen, but no part: `Allen-Zhu` is `Allen Zhu`, not `Zhu`.
    if ("-" in wanted) == ("-" in name) or not _same(wanted.replace("-", " "), name.replace("-", " ")):
        return False
    return len(tokens(clean(wanted))) == len(tokens(clean(name)))


_PLAIN = pattern(r"[A-Za-z .'-]+")
"""A name as most are written, without a comma: its surname stands in its letters as it is."""


@lru_cache(maxsize=1 << 16)
def _letters(name: str) -> str:
    return name.lower().translate(_NO_LETTERS)


_NO_LETTERS = str.maketrans("", "", " .'-")


@lru_cache(maxsize=1 << 12)
def _ends(wanted: str) -> frozenset[str]:
    """Give the letters of the surnames, one of which a plain name must have: most names are ruled out so."""
    spellings = (wanted, wanted.replace("-", " "))
    return frozenset(reading.family for spelling in spellings for reading in _readings(spelling))


def surname_letters(wanted: str) -> frozenset[str]:
    """Give the letters of the surname in every reading and spelling: `mueller` and `muller` for both of them.

    Every name that can be this person ends its surname with the end of one of these.
    """
    families = _ends(wanted)
    return families | {_AS_ONE.sub(lambda found: found[0][0], family) for family in families}


_AS_ONE = pattern("[aou]e|aa")


def latin(key: str) -> str:
    """Give the letters by which a key of another script is compared in names."""
    return _ascii(key)


def _same(wanted: str, name: str) -> bool:
    return any(
        ours.family == theirs.family
        and (not ours.given or _given_agree(ours.given, theirs.given, strict=ours.strict or theirs.strict))
        for ours in _readings(wanted)
        if ours.family
        for theirs in _readings(name)
    )


def person_key(name: str) -> str:
    """Give what spellings of one full name share that differ in letter case, accents or the side of the comma.

    >>> person_key("Finn, Chelsea") == person_key("chelsea finn")
    True
    """
    given, family = _parts(name)
    return " ".join([*("-".join(one) for one in given), *family])


def surname(name: str) -> str:
    """Give the key of the surname, particles included: `van der maaten`; "" for a name without a letter."""
    return " ".join(_parts(name)[1])


def _given_agree(wanted: tuple[Name, ...], given: tuple[Name, ...], *, strict: bool) -> bool:
    if not given:
        return False
    flat, other = [part for name in wanted for part in name], [part for name in given for part in name]
    if strict:
        return len(flat) == len(other) and all(map(_agree, flat, other))
    if "".join(flat) == "".join(other):  # Xiao-Ming, Xiaoming, Xiao Ming
        return True
    if len(flat) == len(other) and all(map(_agree, flat, other)):
        return True
    if all(len(part) == 1 for part in flat) or all(len(part) == 1 for part in other):
        # Initials stand for parts too: J. H. is no Jae-Joon.
        few_parts, many_parts = sorted((flat, other), key=len)
        left = iter(many_parts[1:])
        first = _agree(few_parts[0], many_parts[0])
        return first and all(any(_agree(part, candidate) for candidate in left) for part in few_parts[1:])
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
def _readings(name: str) -> tuple[_Reading, ...]:
    """Give every way in which a name can be read, the plainest first."""
    found: dict[_Reading, None] = {}
    spelled = clean(name)
    two_letters = spelled if spelled.isascii() else spelled.translate(_AS_TWO)
    for spelling in dict.fromkeys([spelled, two_letters]):
        given, family = _parts(spelling)
        found[_Reading(given, "".join(family))] = None
        for ahead, behind, strict in _turned(spelling):
            letters = "".join("".join(word) for word in _words(behind))
            found[_Reading(tuple(_words(ahead)), letters, strict)] = None
    givens = dict.fromkeys((reading.given, reading.strict) for reading in found)
    families = dict.fromkeys(reading.family for reading in found)
    if len(families) > 1 and len(found) == 2 and two_letters != spelled:  # Jürgen Mueller, Juergen Müller
        found |= {_Reading(given, family, strict): None for given, strict in givens for family in families}
    return tuple(found)


_AS_TWO = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Å": "Aa"}
)
"""Letters that are written as two where there is no sign for them; `ß` and `æ` become two by folding."""

_INITIALS = pattern(r"(?:[^\W\d_]\.?-?){1,3}")
_SHORT_SURNAMES = frozenset(
    "an ba bi bo da de di do du fu ge go gu ha he ho hu jo ju ke ko ku la le li lo lu ly ma mo mu na ng ni no oh ou pu "
    "qi qu re ro se si so su sy to vo vu wu xi xu ye yi yo yu".split()
)
"""Surnames of two letters that are common; in capitals they look like initials."""


def _turned(name: str) -> Iterator[tuple[str, str, bool]]:
    """Give given names and surname for each other order that the letters show, and whether to hold it strictly."""
    family, comma, rest = _IN_BRACKETS.sub(" ", name).partition(",")
    words = family.split()
    if comma:
        given = rest.split()
        if given and _glued(given[0]) and not family.isupper():  # Kim, JH
            yield _parted(given), family, _may_be_a_name(given[0])
        return
    while len(words) > 2 and words[-1].strip(".").lower() in _SUFFIXES:  # King ML Jr
        words.pop()
    if len(words) < 2:
        return
    mixed = not "".join(words).isupper()
    start = len(words)
    while start > 1 and _is_initials(words[start - 1]):
        start -= 1
    if start < len(words) and (len(words[0]) > 2 or not _is_initials(words[0])):
        behind = words[start:]  # Finn C, Kim JH, Ivanov I. I.
        unsure = any(map(_may_be_a_name, behind))
        if mixed or not unsure:
            yield _parted(behind), " ".join(words[:start]), unsure
    if mixed and _glued(words[0]):  # JH Kim
        yield _parted(words[:-1]), words[-1], _may_be_a_name(words[0])
    if mixed and len(words[0]) > 1 and words[0].isupper() and "." not in words[0]:  # KIM Jae-Hyun
        yield " ".join(words[1:]), words[0], False


def _is_initials(word: str) -> bool:
    return bool(_INITIALS.fullmatch(word)) and word.isupper()


def _glued(word: str) -> bool:
    """Say whether a word is two or three capitals side by side."""
    return 2 <= len(word) <= 3 and word.isalpha() and word.isupper()


def _may_be_a_name(word: str) -> bool:
    """Say whether capitals that can be initials can also be a short name: `LI`, `KIM`."""
    if not _glued(word):
        return False
    lower = word.lower()
    return lower in _SHORT_SURNAMES if len(word) == 2 else any(vowel in lower for vowel in "aeiouy")


def _parted(words: Iterable[str]) -> str:
    """Write glued initials apart."""
    return " ".join(" ".join(word) if _glued(word) else word for word in words)


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
    if not family.isascii() and _EAST_ASIAN.fullmatch(family):
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
