"""Where the words of a query stand in a stream of tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain

import msgspec

from papertriage.errors import Place
from papertriage.index.words import FIELD_BITS, FIELDS, Places
from papertriage.match.alike import FUZZY_LETTERS, Alike, has_digit, word_of
from papertriage.match.expand import expand
from papertriage.match.vocabulary import Vocabulary
from papertriage.rules.terms import Phrase, Term
from papertriage.search.query import Words
from papertriage.search.texts import Texts
from papertriage.text import Token

FIELD = (1 << FIELD_BITS) - 1
_MANY = 16


class Step(msgspec.Struct, frozen=True):
    """Tokens of what is looked for, and what may stand for them.

    Attributes:
        count: so many tokens of what is looked for.
        keys: any one of them, one token of the text; and how alike it is.
        windows: several tokens of the text that stand for one.
    """

    count: int
    keys: Mapping[str, Alike]
    windows: Mapping[tuple[str, ...], Alike] = {}


Steps = Sequence[Sequence[Step]]
"""For each token of what is looked for the steps that begin with it."""


EXACT = Alike(100.0, "exact")


@lru_cache(maxsize=64)
def steps_of(words: Words, vocabulary: Vocabulary) -> Steps:
    """Say what may stand for each word, of the keys that there are; asked of the same keys for each block."""
    if words.how in ("forms", "fuzzy"):
        steps = _alike(words, vocabulary)
        for at, token in enumerate(words.tokens):
            meant = _meant(token, words.fuzzy, vocabulary)
            if meant:
                steps[at].append(Step(1, meant))
        return steps
    exact = [(Step(1, {token.key: EXACT}),) for token in words.tokens]
    if words.how == "prefix":
        exact[-1] = (Step(1, dict.fromkeys(vocabulary.starting(words.tokens[-1].key), EXACT)),)
    return exact


def _alike(words: Words, vocabulary: Vocabulary) -> list[list[Step]]:
    """Give what a term of the rules takes."""
    term = Term(
        label=words.text,
        look_for=Phrase(words.tokens),
        weight=1.0,
        fuzzy=words.fuzzy,
        fields={},
        place=Place("QUERY", 1, words.column),
    )
    steps: list[list[Step]] = [[] for _ in words.tokens]
    for part in expand(term, vocabulary).parts:
        windows = {
            tuple(window.split(" ")): alike for group in part.windows.values() for window, alike in group.items()
        }
        steps[part.start].append(Step(part.count, part.entries, windows))
    return steps


def _meant(token: Token, fuzzy: int | None, vocabulary: Vocabulary) -> dict[str, Alike]:
    """Give the well-known words of which a word that is none may be a slip: in a search it may be the user's."""
    word = word_of((token,), fuzzy)
    if word.fuzzy is None or vocabulary.lexicon.known(word.key):
        return {}
    from rapidfuzz.fuzz import ratio

    found: dict[str, Alike] = {}
    for key in vocabulary.starting(word.key[0]):
        if len(key) >= FUZZY_LETTERS and not has_digit(key) and vocabulary.lexicon.known(key) and key not in word.forms:
            similarity = ratio(word.key, key, score_cutoff=word.fuzzy)
            if similarity:
                found[key] = Alike(similarity, "fuzzy")
    return found


def counts(words: Words, texts: Texts) -> Counter[int]:
    """Count how often words stand in each field of each paper, by `Texts.owners`."""
    steps = steps_of(words, texts.vocabulary)
    owners = texts.owner_list
    segment_of = partial(bisect_right, texts.start_list)
    if words.mixed:
        found = Counter(owners[segment] for segment in _together(steps, texts, segment_of))
    else:
        places: Iterable[int]
        if len(steps) == 1 and not any(step.windows for step in steps[0]):
            places = chain.from_iterable(map(texts.places, _keys(steps[0])))
        else:
            places = starts(steps, texts)
        found = Counter(map(owners.__getitem__, map(segment_of, places)))
    if words.field is not None:
        field = FIELDS.index(words.field)
        found = Counter({owner: count for owner, count in found.items() if owner & FIELD == field})
    return found


def _together(steps: Steps, texts: Texts, segment_of: partial[int]) -> Iterable[int]:
    """Give the fields that have all words, one token each."""
    fields: set[int] | None = None
    for step in steps:
        here = set(map(segment_of, chain.from_iterable(map(texts.places, _keys(step)))))
        fields = here if fields is None else fields & here
    return fields or ()


def _keys(steps: Sequence[Step]) -> Iterable[str]:
    """Give the keys of steps, each once."""
    return steps[0].keys if len(steps) == 1 else dict.fromkeys(key for step in steps for key in step.keys)


def starts(steps: Steps, texts: Texts) -> set[int]:
    """Give the places where what is looked for begins."""
    if all(step.count == 1 and not step.windows for here in steps for step in here):
        return _side_by_side([[texts.places(key) for key in _keys(here)] for here in steps])
    # From the end: the places from which the tokens from one on go through to the last.
    behind: list[set[int] | None] = [None] * (len(steps) + 1)  # None: anywhere
    for at in reversed(range(len(steps))):
        here: set[int] = set()
        for step in steps[at]:
            goal = behind[at + step.count]
            for key in step.keys:
                here.update(_before(texts.places(key), 1, goal))
            for window in step.windows:
                places = _side_by_side([[texts.places(key)] for key in window])
                here.update(_before(places, len(window), goal))
        behind[at] = here
    return behind[0] or set()


def _before(places: Iterable[int], count: int, goal: set[int] | None) -> Iterator[int]:
    return iter(places) if goal is None else (place for place in places if place + count in goal)


def _side_by_side(tokens: Sequence[Sequence[Places]]) -> set[int]:
    """Give the places where tokens stand side by side, each of which may be any of some; from the rarest on."""
    sizes = [sum(map(len, places)) for places in tokens]
    order = sorted(range(len(tokens)), key=sizes.__getitem__)
    rarest = order[0]
    found = {place - rarest for places in tokens[rarest] for place in places if place >= rarest}
    for at in order[1:]:
        if not found:
            break
        if sizes[at] > _MANY * len(found):
            found = {place for place in found if any(_has(places, place + at) for places in tokens[at])}
        else:
            found &= {place - at for places in tokens[at] for place in places}
    return found


def _has(places: Places, place: int) -> bool:
    nth = bisect_left(places, place)
    return nth < len(places) and places[nth] == place
