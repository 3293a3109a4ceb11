"""Phrases of one to three words in papers, of which terms of the rules can be made.

Words are taken together as matching takes them: forms and spellings of one word are one (`trial`, `trials`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from papertriage.lexicon import stem
from papertriage.model import Paper
from papertriage.spelling import american
from papertriage.text import Token, clean, tokens

Phrase = tuple[str, ...]
"""The stems of its words: what all forms of a phrase share."""

LONGEST = 3

_FUNCTION_WORDS = frozenset(
    """
    a about above according across after again against all almost along already also although always am among amongst an
    and another any are around as at away be became because become been before being below between both but by came can
    cannot come could despite did do does doing done down due during each either else enough ever every few first for
    former from further furthermore get given had has have having he hence her here him his how however i if in indeed
    instead into is it its itself just largely last least less let like made mainly make making many may me might more
    moreover most mostly much must my namely near nearly neither never next no nor not now of off often on once one only
    onto or other others our out over own per perhaps quite rather same second see seem several shall she should since
    so some still such than that the their them then there thereby therefore these they third this those though through
    throughout thus to together too toward towards two three four five six seven eight nine ten under unless until up
    upon us use used useful uses using usually various very via was we well were what when where whereas whether which
    while who whole whom whose why will with within without would yet you your zero e g et al etc ie eg vs versus s t d
    respectively recently currently especially particularly specifically
    """.split()
)
"""Words with which no phrase begins or ends."""

_PAPER_WORDS = frozenset(
    """
    abstract achieve achieved achieves addition aim aims allow allows analyse analyze approach approaches article author
    authors available background based better challenge challenges common compare compared conclusion conclusions
    consider considered contribution data datasets demonstrate demonstrated demonstrates describe described describes
    design develop developed different discuss discussed effective effect effects evaluate evaluated evaluation evidence
    example existing experiment experiments extensive find finding findings found general good group groups high higher
    https github code com identify important improve improved improves include included includes including increase
    increased introduce introduced introduces introduction investigate investigated issue key know known large level
    literature low lower main method methods multiple need new novel number objective observed obtain obtained obtains
    outcome paper papers perform performance performed potential present presented presents previous problem problems
    propose proposed proposes provide provided provides purpose recent report reported reports require research result
    results review show showed shown shows significant significantly similar simple small specific state studied studies
    study suggest suggests system systems technique techniques term test time total type understanding value variety
    way ways widely work works year years
    """.split()
)
"""Words of which a phrase must not consist: they are of how papers are written, not of what they are about."""


@lru_cache(maxsize=1 << 16)
def root(key: str) -> str:
    """Give what the forms and spellings of a word share."""
    return stem(american(key))


def spelled_phrases(text: str) -> Iterator[tuple[Phrase, str]]:
    """Give each phrase of a raw field with its spelling there, case kept only where it tells (`LLM`, not `The`)."""
    cleaned = clean(text)
    for sentence in _sentences(tokens(cleaned)):
        roots = [root(token.key) for token in sentence]
        for start in range(len(sentence)):
            for stop in range(start + 1, min(start + LONGEST, len(sentence)) + 1):
                part = sentence[start:stop]
                if _may_stand(part):
                    yield tuple(roots[start:stop]), _spelling(part, cleaned)


def _sentences(found: Iterable[Token]) -> Iterator[list[Token]]:
    sentence: list[Token] = []
    for token in found:
        if token.breaks and sentence:
            yield sentence
            sentence = []
        sentence.append(token)
    if sentence:
        yield sentence


def _may_stand(part: list[Token]) -> bool:
    first, last = part[0].key, part[-1].key
    if first in _FUNCTION_WORDS or last in _FUNCTION_WORDS or not _is_word(first) or not _is_word(last):
        return False
    if any(token.key in _FUNCTION_WORDS and token.key != "of" for token in part[1:-1]):
        return False
    return any(token.key not in _PAPER_WORDS and token.key not in _FUNCTION_WORDS for token in part)


def _is_word(key: str) -> bool:
    return (len(key) > 2 and not key.isdigit()) or (len(key) == 2 and key.isalpha())


def _spelling(part: list[Token], cleaned: str) -> str:
    """Join the words of a phrase by a hyphen where one stands between them, else by a space."""
    text = _written(part[0])
    for before, token in pairwise(part):
        text += ("-" if cleaned[before.end : token.start] == "-" else " ") + _written(token)
    return text


def _written(token: Token) -> str:
    """Keep the case of acronyms and names with capitals inside; all else is written small."""
    return token.form if any(sign.isupper() for sign in token.form[1:]) else token.key


def fields_of(paper: Paper, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the fields of a paper that have a text."""
    for name in fields:
        value = getattr(paper, name, None)
        if isinstance(value, str) and value:
            yield name, value
