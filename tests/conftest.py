"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew from what is shown now")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder with recordings of real services; a clone elsewhere has none and skips."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared folder with recordings beside this checkout")
    return SHARED
