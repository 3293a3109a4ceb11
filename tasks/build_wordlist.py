"""Build `src/papertriage/data/words.txt`, the well-known words.

    apt-get download wamerican wamerican-large wbritish wbritish-large    # SCOWL, Debian's packages
    for deb in *.deb; do dpkg-deb -x "$deb" scowl; done
    pip install codespell
    python tasks/build_wordlist.py --scowl scowl/usr/share/dict --corpus abstracts.jsonl.gz --version 1

A word is taken when
* it stands in SCOWL, small or large, American or British; from the large lists alone it is not taken when codespell
  knows it as a misspelling of a word that at least 100 abstracts use, one slip away (`corelation`, `sematic`): there
  the slip is much more likely than the rare word;
* or at least three abstracts of the corpus use it, and it is no misspelling: codespell does not name it, and, unless
  20 abstracts use it, no word that is used 30 times as often is one slip away from it. A slip is a letter left out, put
  in, or changed, or two letters swapped, before the last three letters: nearer to the end it is likely a form or a
  derivation (`multimodality`).

The corpus is JSON lines with `title` and `abstract`. Only words and their counts are taken from it.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.resources
import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from pathlib import Path

from rapidfuzz.distance import OSA

from papertriage.lexicon import WORDS_FILE, same_word
from papertriage.text import clean, tokens

SMALL = ("american-english", "british-english")
LARGE = ("american-english-large", "british-english-large")


def dictionary_words(path: Path) -> Iterator[str]:
    """Give the keys of a word list that are one token of ASCII letters."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = tokens(clean(line))
        if len(found) == 1 and found[0].form == line.strip() and found[0].key.isascii() and found[0].key.isalpha():
            yield found[0].key


def misspellings() -> dict[str, list[str]]:
    """Give what codespell's dictionary names as misspellings, with their corrections."""
    text = importlib.resources.files("codespell_lib").joinpath("data/dictionary.txt").read_text(encoding="utf-8")
    pairs = (line.split("->") for line in text.splitlines())
    return {slip: [word.strip() for word in words.split(",") if word.strip()] for slip, words in pairs}


def document_frequencies(path: Path) -> Counter[str]:
    """Count for each key the papers that use it."""
    counts: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            text = clean(paper["title"]) + ". " + clean(paper.get("abstract") or "")
            counts.update({token.key for token in tokens(text)})
    return counts


def likely_slips(counts: Counter[str], slips: dict[str, list[str]]) -> set[str]:
    """Give the misspellings that are one slip away from a frequent word."""
    return {
        slip
        for slip, words in slips.items()
        if any(counts[word] >= 100 and OSA.distance(slip, word, score_cutoff=1) == 1 for word in words)
    }


def corpus_words(counts: Counter[str], slips: Container[str]) -> set[str]:
    """Give the words of the corpus that are no likely misspelling of a more frequent one."""
    by_letter = defaultdict(list)
    for key, count in counts.most_common():
        if len(key) >= 5 and key.isalpha():
            by_letter[key[0]].append((key, count))
    taken = set()
    for key, count in counts.items():
        if count < 3 or not key.isascii() or not key.isalpha() or key in slips:
            continue
        if count < 20 and len(key) >= 5 and _has_frequent_neighbour(key, count, by_letter[key[0]]):
            continue
        taken.add(key)
    return taken


def _has_frequent_neighbour(key: str, count: int, others: list[tuple[str, int]]) -> bool:
    for other, other_count in others:
        if other_count < 30 * count:
            return False
        end = 0
        while end < 3 and key[-1 - end] == other[-1 - end]:
            end += 1
        if end == 3 and OSA.distance(key, other, score_cutoff=1) == 1 and not same_word(key, other):
            return True
    return False


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description="Build the list of well-known words.")
    parser.add_argument("--scowl", type=Path, required=True, help="folder with SCOWL's word lists")
    parser.add_argument("--corpus", type=Path, required=True, help="abstracts, JSON lines, gzip")
    parser.add_argument("--version", required=True, help="a number that grows with every change of the list")
    options = parser.parse_args()
    slips = misspellings()
    small = {word for name in SMALL for word in dictionary_words(options.scowl / name)}
    counts = document_frequencies(options.corpus)
    large = {word for name in LARGE for word in dictionary_words(options.scowl / name)} - likely_slips(counts, slips)
    ours = corpus_words(counts, slips)
    words = sorted(small | large | ours)
    WORDS_FILE.write_text(f"# version {options.version}\n" + "\n".join(words) + "\n", encoding="ascii", newline="\n")
    print(f"{len(words)} words: {len(small | large)} general, {len(ours - small - large)} from abstracts only")


if __name__ == "__main__":
    main()
