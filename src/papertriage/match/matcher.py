"""The same answer for many papers: what was compared once is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rapidfuzz.fuzz import ratio

from papertriage.lexicon import Lexicon, skeleton
from papertriage.match.alike import JOINED, Word, alike, has_digit, may_join, plausible
from papertriage.match.expand import Expansion, Part, initials, unexpanded
from papertriage.match.find import Found, find_in
from papertriage.match.hits import Field, collect
from papertriage.model import Hit, Paper
from papertriage.rules.terms import Pattern, Rules, Term


class Matcher:
    """Finds the hits of the rules in one paper after another; equal to `hits`, word for word.

    Only tokens that no paper had before are compared; terms without a chance in a text are told by bit masks.

    Args:
        rules: what to look for.
        lexicon: the well-known words.
    """

    def __init__(self, rules: Rules, lexicon: Lexicon) -> None:
        self._rules = rules
        self._vocabulary = _Vocabulary(lexicon)
        self._terms: dict[int, _Term] = {}
        for term in _phrases(rules):
            self._terms[id(term)] = self._vocabulary.add(unexpanded(term))

    def hits(self, paper: Paper) -> tuple[Hit, ...]:
        """Find every hit of the rules in one paper, as `hits` does."""
        return collect(paper, self._rules, self._find)

    def _find(self, term: Term, field: Field) -> Sequence[Found]:
        if field.present < 0:
            field.present = self._vocabulary.present(field.keys)
        ours = self._terms[id(term)]
        for mask in ours.masks:
            if not mask & field.present:
                return ()
        return find_in(ours.expansion, field)


def _phrases(rules: Rules) -> Iterator[Term]:
    lists = [rules.exclude.any]
    for topic in rules.topics:
        lists += [topic.any, topic.all, topic.none]
    return (term for terms in lists for term in terms if not isinstance(term.look_for, Pattern))


_WRITTEN = {"e": "eao", "s": "sz", "f": "fp"}
"""With what a letter of a skeleton can begin in a key."""

_WRITTEN_IN_TWO = {"o": "ue", "a": "e", "l": "l", "p": "h"}
"""A letter of a key, and those that are one with it in a skeleton."""


class _Term(msgspec.Struct, frozen=True):
    """A term's expansion, and for each of its tokens the words (as bits) of which a text must have one."""

    expansion: Expansion
    masks: tuple[int, ...]


class _Looked(msgspec.Struct, frozen=True):
    """One word of the terms, and a part whose entries all parts that look for it share; they grow."""

    bit: int
    part: Part


class _Beginning(msgspec.Struct, frozen=True):
    """What a key can be the first piece of, joined with the next ones.

    Attributes:
        room: letters that the next key may have at most.
        letters: with which it may begin; None for any.
        words: that may come out.
    """

    room: int
    letters: frozenset[str] | None
    words: list[_Looked]


class _Vocabulary:
    """The words of all terms against all keys seen so far."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._looked: dict[Word, _Looked] = {}
        self._by_initial: dict[str, list[_Looked]] = {}
        self._seen: set[str] = set()  # keys that were compared
        self._alike: dict[str, int] = {}  # those of them that are alike to words, to these as bits
        self._unknown: set[str] = set()  # keys that may be part of a misspelling cut in pieces
        self._beginnings: dict[str, _Beginning] = {}
        self._windows: dict[str, int] = {}  # windows that came to be compared, to the words that they are alike to

    def add(self, expansion: Expansion) -> _Term:
        """Take in the words of a term; its expansion shares what is found alike to them."""
        parts = []
        masks = [0] * len(expansion.letters)
        for part in expansion.parts:
            looked = self._looked.get(part.word)
            if looked is None:
                looked = self._looked[part.word] = _Looked(1 << len(self._looked), part)
                for letter in initials(part.word.key):
                    self._by_initial.setdefault(letter, []).append(looked)
            parts.append(msgspec.structs.replace(part, entries=looked.part.entries, windows=looked.part.windows))
            for token in range(part.start, part.start + part.count):
                masks[token] |= looked.bit
        return _Term(msgspec.structs.replace(expansion, parts=tuple(parts)), tuple(masks))

    def present(self, found: Sequence[str]) -> int:
        """Give the words, as bits, that a text may have something alike to; what is new in it is compared."""
        # Sets and comprehensions rather than loops, since most keys are of no interest: this runs over every text.
        present = 0
        beginnings, unknown = self._beginnings, self._unknown
        distinct = set(found)
        for key in distinct - self._seen:
            self._compare(key)
        for key in self._alike.keys() & distinct:
            present |= self._alike[key]
        for place in [place for place, key in enumerate(found[:-1]) if key in beginnings]:
            beginning, following = beginnings[found[place]], found[place + 1]
            if len(following) <= beginning.room and (beginning.letters is None or following[0] in beginning.letters):
                present |= self._compare_forms(found[place : place + JOINED], beginning.words)
        if not unknown.isdisjoint(distinct):
            for place in [place for place, key in enumerate(found) if key in unknown]:
                present |= self._compare_slips(found, place)
        return present

    def _compare(self, key: str) -> None:
        """Compare a key that was not seen before with all words."""
        mask = 0
        beginnings = []
        outline = skeleton(key)
        length, piece = len(key), outline[:-1]  # the last letter of a piece may change with the next one: `fo etus`
        for looked in self._by_initial.get(key[0], ()):
            word = looked.part.word
            start = word.start
            formed = length <= word.longest and outline.startswith(start)
            if formed or (word.fuzzy and ratio(word.key, key, score_cutoff=word.fuzzy)):
                likeness = alike(word, key, self._lexicon)
                if likeness:
                    looked.part.add(key, likeness)
                    mask |= looked.bit
            if length < word.longest and not word.joined and (piece.startswith(start) or start.startswith(piece)):
                beginnings.append(looked)
        if beginnings:
            self._beginnings[key] = _beginning(key, outline, beginnings)
        if not has_digit(key) and not self._lexicon.known(key):
            self._unknown.add(key)
        if mask:
            self._alike[key] = mask
        self._seen.add(key)

    def _compare_forms(self, pieces: Sequence[str], beginnings: list[_Looked]) -> int:
        """Compare a key joined with the next ones; a sentence's end between them is for `find` to see."""
        mask = 0
        for entry, key in _windows(pieces):
            outline = ""
            for looked in beginnings:
                if len(key) <= looked.part.word.longest:
                    outline = outline or skeleton(key)
                    if outline.startswith(looked.part.word.start):
                        mask |= self._compare_window(entry, key)
                        break
        return mask

    def _compare_slips(self, found: Sequence[str], place: int) -> int:
        """Compare the windows around a key that is no well-known word with the words that they may misspell."""
        mask = 0
        for start in range(max(place - JOINED + 1, 0), place + 1):
            rivals = self._by_initial.get(found[start][0])
            if not rivals:
                continue
            for entry, key in _windows(found[start : start + JOINED]):
                for looked in rivals:
                    word = looked.part.word
                    if word.fuzzy is not None and ratio(word.key, key, score_cutoff=word.fuzzy) > 0:
                        mask |= self._compare_window(entry, key)
                        break
        return mask

    def _compare_window(self, entry: str, key: str) -> int:
        """Compare a window that was not seen before with all words that may stand for one token."""
        mask = self._windows.get(entry)
        if mask is None:
            mask = 0
            for looked in self._by_initial.get(key[0], ()):
                word = looked.part.word
                if not word.joined and plausible(word, key) and (likeness := alike(word, entry, self._lexicon)):
                    looked.part.add(entry, likeness)
                    mask |= looked.bit
            self._windows[entry] = mask
        return mask


def _beginning(key: str, outline: str, words: list[_Looked]) -> _Beginning:
    room = max(looked.part.word.longest for looked in words) - len(key)
    letters: set[str] = set()
    for looked in words:
        start = looked.part.word.start
        if len(start) <= len(outline):
            return _Beginning(room, None, words)
        letters.update(_WRITTEN.get(start[len(outline)], start[len(outline)]))
    letters.update(_WRITTEN_IN_TWO.get(key[-1], ""))
    return _Beginning(room, frozenset(letters), words)


def _windows(pieces: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the entries that start with the first piece, and their keys."""
    entry = key = pieces[0]
    for other in pieces[1:]:
        if not may_join(key, other):
            return
        entry, key = f"{entry} {other}", key + other
        yield entry, key
