"""The ready copy of the rules: the same answer as reading them, or no answer at all."""

from __future__ import annotations

import datetime as dt
import os
import stat
from pathlib import Path

import pytest

from papertriage.errors import RulesError
from papertriage.pipeline import rules_copy
from papertriage.pipeline.rules_copy import FILE_NAME, ready_rules
from papertriage.rules.load import check_rules

TODAY = dt.date(2026, 11, 25)

RULES = r"""
version: 1
include: base.yaml
match: {fuzzy: 82, fields: {abstract: 1, title: 3}}
min_score: 0.5
exclude: {any: [retraction notice, {term: erratum, fuzzy: 90}], categories: [q-fin.*]}
topics:
  - name: agents
    weight: 2
    any: [language agent, {regex: 'LLaMA-?\d'}, {near: [learning, curve], within: 3}, {term: Erdős, weight: 1.5}]
    all: [model]
    none: [time series]
    authors: {Chelsea Finn: 5}
    categories: [cs.CL]
    sources: [hf-daily]
    min_score: 1
    at_most: 3
    until: 2026-12-01
    comment: for the survey
    examples: {match: [A language agent], no_match: [A travel agent]}
follow: {authors: [Zeyuan Allen-Zhu]}
signals: {recency: {weight: 1, half_life: 14d}, upvotes: {weight: 0.5}}
"""
BASE = "version: 1\ntopics:\n  - {name: shared, any: [point cloud]}\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


def is_from_copy(path: Path, state: Path, today: dt.date = TODAY) -> bool:
    """Ask for the rules, hold them to those that are read, and say whether the copy was left as it was."""
    before = (state / FILE_NAME).stat().st_ino
    assert ready_rules(path, today, state) == check_rules(path, today)
    return (state / FILE_NAME).stat().st_ino == before


def test_rules_from_the_copy_are_those_of_the_files(rules: Path, state: Path) -> None:
    assert ready_rules(rules, TODAY, state) == check_rules(rules, TODAY)
    assert is_from_copy(rules, state)
    term = ready_rules(rules, TODAY, state)[0].topics[1].any[1]
    assert term.look_for.compiled.search("LLaMA-2")
    assert list(term.fields) == ["abstract", "title"]


@pytest.mark.parametrize("name", ["rules.yaml", "base.yaml"])
def test_a_changed_file_is_read_anew_even_if_only_its_letters_changed(rules: Path, state: Path, name: str) -> None:
    ready_rules(rules, TODAY, state)
    path = rules.with_name(name)
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace("agent", "agenz").replace("cloud", "clown"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_from_copy(rules, state)
    assert is_from_copy(rules, state)


def test_a_broken_or_missing_file_is_told_of_and_mending_it_brings_the_copy_back(rules: Path, state: Path) -> None:
    ready_rules(rules, TODAY, state)
    for path in (rules, rules.with_name("base.yaml")):
        text = path.read_text("utf-8")
        path.write_text(text + "nonsense: 1\n", encoding="utf-8")
        with pytest.raises(RulesError, match="unknown key"):
            ready_rules(rules, TODAY, state)
        path.unlink()
        with pytest.raises(RulesError, match=r"no (such )?file"):
            ready_rules(rules, TODAY, state)
        path.write_text(text, encoding="utf-8")
        assert is_from_copy(rules, state)


def test_a_link_that_leads_elsewhere_is_read_anew(rules: Path, state: Path) -> None:
    base, other = rules.with_name("base.yaml"), rules.with_name("other.yaml")
    base.rename(other)
    base.symlink_to(other)
    ready_rules(rules, TODAY, state)
    assert is_from_copy(rules, state)
    base.unlink()
    base.write_text(BASE, encoding="utf-8")
    assert not is_from_copy(rules, state)


def test_a_pipe_in_the_place_of_the_rules_keeps_nobody_waiting(rules: Path, state: Path) -> None:
    ready_rules(rules, TODAY, state)
    rules.unlink()
    os.mkfifo(rules)
    with pytest.raises(RulesError, match="not a regular file"):
        ready_rules(rules, TODAY, state)


def test_warnings_come_from_the_copy_too_and_the_end_of_a_topic_is_seen(rules: Path, state: Path) -> None:
    rules.write_text(RULES.replace("[model]", "[model, model]"), encoding="utf-8")
    ready_rules(rules, TODAY, state)
    assert is_from_copy(rules, state)
    assert len(ready_rules(rules, TODAY, state)[1]) == 1
    later = dt.date(2026, 12, 2)
    assert not is_from_copy(rules, state, later)
    assert is_from_copy(rules, state, later)
    assert len(ready_rules(rules, later, state)[1]) == 2


def test_the_same_file_by_another_name_is_read_anew_for_places_name_it(
    rules: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_rules(rules, TODAY, state)
    monkeypatch.chdir(rules.parent)
    assert not is_from_copy(Path("rules.yaml"), state)
    elsewhere = rules.parent / "elsewhere"
    elsewhere.mkdir()
    for name in ("rules.yaml", "base.yaml"):
        (elsewhere / name).write_bytes(rules.with_name(name).read_bytes())
    monkeypatch.chdir(elsewhere)
    assert not is_from_copy(Path("rules.yaml"), state)


def test_a_damaged_copy_is_written_anew(rules: Path, state: Path) -> None:
    ready_rules(rules, TODAY, state)
    copy = state / FILE_NAME
    data = copy.read_bytes()
    middle = len(data) // 2
    for damaged in (b"", data[:3], data[:middle], data[:middle] + b"\xc1" + data[middle + 1 :], data + b"\0"):
        copy.write_bytes(damaged)
        assert not is_from_copy(rules, state)
        assert copy.read_bytes() == data


def test_a_copy_by_another_papertriage_is_written_anew(
    rules: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_rules(rules, TODAY, state)
    monkeypatch.setattr(rules_copy, "__version__", "0.0.1")
    assert not is_from_copy(rules, state)


def test_the_copy_is_for_its_owner_alone(rules: Path, state: Path) -> None:
    ready_rules(rules, TODAY, state)
    assert stat.S_IMODE((state / FILE_NAME).stat().st_mode) == 0o600


def test_where_no_copy_can_be_the_rules_are_read(rules: Path, state: Path) -> None:
    (state / FILE_NAME).mkdir()
    assert ready_rules(rules, TODAY, state) == check_rules(rules, TODAY)
    nowhere = state / "nowhere"
    assert ready_rules(rules, TODAY, nowhere) == check_rules(rules, TODAY)
    assert not nowhere.exists()
