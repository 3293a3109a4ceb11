"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test is timed: machines are noisy. In CI the same examples are tried each time, so that a change is
# judged by what it changed; on a developer's machine they differ, and find more.
settings.register_profile(
    "papertriage", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("papertriage")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew from what is shown now")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder with recordings of real services; a clone elsewhere has none and skips."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared folder with recordings beside this checkout")
    return SHARED
