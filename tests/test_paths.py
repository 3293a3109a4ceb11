"""Where files live."""

from __future__ import annotations

from pathlib import Path

import pytest

from papertriage.errors import UsageError
from papertriage.paths import find_folders


def test_one_variable_puts_everything_into_one_folder(tmp_path: Path) -> None:
    folders = find_folders({"PAPERTRIAGE_HOME": str(tmp_path)})
    assert {folders.config, folders.data, folders.state} == {tmp_path}
    assert folders.config_file == tmp_path / "config.yaml"
    assert folders.rules_file == tmp_path / "rules.yaml"


def test_a_relative_home_becomes_absolute() -> None:
    assert find_folders({"PAPERTRIAGE_HOME": "here"}).data == Path("here").absolute()


def test_the_folders_of_the_desktop_standard_hold(tmp_path: Path) -> None:
    environ = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")}
    folders = find_folders(environ)
    assert folders.config == tmp_path / "config" / "papertriage"
    assert folders.data == tmp_path / "data" / "papertriage"
    assert folders.state == tmp_path / "state" / "papertriage"


@pytest.mark.parametrize("environ", [{}, {"PAPERTRIAGE_HOME": ""}, {"XDG_CONFIG_HOME": "relative"}])
def test_without_a_word_the_platform_says_where(environ: dict[str, str]) -> None:
    folders = find_folders(environ)
    assert "papertriage" in folders.config.parts
    assert all(folder.is_absolute() for folder in (folders.config, folders.data, folders.state))


def test_no_home_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_self: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(UsageError, match="Set PAPERTRIAGE_HOME to a folder of yours"):
        find_folders({"PAPERTRIAGE_HOME": "~/papers"})
