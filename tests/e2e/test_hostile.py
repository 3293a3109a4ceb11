"""Hostile text from a listing goes through every command as data."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

HOSTILE = json.loads((Path(__file__).resolve().parents[1] / "data" / "hostile.json").read_text(encoding="utf-8"))
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
OWN_CODES = re.compile("\x1b\\[[0-9;]*m|\x1b\\]8;(?:id=\\d+;https?://[!-~]+|;)\x1b\\\\")
"""What papertriage itself sends to a terminal: styles, and links to web addresses."""


@pytest.fixture
def filled(run: Any, home: Path, tmp_path: Path) -> int:
    """Import a paper for each hostile text, with that text in every place a listing could put it."""
    texts = [text for name in ("terminal", "markup", "titles") for text in HOSTILE[name]]
    records: list[dict[str, Any]] = [
        {
            "id": f"2611.{number:05}",
            "title": f"{text} agent",
            "abstract": f"About {text} and more.",
            "authors": [text, "Ada Example"],
            "published": "2026-11-24",
            "categories": [text],
            "comment": text,
            "venue": text,
            "url": HOSTILE["links"][number % len(HOSTILE["links"])],
        }
        for number, text in enumerate(texts)
    ]
    records += [
        {"title": f"Link {number} agent", "url": link, "urls": {"pdf": link}, "published": "2026-11-24"}
        for number, link in enumerate(HOSTILE["links"])
    ]
    path = tmp_path / "hostile.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records) + "\n", encoding="utf-8")
    (home / "rules.yaml").write_text("version: 1\ntopics:\n  - {name: agents, any: [agent]}\n", encoding="utf-8")
    done = run("import", str(path))
    assert done.returncode in (0, 3), done.stderr
    count = len(run("list", "--all", "--format", "ids").stdout.split("\n")) - 1
    assert count >= len(texts)
    return count


@pytest.mark.parametrize(
    "command",
    [
        ["list", "--all"],
        ["list", "--all", "--format", "json"],
        ["list", "--all", "--format", "jsonl"],
        ["list", "--all", "--format", "tsv"],
        ["list", "--all", "--format", "ids"],
        ["export", "--all"],
        ["export", "--all", "--format", "csv"],
        ["export", "--all", "--format", "jsonl"],
        ["cache", "info"],
    ],
    ids=" ".join,
)
def test_no_sign_from_a_listing_steers_the_output(run: Any, filled: int, command: list[str]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for text in (done.stdout, done.stderr):
        found = CONTROL.search(text.replace("\r\n", "\n") if command[-1] == "csv" else text)
        assert found is None, repr(text[max(0, found.start() - 40) : found.end() + 20])


def test_show_and_why_are_as_safe(run: Any, filled: int) -> None:
    ids = run("list", "--all", "--format", "ids").stdout
    for command in ("show", "why"):
        done = run(command, "-", stdin=ids)
        assert done.returncode == 0, done.stderr
        assert not CONTROL.search(done.stdout)
        for line in run(command, "-", "--format", "json", stdin=ids).stdout.splitlines():
            json.loads(line)


def test_json_gives_the_title_back_letter_by_letter(run: Any, filled: int) -> None:
    titles = [json.loads(line)["title"] for line in run("list", "--all", "--format", "jsonl").stdout.splitlines()]
    assert len(titles) == filled
    assert "Model [red] agent" in titles


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_on_a_terminal_only_our_own_codes_come_through(run: Any, filled: int, home: Path) -> None:
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-m", "papertriage", "list", "--all"],
        env={"PAPERTRIAGE_HOME": str(home), "HOME": str(home), "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        dimensions=(50, 100),
        encoding="utf-8",
        timeout=60,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    shown = child.before or ""
    assert "\x1b[" in shown, "the terminal gets colour"
    rest = OWN_CODES.sub("", shown).replace("\r\n", "\n")
    found = CONTROL.search(rest)
    assert found is None, repr(rest[max(0, found.start() - 40) : found.end() + 20])
