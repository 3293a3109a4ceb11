"""Draw docs/table.svg: the table of a real run over the shipped sample with the starter rules.

Run it with `make picture` after the table, the sample or the starter rules change; a test compares.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from papertriage.pipeline.cached import read_cache
from papertriage.pipeline.listing import Query, listing
from papertriage.pipeline.sample import import_sample
from papertriage.pipeline.starter import starter_text
from papertriage.render.table import svg
from papertriage.rules.load import loads_rules
from papertriage.store.log import Log


def picture() -> str:
    """Give the picture of the README as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        _, newest = import_sample(Log(data))
        rules = loads_rules(starter_text("rules.yaml"))
        query = Query(as_of=newest, since=newest.replace(day=newest.day - 2), limit=12)
        return svg(listing(read_cache(data), rules, query), width=110)


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/table.svg").write_text(picture(), encoding="utf-8", newline="\n")
