"""Write `docs/performance.md` and its plot from the figures of one run.

python benchmarks/report.py benchmarks/results.json docs
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from aims import Results, aims, not_reached
from plot import growth


def write_report(results: Results, docs: Path) -> None:
    """Write the document and the plot."""
    sizes = results["sizes"]
    lines = {
        name: [(int(papers), sizes[papers][key]["seconds"]) for papers in sizes]
        for key, name in (
            ("build", "making the index"),
            ("new", "--all, fifty new terms"),
            ("edited", "--all, one term edited"),
            ("unchanged", "--all, rules unchanged"),
            ("fetched", "--since 7d after a fetch"),
            ("since", "--since 7d"),
        )
    }
    (docs / "performance.svg").write_text(growth(lines, "papers in the cache"), encoding="utf-8")
    (docs / "performance.md").write_text(document(results), encoding="utf-8")


def document(results: Results) -> str:
    """Write the document."""
    reached = aims(results)
    parts = [
        _head(results),
        "## Aims and figures",
        _table(
            ("", "aim", "measured", "reached"),
            [(aim.what, aim.wanted, aim.shown, "yes" if aim.reached else "**no**") for aim in reached],
        ),
        not_reached(reached),
        "## Growth",
        "![Seconds by papers in the cache](performance.svg)",
        _growth(results),
        "## Ranking, and what else one would use",
        _library(results),
        "## The gold set",
        _gold(results),
        "## Indexing",
        _indexing(results),
        "## How it is measured",
        _method(results),
    ]
    return "\n\n".join(parts) + "\n"


# -- sections -------------------------------------------------------------------------------------------------


def _head(results: Results) -> str:
    on = results["machine"]
    busy = ""
    if results["clock"] == "cpu":
        busy = f"""

**Other programs used {results["others_busy"]:.0%} of the machine when this run began. So all times on this page are
those of the processor**, which hang less on who else works, but leave out what is waited for, as the disk."""
    return f"""# How fast it is

Measured on {results["date"]} with papertriage {results["version"]}, all in one run on one machine: {on["cpu"]},
{on["cores"]} cores, {on["memory"]} of memory, {on["system"]}, {on["python"]}. `make bench` measures anew and
writes this page; [results.json](../benchmarks/results.json) has every figure. On another machine the seconds differ,
the ratios hardly.{busy}"""


def _growth(results: Results) -> str:
    sizes = results["sizes"]
    order = sorted(sizes, key=int)
    rows = [
        (
            name,
            *(
                f"{_time(sizes[papers][key]['seconds'])}, {sizes[papers][key]['rss']:.0f} MiB"
                for papers in order
            ),
        )
        for key, name in (
            ("since", "`list --since 7d`"),
            ("fetched", "the same, first after a day of 600 papers was fetched"),
            ("since_new", "the same, all fifty terms new"),
            ("unchanged", "`list --all --limit 50`, rules unchanged"),
            ("edited", "the same, one term edited"),
            ("new", "the same, fifty new terms"),
            ("build", "making the index, once"),
        )
    ]  # fmt: skip
    for query in sizes[order[0]].get("search", {}):
        rows.append(
            (
                f"`search {query}`",
                *(
                    f"{_time(found['seconds'])}, {found['rss']:.0f} MiB"
                    for found in (sizes[papers]["search"][query] for papers in order)
                ),
            )
        )
    rows.append(("the log, MiB", *(f"{sizes[papers]['log_bytes'] / 2**20:,.0f}" for papers in order)))
    rows.append(("the index, MiB", *(f"{sizes[papers]['index_bytes'] / 2**20:,.0f}" for papers in order)))
    rows.append(("kept hits of 105 terms, MiB", *(f"{sizes[papers]['hits_bytes'] / 2**20:,.0f}" for papers in order)))
    table = _table(("whole processes: time and peak memory", *(f"{int(papers):,} papers" for papers in order)), rows)
    without = "" if "search" in sizes[order[0]] else "\n\nThis papertriage has no `search` yet: it was not measured."
    return table + without


def _library(results: Results) -> str:
    library = results["library"]
    ours, loop = library["ours"], library["loop"]
    unit = loop["seconds"]

    def row(name: str, seconds: float | None, found: Results | None, build: str = "") -> tuple[str, ...]:
        faster = (
            f"{unit / seconds:,.1f}" if seconds and unit / seconds < 10 else f"{unit / seconds:,.0f}" if seconds else ""
        )
        quality = (f"{found['precision']:.2f}", f"{found['recall']:.2f}") if found else ("", "")
        return (name, build, _time(seconds) if seconds else "", faster, *quality)

    rows = [
        row("papertriage, nothing changed", ours["unchanged"], ours),
        row("papertriage, one term edited", ours["edited"], None),
        row("papertriage, every term new", ours["new"], None),
        row("papertriage, every term new, word list and vocabulary read too", ours["cold"], None,
            _time(results["indexing"]["seconds"])),
        row("`list --all` as a library call: fifty papers read and explained, too", ours["listed"], None),
        row("the loop: rapidfuzz `partial_ratio`, cut-off 88", unit, loop),
        row("the same, cut-off 80", None, library["loop_80"]),
        row("regular expressions: whole words, `[- ]?`, plural s", library["regex"]["seconds"], library["regex"]),
        row("`grep -icF` over the log, a process a term", library["grep"]["seconds"], library["grep"]),
        row("SQLite FTS5 with the Porter stemmer, phrases", library["fts5"]["seconds"], library["fts5"],
            _time(library["fts5"]["build"])),
    ]  # fmt: skip
    if bm25 := library.get("bm25"):
        name = f"bm25s {bm25['version']} with an English stemmer; on the gold set its best threshold"
        rows.append(row(name, bm25["seconds"], bm25, _time(bm25["build"])))
    table = _table(("", "index made once", "all terms", "times faster than the loop", "precision", "recall"), rows)
    missing = "" if library.get("bm25") else " A BM25 library could not be installed for this run."
    size, words = f"{ours['papers']:,}", f"{ours['vocabulary']:,}"
    return f"""{size} papers ({words} distinct words), {results["terms"]} fuzzy terms, one process, the same texts for
all. The loop is what one writes first: `for text: for term: fuzz.partial_ratio(term, text.lower(),
score_cutoff=88)`. Of papertriage's time all is counted from an open index to the order of all papers: scores by the
rules, recency, and what was found written back. The others only find; they do not score or order.{missing}

{table}"""


def _gold(results: Results) -> str:
    ours = results["library"]["ours"]

    def listed(pairs: Sequence[Sequence[str]]) -> str:
        return "\n".join(f"* `{term}` in “{' '.join(text.split())}”: {why}" for term, text, why in pairs)

    missed, wrong = "It misses none.", "It takes none that it should not."
    if ours["missed"]:
        missed = f"It misses {len(ours['missed'])} of 100:\n\n{listed(ours['missed'])}"
    if ours["wrong"]:
        wrong = f"It takes {len(ours['wrong'])} of 100 that it should not:\n\n{listed(ours['wrong'])}"
    return f"""[gold_terms.jsonl](../benchmarks/gold_terms.jsonl) has 200 pairs of a term and a text, written by hand
before any matcher had seen them and not changed since. A text matches when the words of the term stand in it side by
side and in this order, in any inflection, spelling, hyphenation or typesetting, misspelt or not; not when it has
other words, however alike, or the words elsewhere. 100 match, most of them in another form than the term's; 100 are
traps, as `gan` in “organization”. The set is small and of our making: it tells kinds of mistakes, not how often each
occurs.

Of papertriage, at its default `fuzzy: 80`: precision {ours["precision"]:.2f}, recall {ours["recall"]:.2f}.

{missed}

{wrong}"""


def _indexing(results: Results) -> str:
    indexing, first = results["indexing"], results["first_list"]
    seconds, parsing = indexing["seconds"], indexing["parsing"]
    rows = [(name, f"{share:.0%}", _time(share * seconds), f"{share * seconds / parsing:.1f}")
            for name, share in indexing["stages"].items() if share >= 0.005]  # fmt: skip
    table = _table(("", "share", "time", "times the parsing"), rows)
    imported, listed = _time(first["import"]["seconds"]), _time(first["list"]["seconds"])
    whole, least, ratio = _time(seconds), _time(parsing), seconds / parsing
    return f"""{results["first"]:,} papers: {whole}, which is {ratio:.1f} times the {least} that it takes only to parse
the JSON of the lines (`msgspec.json.decode`). `papertriage import` of the same papers takes {imported}, and the first
`list` after it, which makes the index and finds all terms, {listed}.

Where the time goes (the stack is looked at every 2 ms):

{table}"""


def _method(results: Results) -> str:
    start = results["start_up"]
    typer, help_, pipe, terminal = (_time(start[key]["seconds"]) for key in ("typer", "help", "pipe", "terminal"))
    texts = (
        "The newest 20,000 papers are real ones from arXiv; older ones are put together from sentences, titles and\n"
        "  names of these, with new words at the rate at which the real ones bring them (Heaps)."
        if results["corpus"] else "The corpus of real papers was absent: all texts are generated."
    )  # fmt: skip
    return f"""* {texts} Ids, dates and votes are made.
* A week brings 3,000 papers at every size, so the window of `--since 7d` holds the same papers in each cache. What is
  older than a year was harvested in segments of 64 MiB; the last year was fetched day by day, one paper in twenty from
  a second source, too.
* Whole processes are started by a program of 10 MiB, in turn, so that what slows the machine slows all of them;
  medians, warm. `import typer` takes {typer}, `papertriage --help` {help_}, `list` into a pipe {pipe}, on a terminal
  {terminal} ({start["typer"]["runs"]} runs each).
* Memory is the peak of resident memory of the process, pages of mapped files included.
* The fifty terms are those of `tests/e2e/test_corpus.py`; the rules are five topics of ten terms, all at the default
  `fuzzy: 80`, looked for in titles and abstracts."""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _times(ratio: float) -> str:
    return f"{ratio:,.1f}" if ratio < 10 else f"{ratio:,.0f}"


def _time(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.1f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"


def main() -> None:
    """Write it again from figures that were measured before."""
    write_report(msgspec.json.decode(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
