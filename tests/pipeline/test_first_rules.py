from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from papertriage.errors import UsageError
from papertriage.pipeline.first_rules import propose
from papertriage.rules.load import check_text

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
HOSTILE = json.loads((Path(__file__).parents[1] / "data" / "hostile.json").read_text(encoding="utf-8"))


def bibtex(entries: list[tuple[str, str]]) -> str:
    return "\n".join(
        f"@article{{k{number},\n  title = {{{title}}},\n  author = {{{authors}}},\n  year = {{2025}}\n}}"
        for number, (title, authors) in enumerate(entries)
    )


def ris(titles: list[str]) -> str:
    return "".join(f"TY  - JOUR\nTI  - {title}\nAU  - Finn, Chelsea\nER  - \n\n" for title in titles)


def test_rules_are_made_of_several_files_and_take_most_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text(bibtex([(f"Spaced repetition and recall {n}", "Ada Example") for n in range(6)]))
    (tmp_path / "b.ris").write_text(ris([f"Sleep spindles of people {n}" for n in range(6)]))
    proposal = propose([tmp_path / "a.bib", tmp_path / "b.ris"], (), now=NOW)
    assert (proposal.papers, proposal.taken, proposal.topics, proposal.authors) == (12, 12, 2, 2)
    assert "      - spaced repetition                         # 6 papers\n" in proposal.text
    assert "    Chelsea Finn: 3                               # 6 papers\n" in proposal.text
    assert not check_text(proposal.text, "rules.yaml")[1]


def test_hostile_text_in_a_library_does_not_break_the_rules(tmp_path: Path) -> None:
    texts = [text.replace("\n", " ") for name in ("terminal", "markup", "titles") for text in HOSTILE[name]]
    texts += ["no", "null: 12:30", "- [a, {b: c}] # d", "'quoted \"twice\"'", "%TAG ! x", "&anchor *alias <<: !!x"]
    lines = [
        json.dumps({"title": f"{text} working memory {n}", "authors": [f"{text} Finn", "O'No, null: x"]})
        for text in texts
        for n in range(3)
    ]
    file = tmp_path / "a\nb: [.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    proposal = propose([file], (), now=NOW)
    rules, _ = check_text(proposal.text, "rules.yaml")
    assert proposal.taken > proposal.papers * 0.9
    assert len(rules.follow) == proposal.authors


def test_too_few_papers_and_papers_that_share_nothing_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text(bibtex([("Only one", "A B")]))
    with pytest.raises(UsageError, match=r"too few papers to find topics in \(1\)"):
        propose([file], (), now=NOW)
    file.write_text(bibtex([(word, "A B") for word in "Alpha Betelgeuse Gammaray Deltoid Epsilon Zetacism".split()]))
    with pytest.raises(UsageError, match="share no phrases"):
        propose([file], (), now=NOW)
