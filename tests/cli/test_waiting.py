"""One line for a person who waits."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest

from papertriage.cli.waiting import waiting_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def context(stderr: io.StringIO, *, quiet: bool = False) -> Any:
    return SimpleNamespace(stderr=stderr, options=SimpleNamespace(quiet=quiet))


def test_a_person_sees_a_line_that_goes_away_also_when_interrupted() -> None:
    own = context(Terminal())

    def interrupted() -> None:
        with waiting_for(own, "Trying changes on 9 papers"):
            assert own.stderr.getvalue() == "Trying changes on 9 papers …"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert own.stderr.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize("own", [context(io.StringIO()), context(Terminal(), quiet=True)])
def test_programs_and_who_wants_quiet_see_none(own: Any) -> None:
    with waiting_for(own, "Trying"):
        pass
    assert own.stderr.getvalue() == ""
