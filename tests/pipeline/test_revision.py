from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from papertriage.errors import RulesError, UsageError
from papertriage.pipeline.revision import rules_at

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")

OLD = "version: 1\nfollow: {authors: [Ada Example]}\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Give a rules file in a folder of a repository; one commit knows it as it was."""
    folder = tmp_path / "repository" / "papers"
    folder.mkdir(parents=True)
    file = folder / "rules.yaml"
    file.write_text(OLD, "utf-8")
    (folder / "broken.yaml").write_text("version: 1\nfolow: {}\n", "utf-8")
    (folder / "builds.yaml").write_text("version: 1\ninclude: [rules.yaml, ../shared.yaml]\n", "utf-8")
    (folder / "lacks.yaml").write_text("version: 1\ninclude: none.yaml\n", "utf-8")
    (folder.parent / "shared.yaml").write_text("version: 1\nfollow: {authors: [Grace Other]}\n", "utf-8")
    (folder / "latin.yaml").write_bytes(b"version: 1 # caf\xe9\n")
    for command in (
        ["init", "-q", str(folder.parent)],
        ["add", "..", "."],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True, capture_output=True)
    file.write_text("version: 1\n", "utf-8")
    (folder.parent / "shared.yaml").write_text("version: 1\nfollow: {authors: [Nobody Else]}\n", "utf-8")
    return file


@pytest.mark.parametrize("revision", ["HEAD", "HEAD:papers/rules.yaml", "HEAD:./rules.yaml"])
def test_the_rules_of_a_revision_are_read(rules: Path, revision: str) -> None:
    found = rules_at(revision, rules)
    assert [author.name for author in found.follow] == ["Ada Example"]
    assert found.file.startswith("HEAD:")


def test_a_link_to_the_rules_leads_to_their_repository(rules: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(rules)
    assert rules_at("HEAD", link).file == "HEAD:./rules.yaml"


def test_mistakes_of_then_are_told_with_their_revision(rules: Path) -> None:
    with pytest.raises(RulesError, match=r"^HEAD:papers/broken.yaml:2:1: unknown key `folow`"):
        rules_at("HEAD:papers/broken.yaml", rules)
    with pytest.raises(RulesError, match="is no UTF-8"):
        rules_at("HEAD:papers/latin.yaml", rules)


@pytest.mark.parametrize("revision", ["HEAD:papers/builds.yaml", "HEAD:./builds.yaml"])
def test_included_files_are_read_as_they_were_then(rules: Path, revision: str) -> None:
    found = rules_at(revision, rules)
    assert [author.name for author in found.follow] == ["Ada Example", "Grace Other"]
    assert all(author.place.file.startswith("HEAD:") for author in found.follow)
    with pytest.raises(RulesError, match=r"there is no file `HEAD:papers/none\.yaml`"):
        rules_at("HEAD:papers/lacks.yaml", rules)


@pytest.mark.parametrize("revision", ["nope", "HEAD~9", "HEAD:nope.yaml", "-x", "--help", "", "HEAD:papers"])
def test_what_is_no_revision_is_told_so(rules: Path, revision: str) -> None:
    with pytest.raises(UsageError, match=r"is no file, and git knows|neither a file nor a revision"):
        rules_at(revision, rules)


def test_rules_outside_a_repository_are_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a git repository"):
        rules_at("HEAD", tmp_path / "rules.yaml")


def test_without_git_files_alone_can_be_named(rules: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="no git to ask"):
        rules_at("HEAD", rules)
