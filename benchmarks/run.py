"""Measure everything in one run, and write `docs/performance.md` from it.

    python benchmarks/run.py --sizes 20000 100000 1000000

All of it takes about an hour at these sizes, and 6 GB of disk under `--work`; `--sizes 2000` a minute. Figures of a
machine that does other things at the same time are worth little.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import sizes as by_size
from aims import aims
from measure import BUSY, CLOCK, PROGRAM, Command, asked, in_process, machine, others_busy, timed
from report import write_report
from terms import TERMS

from papertriage import __version__

FIRST = 20_000
"""The cache on which start-up, the library call and indexing are measured (or the smallest that is asked for)."""


def start_up(home: Path, runs: int) -> dict[str, Any]:
    """Measure whole processes against one that only imports typer."""
    commands = {
        "typer": Command((sys.executable, "-c", "import typer")),
        "help": asked(home, "--help"),
        "pipe": asked(home, "list", *by_size.day_of(home)),
        "terminal": asked(home, "list", *by_size.day_of(home), terminal=True),
    }
    return dict(zip(commands, timed(list(commands.values()), runs, warm=min(3, runs // 5)), strict=True))


def first_list(home: Path, work: Path, runs: int) -> dict[str, Any]:
    """Measure the first list after papers were imported, each time in a new cache."""
    fresh = work / "imported"
    imported, listed = [], []
    for _ in range(runs):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        lines = fresh / "papers.jsonl"
        with lines.open("wb") as file:
            for path in sorted((home / "papers").glob("*.jsonl")):
                file.write(path.read_bytes())
        shutil.copy(home / "rules.yaml", fresh)
        imported += timed([asked(fresh, "import", str(lines))], 1, warm=0)
        listed += timed([asked(fresh, "list", *by_size.day_of(home))], 1, warm=0)
    shutil.rmtree(fresh)
    return {"import": by_size.median_of(imported), "list": by_size.median_of(listed)}


def with_bm25(given: Path | None, work: Path) -> str:
    """Give a Python that has bm25s, in an environment of its own; "" where it cannot be had."""
    if given:
        return str(given)
    folder = work / "bm25"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", "bm25s", "PyStemmer"], check=False)
    if done.returncode:
        print("bm25s cannot be installed: left out", file=sys.stderr)
    return "" if done.returncode else str(python)


def has_search() -> bool:
    """Say whether this papertriage can search."""
    return not subprocess.run([PROGRAM, "search", "--help"], capture_output=True, check=False).returncode


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything."""
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    all_sizes = sorted(options.sizes)
    homes = [by_size.cache(work, papers, options.corpus) for papers in all_sizes]
    first = homes[all_sizes.index(FIRST)] if FIRST in all_sizes else homes[0]
    manifests = [by_size.manifest_of(home) for home in homes]

    share = others_busy(options.pause) or 0.0
    clock = options.clock or ("cpu" if share > BUSY else "wall")
    os.environ[CLOCK] = clock

    def tell(what: str) -> None:
        print(f"{dt.datetime.now():%H:%M:%S} {what}", file=sys.stderr)  # noqa: DTZ005 - for the person who waits

    found: dict[str, Any] = {
        "date": dt.datetime.now(dt.UTC).date(), "version": __version__, "machine": machine(), "terms": len(TERMS),
        "clock": clock, "others_busy": share,
        "first": all_sizes[homes.index(first)], "corpus": manifests[0].corpus, "caches": manifests,
    }  # fmt: skip
    tell("the library call, and what else one would use")
    python = with_bm25(options.bm25_python, work)
    found["library"] = in_process("library.py", str(first), str(options.runs), *([python] if python else []))
    tell("indexing")
    found["indexing"] = in_process("indexing.py", str(first), str(max(1, options.runs // 2)))
    tell("the first list")
    found["first_list"] = first_list(first, work, max(1, options.runs // 2))
    found["sizes"] = {}
    for papers, home in zip(all_sizes, homes, strict=True):
        tell(f"{papers:,} papers")
        found["sizes"][str(papers)] = by_size.of_one(home, options.runs)
    tell("start-up")
    found["start_up"] = start_up(first, 5 * options.runs)
    tell("all sizes in turn")
    search = has_search()
    for papers, read in zip(all_sizes, by_size.of_all(homes, 3 * options.runs, search=search), strict=True):
        found["sizes"][str(papers)] |= read
    tell("after a fetch")
    for papers, home in zip(all_sizes, homes, strict=True):
        found["sizes"][str(papers)]["fetched"] = by_size.after_a_fetch(home, options.corpus)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description="Measure everything, and write docs/performance.md from it.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000, 1_000_000], metavar="PAPERS")
    parser.add_argument("--runs", type=int, default=5, help="of what takes long; of quick things more (5)")
    parser.add_argument("--work", type=Path, default=Path("build/bench"), help="where caches are kept (build/bench)")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus/arxiv-20k.jsonl.gz"))
    parser.add_argument("--pause", type=float, default=5.0, help="seconds to see who else works (5)")
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        help="what is measured (wall; where others use the machine, too, cpu)",
    )
    parser.add_argument("--bm25-python", type=Path, help="a Python that has bm25s; else one is set up")
    parser.add_argument("--results", type=Path, default=here / "results.json", help="where the figures go")
    parser.add_argument("--docs", type=Path, default=here.parent / "docs", help="where performance.md goes")
    options = parser.parse_args(arguments)
    found = measure(options)
    options.results.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    results = msgspec.json.decode(options.results.read_bytes())
    write_report(results, options.docs)
    for aim in aims(results):
        print(f"{'    ' if aim.reached else 'not '}reached  {aim.what}: {aim.shown} ({aim.wanted})")


if __name__ == "__main__":
    main()
