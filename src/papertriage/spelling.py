"""British and American spelling, both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from papertriage.patterns import pattern

_Change = tuple[str, str | Callable[[re.Match[str]], str]]

# Either the class of words is closed (-our, ae), or what a pattern makes of any other word is no word (precize),
# so that two keys with one American form are one word.

_OUR = (
    "(?:^|dis|multi|re|tri|un|water)col|behavi|fav|flav|hon|hum|lab|neighb|rum|sav|savi|tum|vap|vig|rig|arm|harb"
    "|endeav|^od|mal?od|ard|cand|clam|demean|ferv|glam|parl|ranc|splend|succ|val"
)
_AMERICAN: tuple[_Change, ...] = (
    (r"^practis(?=e|i)", "practic"),
    (r"is(?=(e|es|ed|ing|ings|er|ers|ation|ations|ational|able|ability)$)(?<=[a-z]{5})", "iz"),
    (r"(?<=[a-z]l)ys(?=(e|es|ed|ing|er|ers|able)$)", "yz"),
    (r"logue(?=s?$)", "log"),
    (r"logu(?=(ed|er|ers|ing)$)", "log"),
    (r"([aeiouy][^aeiouy]{0,3}[aeo]l)l(?=(ed|ing|ings|er|ers|or|ors)$)", r"\1"),
    (r"(pencil|stencil|council|tranquil)l(?=[eio])", r"\1"),
    (rf"({_OUR})our", r"\1or"),
    (r"(cent|met|fib|theat|lit|calib|spect|sab|somb|lust|meag|och|mit|tit|goit|saltpet)re(?=s?$)", r"\1er"),
    (r"(cent|fib|calib|mit)r(?=(ed|ing)$)", r"\1er"),
    (r"manoeuvre(?=s?$)|manoeuvr", "maneuver"),
    (r"h(a)em|(?<=[nkhcr])a(?=emi[ac])", lambda found: "hem" if found[1] else ""),
    (r"(?<=p)aed(?=[io])|(?<=^p)aed(?=[io])", "ed"),
    (r"aesth(?=e|i)", "esth"),
    (r"(gyn|arch|pal)ae(?=[co])", r"\1e"),
    (r"^aetiol", "etiol"),
    (r"^caesium", "cesium"),
    (r"^faec", "fec"),
    (r"^oestr", "estr"),
    (r"oedem", "edem"),
    (r"oesoph", "esoph"),
    (r"^foet", "fet"),
    (r"rrhoe", "rrhe"),
    (r"^coeliac", "celiac"),
    (r"^homoeo", "homeo"),
    (r"^amoeb", "ameb"),
    (r"^(def|off|lic|pret)ence(?=s?$)", r"\1ense"),
    (r"^(judg|acknowledg)ement", r"\1ment"),
    (r"^(skil|wil)ful(?=$|ly$)", r"\1lful"),
    (r"^(fulfil|enrol|instal|distil|instil)(?=(s|ment|ments)?$)", r"\1l"),
    (r"^(foc|bi)(us|as)s(?=(ed|ing)$)", r"\1\2"),
    (r"^benefitt", "benefit"),
    (r"^sulph", "sulf"),
    (r"^aluminium", "aluminum"),
    (r"^artefact", "artifact"),
    (r"^ageing$", "aging"),
    (r"^learnt$", "learned"),
    (r"^grey(?=$|s|ed|ish|scale)", "gray"),
    (r"^mould", "mold"),
    (r"^plough", "plow"),
    (r"^sceptic", "skeptic"),
    (r"^programme(?=s?$)", "program"),
    (r"^(us|siz)eable", r"\1able"),
)
_MAYBE_BRITISH = pattern(
    "is(?:e[ds]?|ers?|ings?)$|isa[bt]|practis|lys[ei]|logu|ll(?:ed|[eo]rs?|ings?)$|[cl]ill|our|r(?:e[ds]?|ing)$|uill"
    "|oeuvr|ae|oe|[fct]ence|gement|lful|l(?:s|ments?)?$|ss(?:ed|ing)$|itt|ulph|iniu|artef|agei|rnt$|^gr|moul|plou"
    "|scep|amme|eable"
)


@cache
def _compiled(changes: tuple[_Change, ...]) -> list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]:
    return [(re.compile(change), replacement) for change, replacement in changes]


@lru_cache(maxsize=1 << 17)
def american(key: str) -> str:
    """Give the American spelling of a key; one that has no other is returned as it is, or as no word at all.

    >>> [american(key) for key in ("tokenisation", "modelling", "behaviour", "fibres", "haemoglobin", "four")]
    ['tokenization', 'modeling', 'behavior', 'fibers', 'hemoglobin', 'four']
    """
    if len(key) < 4 or not _MAYBE_BRITISH.search(key):
        return key
    for change, replacement in _compiled(_AMERICAN):
        key = change.sub(replacement, key)
    return key


_BRITISH: tuple[_Change, ...] = (
    ("^practic(?=e|i)", "practis"),
    ("iz(?=(?:e|es|ed|ing|ings|er|ers|ation|ations|ational|able|ability)$)", "is"),
    ("(?<=[a-z]l)yz(?=(?:e|es|ed|ing|er|ers|able)$)", "ys"),
    ("log(?=s?$)", "logue"),
    ("log(?=(?:ed|er|ers|ing)$)", "logu"),
    ("(?<=[aeo]l)(?=(?:ed|ing|ings|er|ers|or|ors)$)", "l"),
    ("(pencil|stencil|council|tranquil)(?=[eio])", r"\1l"),
    (f"({_OUR})or", r"\1our"),
    ("(cent|met|fib|theat|lit|calib|spect|sab|somb|lust|meag|och|mit|tit|goit|saltpet)er(?=s?$)", r"\1re"),
    ("(cent|fib|calib|mit)er(?=(?:ed|ing)$)", r"\1r"),
    ("maneuver", "manoeuvre"),
    ("maneuver", "manoeuvr"),
    ("hem", "haem"),
    ("(?<=[nkhcr])(?=emi[ac])", "a"),
    ("(?<=p)ed(?=[io])", "aed"),
    ("esth(?=e|i)", "aesth"),
    ("(gyn|arch|pal)e(?=[co])", r"\1ae"),
    ("^etiol", "aetiol"),
    ("^cesium", "caesium"),
    ("^fec", "faec"),
    ("^estr", "oestr"),
    ("edem", "oedem"),
    ("esoph", "oesoph"),
    ("^fet", "foet"),
    ("rrhe", "rrhoe"),
    ("^celiac", "coeliac"),
    ("^homeo", "homoeo"),
    ("^ameb", "amoeb"),
    ("^(def|off|lic|pret)ense(?=s?$)", r"\1ence"),
    ("^(judg|acknowledg)ment", r"\1ement"),
    ("^(skil|wil)lful(?=$|ly$)", r"\1ful"),
    ("^(fulfil|enrol|instal|distil|instil)l(?=(?:s|ment|ments)?$)", r"\1"),
    ("^(focus|bias)(?=(?:ed|ing)$)", r"\1s"),
    ("^benefit", "benefitt"),
    ("^sulf", "sulph"),
    ("^aluminum", "aluminium"),
    ("^artifact", "artefact"),
    ("^aging$", "ageing"),
    ("^learned$", "learnt"),
    ("^gray(?=$|s|ed|ish|scale)", "grey"),
    ("^mold", "mould"),
    ("^plow", "plough"),
    ("^skeptic", "sceptic"),
    ("^program(?=s?$)", "programme"),
    ("^(us|siz)able", r"\1eable"),
)
"""`_AMERICAN` the other way round: what may come out, `same_word` decides."""

_MAYBE_AMERICAN = pattern(
    "|".join(change for change, _ in _BRITISH if not change.startswith("^"))
    + "|^(?:practi|etiol|cesium|fec|estr|fet|celiac|homeo|ameb|(?:def|off|lic|pret)ense|judgm|acknowledgm|skill|will|"
    "fulfill|enroll|install|distill|instill|focus|bias|benefit|sulf|alumi|artif|agin|learned|gray|mold|plow|skept|"
    "program|usab|sizab)"
)


def british(key: str) -> Iterator[str]:
    """Give what a key may be in British spelling, one change each; some are no words (`american` gives the key back).

    >>> list(british("fibers"))
    ['fibres']
    """
    if not _MAYBE_AMERICAN.search(key):
        return
    for change, replacement in _compiled(_BRITISH):
        other, count = change.subn(replacement, key)
        if count:
            yield other
