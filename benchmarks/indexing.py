"""How long indexing takes, beside what cannot be done without: parsing the JSON; and where the time goes.

    python indexing.py HOME RUNS

HOME has a log; its index is made anew each time. Prints JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
from measure import Work, in_turn
from sampling import Sampler

from papertriage.index import schema
from papertriage.index.index import Index

STAGES = {
    ("papertriage/store/jsonl.py", "read_lines"): "reading the files",
    ("papertriage/store/record.py", "*"): "decoding the lines",
    ("papertriage/text.py", "ready_to_cut"): "cleaning: LaTeX, HTML, Unicode",
    ("papertriage/index/inversion.py", "*"): "inverting: places by word",
    ("papertriage/index/inversion.py", "flush"): "merging and writing words",
    ("papertriage/index/inversion.py", "_rows"): "merging and writing words",
    ("papertriage/index/update.py", "write"): "writing papers to SQLite",
    ("papertriage/index/docs.py", "*"): "writing papers to SQLite",
    ("papertriage/index/update.py", "_commit"): "committing",
    ("papertriage/index/update.py", "_store"): "what is known of each paper",
    ("papertriage/index/works.py", "*"): "grouping: one work, one paper",
    ("papertriage/store/group.py", "*"): "grouping: one work, one paper",
    ("papertriage/index/segments.py", "*"): "checksums of the files",
    ("papertriage/index/schema.py", "*"): "making the file",
}


def parse(files: list[Path]) -> None:
    """Only parse the JSON of all lines."""
    decode = msgspec.json.decode
    for path in files:
        with path.open("rb") as file:
            for line in file:
                decode(line)


def main() -> None:
    """Measure."""
    home, runs = Path(sys.argv[1]), int(sys.argv[2])
    files = sorted((home / "papers").glob("*.jsonl"))
    found = in_turn(
        {
            "parsing": Work(lambda: parse(files)),
            "seconds": Work(lambda: Index(home).close(), before=lambda: schema.remove(home / schema.FILE_NAME)),
        },
        max(3, runs),
    )
    schema.remove(home / schema.FILE_NAME)
    with Sampler(STAGES) as sampler:
        Index(home).close()
    total = sum(sampler.stages.values())
    stages, functions = (sorted(one.items(), key=lambda item: -item[1]) for one in (sampler.stages, sampler.functions))
    print(
        json.dumps(
            {
                **found,
                "stages": {name or "other": seconds / total for name, seconds in stages},
                "functions": {name: seconds / total for name, seconds in functions[:12]},
            }
        )
    )


if __name__ == "__main__":
    main()
