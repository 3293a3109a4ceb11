from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from papertriage import rank
from papertriage.lexicon import load_lexicon
from papertriage.match.hits import hits
from papertriage.model import Paper, State
from papertriage.pipeline.suggesting import suggest
from papertriage.render.suggested import suggested_json, suggested_line, suggested_text
from papertriage.rules.load import loads_rules

DAY = dt.date(2026, 11, 24)
GOLDEN = Path(__file__).parents[1] / "golden"

RULES = """\
# My rules; keep this line.
version: 1
match: {fuzzy: 85, fields: {title: 3, abstract: 1}}
min_score: 1

topics:
  - name: memory   # the old one
    any:
      - memory     # all of it
      - {term: 'recall: free', weight: 2}
    # examples come later

  - {name: "sleep", weight: 2, any: [sleep, {regex: 'REM\\b'}], none: [sleep mode]}
follow: {authors: [Ada Example]}
"""

TITLES = (
    *(f"Consolidation of memory in sleep, part {n}" for n in range(10)),
    *(f"Memory bandwidth of GPU chips, part {n}" for n in range(12)),
    *(f"REM and the memory of octopuses: free recall, part {n}" for n in range(5)),
    *(f"No: on 12:30 sleep, part {n}" for n in range(6)),
    *(f"Sleep apnea in C# {n}" for n in range(6)),
)


def papers(states: dict[int, State]) -> list[tuple[Paper, State | None]]:
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return [
        (Paper(id=f"p:{number}", title=title, day=DAY, first_seen=now), states.get(number))
        for number, title in enumerate(TITLES)
    ]


DECIDED: dict[int, State] = {
    **dict.fromkeys(range(8), "star"),
    **dict.fromkeys(range(10, 21), "skip"),
    **dict.fromkeys(range(22, 25), "read"),
    25: "later",
    **dict.fromkeys(range(33, 37), "skip"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


def test_the_patch_of_a_small_example(file: Path, request: pytest.FixtureRequest) -> None:
    patch = suggest(file, papers(DECIDED), as_of=DAY).patch
    golden = GOLDEN / "suggest.patch"
    if request.config.getoption("--update-golden"):
        golden.write_text(patch, encoding="utf-8")
    assert patch == golden.read_text(encoding="utf-8")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    states=st.dictionaries(
        st.integers(0, len(TITLES) - 1), st.sampled_from(["star", "skip", "read", "later"]), min_size=15
    ),
    newline=st.sampled_from(["\n", "\r\n"]),
    end=st.booleans(),
)
def test_any_decisions_give_a_patch_that_applies_and_rules_that_load(
    tmp_path: Path, states: dict[int, State], newline: str, end: bool
) -> None:
    text = (RULES if end else RULES.rstrip("\n")).replace("\n", newline)
    file = tmp_path / "rules.yaml"
    file.write_bytes(text.encode())
    suggested = suggest(file, papers(states), as_of=DAY)
    assert file.read_bytes() == text.encode()
    assert not suggested.unplaced
    loads_rules(suggested.after)
    # What stands between the edits is as it was, comments and line ends too.
    for line in ("# My rules; keep this line.", "    # examples come later", "match: {fuzzy: 85", "none: [sleep mode"):
        assert line in suggested.after
    assert suggested.after.count("\n") - suggested.after.count("\r\n") == (
        0 if newline == "\r\n" else suggested.after.count("\n")
    )
    if suggested.patch and shutil.which("patch"):
        done = subprocess.run(
            ["patch", "--binary", "-s", str(file)], input=suggested.patch.encode(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    if shutil.which("patch"):
        assert file.read_bytes() == suggested.after.encode()


def test_each_change_tells_what_it_brings_in_and_takes_out(file: Path) -> None:
    cache = papers(DECIDED)
    suggested = suggest(file, cache, as_of=DAY)
    before, after = loads_rules(RULES), loads_rules(suggested.after)

    def listed(rules: object) -> set[str]:
        scores = {
            paper.id: rank.score(paper, hits(paper, rules, load_lexicon()), rules, as_of=DAY) for paper, _ in cache
        }
        return {name for name, score in scores.items() if not (score.below or score.excluded)}

    assert suggested.enters == len(listed(after) - listed(before))
    assert suggested.leaves == len(listed(before) - listed(after))


def test_what_is_shown_ends_with_the_patch_and_names_what_to_decide(file: Path) -> None:
    suggested = suggest(file, papers(DECIDED), as_of=DAY)
    text = suggested_text(suggested, width=60)
    assert text.endswith(suggested.patch)
    assert "precision 100%, recall" in text
    lowered = sum(one.lowers for one in suggested.learned.suggestions)
    assert (lowered > 0, text.count(" of the skipped")) == (True, lowered)
    assert "11 wanted (star, read) and 15 skipped" in suggested_line(suggested)
    assert '"version": 1' in suggested_json(suggested)


def test_too_few_decisions_give_no_patch_and_say_what_is_missing(file: Path) -> None:
    suggested = suggest(file, papers({0: "star"}), as_of=DAY)
    assert suggested.patch == ""
    assert suggested.after == RULES
    assert "At least 1 more that you want and 3 more that you skip are needed" in suggested_line(suggested)
