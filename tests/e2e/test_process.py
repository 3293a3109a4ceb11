"""How the process behaves: signals, closed and full pipes, odd terminals, odd files, wrong usage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PAPERTRIAGE = [sys.executable, "-m", "papertriage"]


def bare(home: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PAPERTRIAGE_HOME": str(home), **more}


@pytest.fixture
def filled(run: Any, home: Path) -> Path:
    assert run("quickstart", "--offline").returncode == 0
    return home


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_a_fetch_at_once_and_loses_nothing(
    httpserver: HTTPServer, home: Path, filled: Path, run: Any, name: str, code: int
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def hang(_: Request) -> Response:
        asked.set()
        go_on.wait(30)
        return Response("[]", content_type="application/json")

    httpserver.expect_request("/api/daily_papers").respond_with_handler(hang)
    (home / "config.yaml").write_text(
        f"sources: [{{name: hf-daily, base_url: '{httpserver.url_for('')}'}}]\n", encoding="utf-8"
    )
    before = run("list", "--all", "--format", "ids").stdout
    process = subprocess.Popen([*PAPERTRIAGE, "fetch"], env=bare(home), stderr=subprocess.PIPE, text=True)
    assert asked.wait(30)
    process.send_signal(getattr(signal, name))
    _, told = process.communicate(timeout=10)
    go_on.set()
    assert process.returncode == code
    assert "Traceback" not in told
    assert told.count("\n") == 1
    assert run("list", "--all", "--format", "ids").stdout == before


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_closed_pipe_is_quiet(filled: Path) -> None:
    command = " ".join([sys.executable, "-m papertriage list --all --format jsonl | head -1; exit ${PIPESTATUS[0]}"])
    # Enough output that the pipe's buffer cannot take it whole.
    lines = (filled / "papers").glob("*.jsonl")
    segment = next(iter(lines))
    text = segment.read_text(encoding="utf-8")
    segment.write_text(
        "".join(text.replace("arxiv:26", f"arxiv:{n}6").replace('["26', f'["{n}6') for n in range(10, 20))
    )
    done = subprocess.run(["bash", "-c", command], env=bare(filled), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_output_is_one_line_and_its_own_exit_code(filled: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*PAPERTRIAGE, "list", "--all"],
            env=bare(filled),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 5
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="streams of POSIX")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "2>/dev/full", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["list --all", "why 2604.22875", "--version", "cache info"])
def test_a_stream_that_is_closed_or_full_is_no_failure_of_ours(filled: Path, closed: str, command: str) -> None:
    script = f"{sys.executable} -m papertriage {command} {closed}"
    done = subprocess.run(["bash", "-c", script], env=bare(filled), capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr, "internal" in done.stderr) == (0, False, False)


@pytest.mark.parametrize(
    "env",
    [
        {"COLUMNS": "1"},
        {"COLUMNS": "20"},
        {"COLUMNS": "500"},
        {"TERM": "dumb"},
        {"NO_COLOR": "1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {},
    ],
    ids=str,
)
def test_any_terminal_will_do(filled: Path, env: dict[str, str]) -> None:
    for command in (["list", "--all"], ["show", "2604.22875"], ["why", "2604.22875"], ["--help"]):
        done = subprocess.run(
            [*PAPERTRIAGE, *command],
            env=bare(filled, **env),
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        assert b"\x1b" not in done.stdout
        assert done.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "--bogus"], "No such option"),
        (["bogus"], "No such command"),
        (["list", "--since", "yesterday"], "neither a date nor a time"),
        (["list", "--since", "2999-01-01"], "lies after the last day"),
        (["list", "--as-of", "2026-13-01"], "is not a date"),
        (["list", "--limit", "0"], "--limit"),
        (["list", "--limit", "-1"], "--limit"),
        (["list", "--min-score", "nan"], "--min-score"),
        (["list", "--format", "xml"], "there is no “xml”"),
        (["list", "--sort", "luck"], "there is no “luck”"),
        (["list", "--author", "—"], "holds no letter"),
        (["list", "--topic", "agnets"], "Did you mean agents?"),
        (["fetch", "hf-dayly"], "No source is called “hf-dayly”"),
        (["fetch", "--date", "2999-01-01"], "in the future"),
        (["fetch", "--to", "2026-01-01"], "--to needs a first day"),
        (["import", "/no/such/file"], "There is no file"),
        (["show", "--", "-rf"], "is not an id"),
        (["export", "--format", "docx"], "there is no “docx”"),
        (["list", "--color", "maybe"], "maybe"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_in_a_line_or_two(filled: Path, run: Any, arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode in ((2,) if arguments[0] != "show" else (3,)), done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert 1 <= done.stderr.count("\n") <= 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are_can_be_looked_at(filled: Path, run: Any, day: str) -> None:
    done = run("list", "--as-of", day, "--all", "--sort", "trending", "--format", "ids")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) == (0 if day.startswith("0") else 40)


def test_a_huge_limit_and_a_name_with_a_line_break_are_fine(filled: Path, run: Any, tmp_path: Path) -> None:
    assert run("list", "--limit", "1000000000", "--as-of", "2026-04-30").returncode == 0
    assert run("export", "--as-of", "2026-04-30", "-o", "odd\nname.md").returncode == 0
    assert (tmp_path / "odd\nname.md").exists()


@pytest.fixture
def odd_files(tmp_path: Path) -> dict[str, Path]:
    folder, loop, fifo = tmp_path / "folder", tmp_path / "loop", tmp_path / "fifo"
    folder.mkdir()
    loop.symlink_to(loop)
    os.mkfifo(fifo)
    return {"folder": folder, "loop": loop, "fifo": fifo, "zero": Path("/dev/zero")}


@pytest.mark.skipif(sys.platform == "win32", reason="files of POSIX")
@pytest.mark.parametrize("kind", ["folder", "loop", "fifo", "zero"])
@pytest.mark.parametrize("option", ["--config", "--rules"])
def test_odd_files_for_config_and_rules_end_quickly(
    filled: Path, odd_files: dict[str, Path], kind: str, option: str
) -> None:
    done = subprocess.run(
        [*PAPERTRIAGE, "list", option, str(odd_files[kind])],
        env=bare(filled),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_cache_is_told_and_its_whole_lines_are_listed(filled: Path, run: Any) -> None:
    segment = next((filled / "papers").glob("*.jsonl"))
    with segment.open("ab") as file:
        file.write(b'{"v": 1, "id": "arxiv:2611.0')
    done = run("list", "--all", "--format", "ids")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 40
    assert segment.name in done.stderr
    assert segment.name in run("export", "--as-of", "2026-04-24").stderr
    assert run("cache", "verify").returncode == 5
    (filled / "one.jsonl").write_text('{"id": "2611.00009", "title": "A new paper"}\n', encoding="utf-8")
    healed = run("import", str(filled / "one.jsonl"))
    assert healed.returncode == 0
    assert ".bad-" in healed.stderr
    assert run("cache", "verify").returncode == 0
    assert len(run("list", "--all", "--format", "ids").stdout.splitlines()) == 41


def test_a_cache_of_a_later_version_is_left_alone(filled: Path, run: Any) -> None:
    segment = next((filled / "papers").glob("*.jsonl"))
    before = segment.read_bytes() + b'{"v": 99, "id": "arxiv:2611.00009", "source": "x", "title": "t", "seen": "x"}\n'
    segment.write_bytes(before)
    (filled / "one.jsonl").write_text('{"id": "2611.00010", "title": "A new paper"}\n', encoding="utf-8")
    for command in (["list", "--all"], ["import", str(filled / "one.jsonl")]):
        done = run(*command)
        assert done.returncode == 5
        assert "newer" in done.stderr or "later" in done.stderr
    assert segment.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    script = f"umask 000; exec {sys.executable} -m papertriage quickstart --offline -o {tmp_path}/list.md"
    subprocess.run(["sh", "-c", script], env=bare(home), capture_output=True, check=True, cwd=tmp_path)
    loose = [path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]
    assert loose == []


def test_opening_gives_the_browser_one_argument(filled: Path, tmp_path: Path, run: Any) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\nprintf "%s\\n" "$#" "$1" > "$PAPERTRIAGE_HOME/opened"\n', encoding="utf-8")
    browser.chmod(0o755)
    done = run("open", "--pdf", "2604.22875", BROWSER=str(browser))
    assert done.returncode == 0, done.stderr
    assert (filled / "opened").read_text(encoding="utf-8").split("\n") == ["1", "https://arxiv.org/pdf/2604.22875", ""]


def test_a_second_writer_waits_and_then_says_who_holds_the_lock(filled: Path, run: Any) -> None:
    from papertriage.store.lock import writing

    (filled / "one.jsonl").write_text('{"id": "2611.00009", "title": "A new paper"}\n', encoding="utf-8")
    with writing(filled, timeout=1):
        done = run("import", str(filled / "one.jsonl"), PAPERTRIAGE_LOCK_TIMEOUT="1s")
        assert done.returncode == 6
        assert str(os.getpid()) in done.stderr
        assert run("list", "--all").returncode == 0, "reading needs no lock"
    assert run("import", str(filled / "one.jsonl")).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX's")
@pytest.mark.parametrize(("answer", "code", "said"), [(b"n\n", 0, "Nothing was dropped."), (b"\x04", 130, "stopped")])
def test_a_question_that_is_not_answered_with_yes_drops_nothing(
    filled: Path, run: Any, answer: bytes, code: int, said: str
) -> None:
    wanted = run("list", "--all", "--format", "ids").stdout.split()[0]
    person, terminal = os.openpty()
    os.write(person, answer)
    done = subprocess.run(
        [*PAPERTRIAGE, "forget", wanted],
        stdin=terminal,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=bare(filled, PYTHONUTF8="1"),
        timeout=60,
        check=False,
    )
    os.close(person)
    os.close(terminal)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert wanted in run("list", "--all", "--format", "ids").stdout.split()
