"""Texts of papers to fill a cache with: real ones as far as they go, further ones put together from their pieces.

A further paper takes its sentences from papers of one category, its title from the first part of one title and the
last part of another, its authors from given names and surnames that occur. New words come in at the rate at which
they do in the real papers: the number of distinct words grows as a power of the number of papers (Heaps), fitted to
the source. New words are misspellings, made-up names and compounds; each comes again as often as it is new.

Where there are no real papers to start from, `made_up` writes some, word by word.
"""

from __future__ import annotations

import gzip
import math
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from papertriage.lexicon import WORDS_FILE


class Text(msgspec.Struct, frozen=True):
    """What a paper says.

    Attributes:
        category: the primary one is first.
    """

    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    comment: str | None = None


def read_corpus(path: Path) -> list[Text]:
    """Read papers from gzipped JSON lines."""
    with gzip.open(path, "rb") as file:
        rows = [msgspec.json.decode(line) for line in file]
    return [
        Text(
            _folded(row["title"]),
            _folded(row["abstract"] or ""),
            tuple(row["authors"]),
            tuple(row["categories"]) or ("cs.LG",),
            row["comment"],
        )
        for row in rows
    ]


def _folded(text: str) -> str:
    return " ".join(text.split())


def made_up(count: int, phrases: Sequence[str], seed: int = 0) -> list[Text]:
    """Write papers where there are no real ones: words of the word list, the frequent ones often, and some phrases.

    Args:
        phrases: what is looked for; each stands in about one paper of eighty.
    """
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    words = [word for word in WORDS_FILE.read_text(encoding="utf-8").splitlines()[1:] if len(word) > 2]
    draw.shuffle(words)
    size = len(words)
    # Zipf: the word at rank r is drawn about as often as 1/r.
    spread = math.log(size)

    def sentence() -> str:
        chosen = [words[min(size - 1, int(math.exp(draw.random() * spread)) - 1)] for _ in range(draw.randint(12, 30))]
        if draw.random() < 0.08:
            chosen[draw.randrange(len(chosen))] = draw.choice(phrases)
        text = " ".join(chosen)
        return text[0].upper() + text[1:] + "."

    names = [word.capitalize() for word in draw.sample(words, min(4000, size))]
    categories = ["cs.LG", "cs.CL", "cs.CV", "cs.AI", "stat.ML", "math.OC", "physics.comp-ph"]
    return [
        Text(
            " ".join(sentence().split()[: draw.randint(5, 12)]).rstrip("."),
            " ".join(sentence() for _ in range(draw.randint(4, 10))),
            tuple(f"{draw.choice(names)} {draw.choice(names)}" for _ in range(draw.randint(1, 9))),
            tuple(dict.fromkeys(draw.choices(categories, k=draw.randint(1, 3)))),
        )
        for _ in range(count)
    ]


_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_JOINT = re.compile(r"(: | for | with | via | using | in | of | from | by )")


class Growth(msgspec.Struct, frozen=True):
    """How many distinct words there are in a number of papers: `size × (papers / count) ** power`."""

    count: int
    size: int
    power: float

    def rate(self, papers: int) -> float:
        """Give how many new words the next paper brings."""
        return self.power * self.size / papers * (papers / self.count) ** self.power


def growth(texts: Sequence[str], seen: set[str]) -> Growth:
    """Fit the growth of the vocabulary to texts; their words are put into `seen`."""
    half = 0
    for number, text in enumerate(texts, 1):
        seen.update(_WORD.findall(text.lower()))
        if number == len(texts) // 2:
            half = len(seen)
    power = math.log(len(seen) / half) / math.log(len(texts) / (len(texts) // 2)) if half else 0.6
    return Growth(len(texts), len(seen), power)


class Coiner:
    """Brings in new words, as often as they are due, and each again.

    Args:
        grown: how the vocabulary grows.
        seen: words that are not new.
        coin: makes a word that may be new.
    """

    def __init__(self, grown: Growth, seen: set[str], coin: Callable[[], str], draw: random.Random) -> None:
        self._grown = grown
        self._seen = seen
        self._coin = coin
        self._draw = draw
        self._coined: list[str] = []
        self._due = 0.0

    def words(self, papers: int) -> list[str]:
        """Give the rare words of the next paper, when there are so many."""
        self._due += self._grown.rate(papers)
        new = []
        while self._due >= 1:
            word = self._coin()
            if word.lower() not in self._seen:
                self._seen.add(word.lower())
                new.append(word)
                self._due -= 1
        again = [self._coined[int(self._draw.random() * len(self._coined))] for _ in new if self._coined]
        self._coined += new
        return new + again


class Recombiner:
    """Puts further papers together from the pieces of some.

    Args:
        sources: papers to take the pieces from.
        seed: the same seed gives the same papers.
    """

    def __init__(self, sources: Sequence[Text], seed: int = 1) -> None:
        self._draw = draw = random.Random(seed)  # noqa: S311 - not for secrets
        self._sources = sources
        self._sentences: dict[str, list[str]] = {}
        self._counts: list[int] = []
        self._heads: list[str] = []
        self._tails: list[str] = []
        self._given: list[str] = []
        self._surnames: list[str] = []
        for text in sources:
            sentences = _SENTENCE.split(text.abstract)
            self._counts.append(len(sentences))
            self._sentences.setdefault(text.categories[0], []).extend(sentences)
            parts = _JOINT.split(text.title, maxsplit=1)
            self._heads.append(parts[0])
            if len(parts) > 1:
                self._tails.append("".join(parts[1:]))
            for name in text.authors:
                given, _, surname = name.rpartition(" ")
                self._given.append(given)
                self._surnames.append(surname)
        self._tails = self._tails or [""]
        seen: set[str] = set()
        grown = growth([f"{text.title} {text.abstract}" for text in sources], seen)
        self._long = [word for word in seen if len(word) > 5 and word.isalpha()]
        self._rare = Coiner(grown, seen, self._coin, draw)
        called: set[str] = set()
        self._names = Coiner(growth([" ".join(text.authors) for text in sources], called), called, self._surname, draw)

    def texts(self, start: int, stop: int) -> Iterator[Text]:
        """Give papers from one number up to another; the sources are the first ones."""
        chance, sources = self._draw.random, self._sources
        for number in range(start, stop):
            like = int(chance() * len(sources))
            categories = sources[like].categories
            pool = self._sentences[categories[0]]
            sentences = [pool[int(chance() * len(pool))] for _ in range(self._counts[like])]
            title = self._pick(self._heads) + self._pick(self._tails)
            for word in self._rare.words(number):
                if chance() < 0.05:
                    title = f"{word}: {title}"
                else:
                    nth = int(chance() * len(sentences))
                    sentences[nth] = _insert(sentences[nth], word, chance())
            surnames = [self._pick(self._surnames) for _ in sources[like].authors]
            for nth, surname in zip(range(len(surnames)), self._names.words(number), strict=False):
                surnames[nth] = surname
            authors = tuple(f"{self._pick(self._given)} {surname}".strip() for surname in surnames)
            yield Text(title, " ".join(sentences), authors, categories)

    def _pick(self, among: Sequence[str]) -> str:
        return among[int(self._draw.random() * len(among))]

    def _coin(self) -> str:
        kind = self._draw.random()
        if kind < 0.4:
            return _misspelt(self._pick(self._long), self._draw)
        if kind < 0.7:  # DualFormerNet, GraphMix-7B
            one, other = self._pick(self._long), self._pick(self._long)
            return one[: self._draw.randint(2, 5)].capitalize() + other[-self._draw.randint(2, 5) :].capitalize()
        if kind < 0.9:
            return self._pick(_PREFIXES) + self._pick(self._long)
        return f"{self._draw.randint(1, 9_999_999)}"

    def _surname(self) -> str:
        one, other = self._pick(self._surnames), self._pick(self._surnames)
        return (one[: max(2, len(one) // 2)] + other[len(other) // 2 :].lower()).replace(" ", "")


_PREFIXES = ("hyper", "quasi", "neuro", "micro", "auto", "bio", "inter", "meta", "over", "sub", "pseudo", "cyber")


def _misspelt(word: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + draw.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]


def _insert(sentence: str, word: str, where: float) -> str:
    space = sentence.find(" ", int(where * len(sentence)))
    return f"{sentence} {word}" if space < 0 else f"{sentence[:space]} {word}{sentence[space:]}"
