"""The same answer for many papers: what was compared once is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from papertriage.lexicon import Lexicon, SameWord
from papertriage.match.alike import JOINED, Alike, Split, Word, are_pieces, may_be_slip, splits
from papertriage.match.collect import collect
from papertriage.match.expand import JOIN, Expansion, Part, unexpanded
from papertriage.match.find import Found, find_in, places_of
from papertriage.match.hits import Field, spots_in
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
        return collect(paper, self._rules, spots_in(paper, self._find))

    def _find(self, term: Term, field: Field) -> Sequence[Found]:
        if field.present < 0:
            field.present = self._vocabulary.present(field)
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


class _Term(msgspec.Struct, frozen=True):
    """A term's expansion, and for each of its tokens the words (as bits) of which a text must have one."""

    expansion: Expansion
    masks: tuple[int, ...]


class _Looked(msgspec.Struct, frozen=True):
    """One word of the terms, and a part whose entries all parts that look for it share; they grow."""

    bit: int
    part: Part


class _Target(msgspec.Struct, frozen=True):
    """What a misspelling can be one of: a word, or what it has beside an exact piece."""

    looked: _Looked
    split: Split | None


class _Vocabulary:
    """The words of all terms against all keys seen so far."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._looked: dict[Word, _Looked] = {}
        self._forms: dict[str, list[tuple[_Looked, SameWord]]] = {}
        self._starts: set[str] = set()  # with what a form begins that a text may have in pieces
        self._targets: dict[str, dict[str, list[_Target]]] = {}  # by first letter, what may be misspelt
        self._least = 100  # of all words' `fuzzy`
        self._seen: set[str] = set()  # keys that were compared
        self._alike: dict[str, int] = {}  # those of them that are alike to words, to these as bits
        self._windows: dict[str, int] = {}  # windows that are alike to words, to these as bits
        self._cut_slips: set[str] = set()  # the misspelt pieces of windows
        self._wanted: set[str] = set()  # what `find` looks up: keys that are alike, and the first ones of windows

    def add(self, expansion: Expansion) -> _Term:
        """Take in the words of a term; its expansion shares what is found alike to them."""
        parts = []
        masks = [0] * len(expansion.letters)
        for part in expansion.parts:
            looked = self._looked.get(part.word) or self._look_for(part)
            parts.append(msgspec.structs.replace(part, entries=looked.part.entries, windows=looked.part.windows))
            for token in range(part.start, part.start + part.count):
                masks[token] |= looked.bit
        return _Term(msgspec.structs.replace(expansion, parts=tuple(parts)), tuple(masks))

    def _look_for(self, part: Part) -> _Looked:
        word = part.word
        looked = self._looked[word] = _Looked(1 << len(self._looked), part)
        for form, same in word.forms.items():
            self._forms.setdefault(form, []).append((looked, same))
            if not word.joined:
                self._starts.update(form[:length] for length in range(1, len(form)))
        if word.fuzzy is not None:
            self._least = min(self._least, word.fuzzy)
            targets = self._targets.setdefault(word.key[0], {})
            targets.setdefault(word.key, []).append(_Target(looked, None))
            for split in () if word.joined else splits(word.key):
                targets = self._targets.setdefault(split.rest[0], {})
                targets.setdefault(split.rest, []).append(_Target(looked, split))
        return looked

    def present(self, field: Field) -> int:
        """Give the words, as bits, that a field may have something alike to; what is new in it is compared."""
        # Sets and comprehensions rather than loops, since most keys are of no interest: this runs over every text.
        present = 0
        found = field.keys
        distinct = set(found)
        for key in distinct - self._seen:
            self._compare(key)
        for key in self._alike.keys() & distinct:
            present |= self._alike[key]
        present |= self._in_pieces(found)
        if not self._cut_slips.isdisjoint(distinct):
            present |= self._slips_in_pieces(found)
        if present:
            wanted = self._wanted
            field.places = places_of((place, key) for place, key in enumerate(found) if key in wanted)
        return present

    def _in_pieces(self, found: Sequence[str]) -> int:
        """Find forms in two or three pieces."""
        present = 0
        starts, forms = self._starts, self._forms
        for place in [place for place, key in enumerate(found[:-1]) if key in starts]:
            joined = found[place]
            for stop in range(place + 1, min(place + JOINED, len(found))):
                joined += found[stop]
                if joined in forms:
                    present |= self._join(found[place : stop + 1], joined)
                if joined not in starts:
                    break
        return present

    def _slips_in_pieces(self, found: Sequence[str]) -> int:
        """Find misspellings cut in two: they are known already."""
        present = 0
        for place in [place for place, key in enumerate(found) if key in self._cut_slips]:
            for start in range(max(place - 1, 0), place + 1):
                present |= self._windows.get(" ".join(found[start : start + 2]), 0)
        return present

    def _compare(self, key: str) -> None:
        """Compare a key that was not seen before with all words."""
        self._seen.add(key)
        mask = 0
        for looked, same in self._forms.get(key, ()):
            looked.part.add(key, Alike(100.0, "join" if looked.part.word.joined else same))
            mask |= looked.bit
        targets = self._targets.get(key[0])
        if targets and may_be_slip(key, self._lexicon):
            for target, similarity, _ in extract(
                key, targets.keys(), scorer=ratio, score_cutoff=self._least, limit=None
            ):
                for one in targets[target]:
                    if similarity >= (one.looked.part.word.fuzzy or 0):
                        mask |= self._slip(key, similarity, one)
        if mask:
            self._alike[key] = mask
            self._wanted.add(key)

    def _slip(self, key: str, similarity: float, target: _Target) -> int:
        """Take in a misspelling, and give the words that it alone is alike to."""
        word, part = target.looked.part.word, target.looked.part
        if target.split is None:
            if key in word.forms:
                return 0
            part.add(key, Alike(similarity, "fuzzy"))
            return target.looked.bit
        window = target.split.window(key)
        joined = window.replace(" ", "")
        similarity = ratio(word.key, joined, score_cutoff=word.fuzzy)
        if similarity and joined not in word.forms:
            part.add(window, Alike(similarity, "fuzzy"))
            self._windows[window] = self._windows.get(window, 0) | target.looked.bit
            self._cut_slips.add(key)
            self._wanted.add(window.partition(" ")[0])
        return 0

    def _join(self, pieces: Sequence[str], joined: str) -> int:
        """Take in a form in pieces; a sentence's end between them is for `find` to see."""
        mask = 0
        if are_pieces(pieces):
            window = " ".join(pieces)
            self._wanted.add(pieces[0])
            for looked, _ in self._forms[joined]:
                if not looked.part.word.joined:
                    looked.part.add(window, JOIN)
                    mask |= looked.bit
        return mask
