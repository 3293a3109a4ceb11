"""Build `src/papertriage/data/background.txt`: how many in a thousand abstracts use a word.

    python tasks/build_background.py --corpus abstracts.jsonl.gz --version 1

Words of letters only, folded, that at least one abstract in two hundred uses; the most frequent first. The corpus
is JSON lines with `title` and `abstract`. Only words and their counts are taken from it.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

from papertriage.learn.background import BACKGROUND_FILE
from papertriage.text import clean, keys

LEAST = 5
"""In a thousand abstracts; what is rarer is told by its absence."""


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description="Build the frequencies of words in abstracts.")
    parser.add_argument("--corpus", type=Path, required=True, help="abstracts, JSON lines, gzip")
    parser.add_argument("--version", required=True, help="a number that grows with every change of the list")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    papers = 0
    with gzip.open(options.corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            counts.update(set(keys(clean(f"{paper['title']}. {paper.get('abstract') or ''}"))))
            papers += 1
    shares = {word: round(1000 * count / papers) for word, count in counts.items() if word.isascii() and word.isalpha()}
    chosen = sorted((-share, word) for word, share in shares.items() if share >= LEAST)
    text = "".join(f"{word} {-share}\n" for share, word in chosen)
    BACKGROUND_FILE.write_text(f"# version {options.version}\n{text}", encoding="ascii", newline="\n")
    print(f"{len(chosen)} words of {papers} abstracts")


if __name__ == "__main__":
    main()
