"""Words: which are well known, and which are forms of one word.

The list of well-known words ships with the package (`data/words.txt`, made by `tasks/build_wordlist.py`): general
English and words frequent in abstracts. It does not grow with the user's cache, so that a hit never changes because
the cache did. Inflections are told by the Snowball stemmer *and* by spelling, since the stemmer alone would join
`experiment` and `experience`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from papertriage.patterns import pattern
from papertriage.spelling import american, british

WORDS_FILE = Path(__file__).with_name("data") / "words.txt"

SameWord = Literal["exact", "inflection", "spelling"]


class Lexicon:
    """The well-known words.

    Args:
        words: their keys (`text.fold`), sorted, one a line.
        version: of the list; what was computed with another version is to be computed anew.
    """

    def __init__(self, words: str, version: str) -> None:
        self._lines = f"\n{words.strip()}\n"
        self._by_letter: dict[str, frozenset[str]] = {}
        self.version = version

    def known(self, key: str) -> bool:
        """Say whether a key is a well-known word: if so it is no misspelling of another."""
        return key in self.starting(key[:1])

    def starting(self, letter: str) -> frozenset[str]:
        """Give the well-known words that begin with a letter."""
        words = self._by_letter.get(letter)
        if words is None:  # a letter at a time, since the whole list takes 25 ms and a short run needs little of it
            words = self._by_letter[letter] = self._words_with(letter)
        return words

    def _words_with(self, letter: str) -> frozenset[str]:
        start = self._lines.find("\n" + letter) if letter.isalpha() else -1
        if start < 0:
            return frozenset()
        end = self._lines.find("\n", self._lines.rfind("\n" + letter) + 1)
        return frozenset(self._lines[start:end].split())


@cache
def load_lexicon() -> Lexicon:
    """Load the list that ships with the package; only the first call reads it."""
    header, _, words = WORDS_FILE.read_text(encoding="ascii").partition("\n")
    return Lexicon(words, header.removeprefix("# version "))


# -- one word in several forms --------------------------------------------------------------------------------

_IRREGULAR_PLURALS = {
    plural: singular
    for singular, plurals in {
        "addendum": "addenda", "alga": "algae", "alumnus": "alumni", "antenna": "antennae", "atlas": "atlases",
        "automaton": "automata", "axis": "axes", "axon": "axa", "bacillus": "bacilli", "bacterium": "bacteria",
        "bias": "biases", "bus": "buses", "calf": "calves", "child": "children", "corpus": "corpora",
        "criterion": "criteria", "curriculum": "curricula", "datum": "data", "equilibrium": "equilibria",
        "erratum": "errata", "extremum": "extrema", "focus": "foci", "foot": "feet", "formula": "formulae",
        "fungus": "fungi", "ganglion": "ganglia", "gas": "gases", "genus": "genera", "goose": "geese",
        "half": "halves", "hippocampus": "hippocampi", "knife": "knives", "larva": "larvae", "leaf": "leaves",
        "lemma": "lemmata", "lens": "lenses", "life": "lives", "locus": "loci", "man": "men", "maximum": "maxima",
        "medium": "media", "memorandum": "memoranda", "millennium": "millennia", "minimum": "minima",
        "mitochondrion": "mitochondria", "modulus": "moduli", "momentum": "momenta", "mouse": "mice",
        "nebula": "nebulae", "neurosis": "neuroses", "nova": "novae", "nucleus": "nuclei", "optimum": "optima",
        "phenomenon": "phenomena", "phylum": "phyla", "polyhedron": "polyhedra", "polytope": "polytopes",
        "quantum": "quanta", "radius": "radii", "schema": "schemata", "self": "selves", "septum": "septa",
        "serum": "sera", "shelf": "shelves", "simplex": "simplices", "spectrum": "spectra", "stigma": "stigmata",
        "stimulus": "stimuli", "stratum": "strata", "supernova": "supernovae", "syllabus": "syllabi",
        "symposium": "symposia", "taxon": "taxa", "thesaurus": "thesauri", "tooth": "teeth", "torus": "tori",
        "uterus": "uteri", "vacuum": "vacua", "vertebra": "vertebrae", "virus": "viri", "wife": "wives",
        "wolf": "wolves", "woman": "women",
    }.items()
    for plural in plurals.split()
}  # fmt: skip

_IRREGULAR_SINGULARS = {singular: plural for plural, singular in _IRREGULAR_PLURALS.items()}

_NOT_PLURAL = frozenset(
    [
        *("ais", "alas", "arras", "as", "atlas", "bias", "bus", "chaos", "cos", "cosmos", "das", "des", "dos", "does"),
        *("ethos", "gas", "has", "his", "ios", "is", "its", "las", "lens", "les", "los", "mars", "mas", "minus"),
        *("news", "nos", "os", "pas", "plus", "pos", "pus", "res", "sis", "species", "this", "thus", "us", "vis"),
        *("was", "yes", "yours"),
    ]
)
"""Words in -s that are no plural of the word without it, where that is a word or an acronym too."""

_VERBS_APART = {"unite": "unit", "secrete": "secret"}
"""Verbs whose -ed and -ing forms could come from an unrelated word that has the same stem."""

_NOT_PAST = frozenset(["embed", "imbed"])
"""Verbs in -ed, which the stemmer takes for a past."""

_VOWEL = pattern("[aeiouy]")
_DOUBLING = "bdfglmnprt"
_DOUBLED = pattern(rf"([{_DOUBLING}])\1$")


def is_plural(one: str, other: str) -> bool:
    """Say whether two keys differ by a plural s alone (`llm`, `llms`)."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return len(short) > 1 and long == short + "s" and short[-1] != "s" and long not in _NOT_PLURAL


@lru_cache(maxsize=1 << 17)
def base_forms(key: str) -> frozenset[str]:
    """Give the words that a key can be an inflected form of, itself included.

    >>> sorted(base_forms("mapping"))
    ['map', 'mapp', 'mappe', 'mapping']
    """
    forms = {key}
    if key in _NOT_PAST:
        return frozenset(forms)
    if key in _IRREGULAR_PLURALS:
        forms.add(_IRREGULAR_PLURALS[key])
    if len(key) > 3 and key.endswith("s") and not key.endswith("ss") and key not in _NOT_PLURAL:
        forms.add(key[:-1])
        if key.endswith("ies") and len(key) > 4:
            forms.add(key[:-3] + "y")
        elif key.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
            forms.add(key[:-2])
    singular = key[:-1] if key.endswith("ings") else key
    for ending in ("ing", "ed"):
        if singular.endswith(ending):
            base = singular[: -len(ending)]
            forms.update(_verbs(base) - {base} if ending == "ed" and base.endswith("e") else _verbs(base))
            forms.add(singular)
    return frozenset(forms)


def _verbs(base: str) -> set[str]:
    if len(base) < 2 or not _VOWEL.search(base):
        return set()
    verbs = {base, base + "e"}
    if _DOUBLED.search(base):
        verbs.add(base[:-1])
    if base.endswith("i"):
        verbs.add(base[:-1] + "y")
    for verb, other in _VERBS_APART.items():
        if verb in verbs:
            verbs.discard(other)
    return {verb for verb in verbs if len(verb) > 2}


def _classical(key: str) -> frozenset[str]:
    """Give the singulars of a plural whose stem the stemmer does not see: analyses, matrices, criteria."""
    forms = {key}
    if key in _IRREGULAR_PLURALS:
        forms.add(_IRREGULAR_PLURALS[key])
    if len(key) > 4 and key.endswith("ses"):
        forms.add(key[:-2] + "is")
    if len(key) > 6 and key.endswith("ices"):
        forms.update((key[:-4] + "ix", key[:-4] + "ex"))
    if key.endswith(("ixes", "exes")) and len(key) > 6:
        forms.add(key[:-2])
    return frozenset(forms)


def is_inflection(one: str, other: str) -> bool:
    """Say whether two keys are forms of one word that differ by an inflection only.

    >>> is_inflection("training", "trained"), is_inflection("analyses", "analysis")
    (True, True)
    >>> is_inflection("experiment", "experience"), is_inflection("organ", "organization")
    (False, False)
    """
    if one[:1] != other[:1]:
        return False
    if is_plural(one, other) or not _classical(one).isdisjoint(_classical(other)):
        return True
    bases = base_forms(one) & base_forms(other)
    return bool(bases) and (any(map(_PLAIN.fullmatch, bases)) or stem(one) == stem(other))


_PLAIN = pattern(
    "(?=.{5})(?!inter$|univer$)(?:[a-z]*(?:[aeiou][^aeiouy][a-z]*|[aeiou]{2})(?:(?<!i)ng|[bcdfhklmnpqrtvwxz])"
    "(?<!at|bl|iz|ed|bb|dd|ff|gg|ll|mm|nn|pp|rr|tt|zz)"
    "|[a-z]*[aeiou][b-df-hj-np-tv-xz]+[aeiouy]+[b-df-hj-np-tv-xz]+"
    "(?<!al|er|ic|nc|nt|on|or|iv|sm|ss|ul|us|bb|dd|ff|gg|ll|mm|nn|pp|rr|tt)e"
    "|[a-z]*[aeiou][b-df-hj-np-tv-xz]+(?<!arl|edl|ngl|ntl)y)"
    "|[b-df-hj-np-tv-xz]{1,3}[aeiou][b-df-hj-np-tvz]e"
)
"""Words to whose inflections the stemmer gives one stem (tested): it need not be asked, nor loaded."""


@cache
def _stemmer() -> Any:  # PyStemmer's or the pure one: neither has types
    import snowballstemmer  # 20 ms that only an inflection needs

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=1 << 16)
def stem(key: str) -> str:
    """Give the Snowball stem (English) of a key: https://snowballstem.org/algorithms/english/stemmer.html."""
    result: str = key if key in _NOT_PAST else _stemmer().stemWord(key)
    return result


def same_word(one: str, other: str) -> SameWord | None:
    """Say how two keys are one word, or None when they are not.

    >>> same_word("tokenization", "tokenisations"), same_word("regression", "repression")
    ('spelling', None)
    """
    if one == other:
        return "exact"
    one_american, other_american = american(one), american(other)
    if one_american == other_american:
        return "spelling"
    if is_inflection(one, other):
        return "inflection"
    changed = (one_american, other_american) != (one, other)
    return "spelling" if changed and is_inflection(one_american, other_american) else None


# -- all forms of a word --------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 14)
def forms(key: str) -> dict[str, SameWord]:
    """Give all keys that are the same word as a key, and how: itself, its inflections, its British and American forms.

    >>> forms("analyses")["analysis"], forms("tokenize")["tokenised"], forms("mapping")["map"]
    ('inflection', 'spelling', 'inflection')
    """
    us = american(key)
    possible = _inflections(key)
    if us != key:
        possible |= _inflections(us)
    spelt = possible
    for _ in range(2):  # one spelling after another: `haemolyse`
        spelt = {other for one in spelt for other in british(one)} - possible
        possible = possible | spelt
    found: dict[str, SameWord] = {key: "exact"}
    for other in possible:
        same = same_word(key, other)
        if same:
            found[other] = same
    return found


def _inflections(key: str) -> set[str]:
    """Give what may be inflected from a word that the key may be inflected from, and some more."""
    bases = base_forms(key) | _classical(key)
    known = {base for base in bases if base != key and load_lexicon().known(base)}
    found = {key, key + "s"}
    if is_plural(key[:-1], key):
        found.add(key[:-1])
    if key.endswith("eed"):
        known.add(key)
    for base in known or bases:  # `training` is from train, and not from traine
        found.update((base, base + "s"))
        if base.endswith(("s", "x", "z", "ch", "sh", "o")):
            found.add(base + "es")
        if base.endswith("y"):
            found.add(base[:-1] + "ies")
        if base.endswith("sis"):
            found.add(base[:-2] + "es")
        if base.endswith(("ix", "ex")):
            found.add(base[:-2] + "ices")
        if base in _IRREGULAR_SINGULARS:
            found.add(_IRREGULAR_SINGULARS[base])
        if not _NO_VERB.search(base):
            found.update(_verb_forms(base))
    return found


_NO_VERB = pattern("^.{0,2}$|.{4}ity$|.{7}ly$|[aeiouy].*ing$")
_DOUBLES = pattern(f"(?:^|[^aeiou]|qu)[aeiouy][{_DOUBLING}]$")


def _verb_forms(base: str) -> Iterator[str]:
    past = present = [base]
    if base.endswith("e"):
        past = [base[:-1]]
        present = [base, base[:-1]] if base.endswith(("ee", "oe", "ue", "ye")) else past
    elif base.endswith("y"):
        past = [base, base[:-1] + "i"]
    elif _DOUBLES.search(base):
        past = present = [base, base + base[-1]]
    for start in past:
        yield start + "ed"
    for start in present:
        yield start + "ing"
        yield start + "ings"
