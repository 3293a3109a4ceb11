"""`python tests/replay`: start the replay server and print the line that points papertriage to it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from replay.server import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
