"""Ask bm25s: run by `library.py` in an environment that has bm25s and PyStemmer.

Reads texts, terms and the gold set from stdin, as JSON; prints JSON: versions, seconds to index and to ask, and for
each pair of the gold set the score that its text has for its term, in a collection of all texts of the set.
"""

import json
import sys
import time
from importlib.metadata import version

import bm25s
import Stemmer


def _tokens(texts, stemmer):
    return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)


def main():
    """Index, ask, score."""
    asked = json.load(sys.stdin)
    stemmer = Stemmer.Stemmer("english")
    started = time.perf_counter()
    model = bm25s.BM25()
    model.index(_tokens(asked["texts"], stemmer), show_progress=False)
    built = time.perf_counter()
    queries = _tokens(asked["terms"], stemmer)
    model.retrieve(queries, k=len(asked["texts"]), show_progress=False)
    done = time.perf_counter()
    gold = bm25s.BM25()
    gold.index(_tokens([text for _, text in asked["gold"]], stemmer), show_progress=False)
    scores = []
    for number, (term, _) in enumerate(asked["gold"]):
        words = bm25s.tokenize([term], stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False)[0]
        known = [word for word in words if word in gold.vocab_dict]
        scores.append(float(gold.get_scores(known)[number]) if known else 0.0)
    print(json.dumps({"version": version("bm25s"), "build": built - started, "seconds": done - built, "gold": scores}))


if __name__ == "__main__":
    main()
