"""The same answer for many papers: what was compared once is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rapidfuzz.fuzz import ratio

from papertriage.lexicon import Lexicon, keeps_first_letters
from papertriage.match.alike import INFLECTED_LETTERS, Alike, Word, alike, windows_at
from papertriage.match.expand import Expansion, initial, unexpanded
from papertriage.match.find import Found, find
from papertriage.match.hits import Field, collect
from papertriage.model import Hit, Paper
from papertriage.rules.terms import Pattern, Rules, Term
from papertriage.text import Token


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
        self._masks: dict[int, int] = {}
        for term in _phrases(rules):
            self._terms[id(term)] = self._vocabulary.add(unexpanded(term))

    def hits(self, paper: Paper) -> tuple[Hit, ...]:
        """Find every hit of the rules in one paper, as `hits` does."""
        self._masks = {}
        return collect(paper, self._rules, self._find)

    def _find(self, term: Term, field: Field) -> Sequence[Found]:
        present = self._masks.get(id(field))
        if present is None:
            present = self._masks[id(field)] = self._vocabulary.present(field.tokens)
        ours = self._terms[id(term)]
        if not all(mask & present for mask in ours.masks):
            return ()
        return find(ours.expansion, field.tokens)


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
    """One word of the terms; its entries are shared by the parts of all terms that look for it, and grow."""

    bit: int
    word: Word
    entries: dict[str, Alike]
    loose: bool  # a form of it may begin with other letters

    def may_be(self, key: str) -> bool:
        """Rule out most keys at little cost; `alike` decides on the others."""
        word = self.word
        if self.loose or key[:2] == word.key[:2]:
            return True
        return word.fuzzy is not None and ratio(word.key, key, score_cutoff=word.fuzzy) > 0


class _Vocabulary:
    """The words of all terms against all keys seen so far."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._looked: dict[Word, _Looked] = {}
        self._by_initial: dict[str, list[_Looked]] = {}
        self._seen: dict[str, int] = {}  # key to the words, as bits, that it is alike to
        self._starters: dict[str, list[_Looked]] = {}  # key to the words that it can begin, joined with the next ones

    def add(self, expansion: Expansion) -> _Term:
        """Take in the words of a term; its expansion shares what is found alike to them."""
        parts = []
        masks = [0] * len(expansion.letters)
        for part in expansion.parts:
            looked = self._looked.get(part.word)
            if looked is None:
                loose = not keeps_first_letters(part.word.key)
                looked = self._looked[part.word] = _Looked(1 << len(self._looked), part.word, {}, loose)
                self._by_initial.setdefault(initial(part.word.key), []).append(looked)
            parts.append(msgspec.structs.replace(part, entries=looked.entries))
            for token in range(part.start, part.start + part.count):
                masks[token] |= looked.bit
        return _Term(msgspec.structs.replace(expansion, parts=tuple(parts)), tuple(masks))

    def present(self, tokens: Sequence[Token]) -> int:
        """Give the words, as bits, that a text has something alike to; what is new in it is compared."""
        present = 0
        seen, starters = self._seen, self._starters
        for place, token in enumerate(tokens):
            key = token.key
            if key not in seen:
                seen[key] = self._compare(key)
                if beginnings := self._beginnings(key):
                    starters[key] = beginnings
            present |= seen[key]
            if key in starters:
                for entry in windows_at(tokens, place):
                    present |= self._compare_window(entry, starters[key])
        return present

    def _compare(self, key: str) -> int:
        mask = 0
        for looked in self._by_initial.get(initial(key), ()):
            if looked.may_be(key) and (likeness := alike(looked.word, key, self._lexicon)):
                looked.entries[key] = likeness
                mask |= looked.bit
        return mask

    def _beginnings(self, key: str) -> list[_Looked]:
        """Give the words that a window starting with a key may be alike to."""
        return [
            looked
            for looked in self._by_initial.get(initial(key), ())
            if not looked.word.joined
            and len(key) < len(looked.word.key) + INFLECTED_LETTERS
            and (looked.loose or looked.word.fuzzy is not None or key[:2] == looked.word.key[:2][: len(key)])
        ]

    def _compare_window(self, entry: str, beginnings: list[_Looked]) -> int:
        mask = 0
        key = entry.replace(" ", "")
        for looked in beginnings:
            if looked.may_be(key):
                likeness = looked.entries.get(entry) or alike(looked.word, entry, self._lexicon)
                if likeness:
                    looked.entries[entry] = likeness
                    mask |= looked.bit
        return mask
