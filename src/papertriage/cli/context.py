"""What a command is given: settings, folders, clock and the screen. The only reader of the environment."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TextIO

import typer

from papertriage.errors import UsageError

if TYPE_CHECKING:
    from papertriage.config import Config
    from papertriage.pipeline.library import Library
    from papertriage.render.base import Look
    from papertriage.rules.terms import Rules
    from papertriage.store.log import Damage


class Options(NamedTuple):
    """The options that go anywhere on the line, as given; None where not given."""

    config: Path | None = None
    rules: Path | None = None
    color: str | None = None
    quiet: bool = False
    verbose: bool = False
    debug: bool = False


def _clock() -> dt.datetime:
    """Give the time, aware."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


class Context:
    """What every command is given.

    Attributes:
        options: the options that go anywhere.
        environ: the environment, read here and nowhere below.
        now: the clock (UTC, aware).
    """

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        *,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        now: Callable[[], dt.datetime] = _clock,
    ) -> None:
        self.options = options
        self.environ = environ
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.now = now

    @cached_property
    def config(self) -> Config:
        """The settings, each with its origin."""
        from papertriage.config import load_config

        flags = {"color": self.options.color, "rules": self.options.rules}
        config = load_config(self.options.config, self.environ, flags)
        for warning in config.warnings:
            self.warn(f"warning: {warning}")
        return config

    def load_rules(self) -> Rules:
        """Read the rules; their warnings go to stderr.

        Raises:
            RulesError: they have mistakes.
            UsageError: there are none.
        """
        from papertriage.pipeline.rules_copy import ready_rules

        rules, warnings = ready_rules(self.rules_file, self.today, self.config.folders.state)
        for warning in warnings:
            self.warn(f"warning: {warning}")
        return rules

    def taught(self, rules: Rules) -> Rules:
        """Give rules with the signal `learned` what the user's decisions teach, and tell from how many."""
        from papertriage.rules.terms import LEARNED

        if not any(signal.name == LEARNED and signal.weight for signal in rules.signals):
            return rules
        from papertriage.pipeline.learning import taught

        rules, told = taught(rules, self.library.decided(), folder=self.config.folders.state)
        if rules.judge:
            self.tell(told)
        else:
            self.warn(told)
        return rules

    @property
    def rules_file(self) -> Path:
        """The rules file of this run; it exists.

        Raises:
            UsageError: there is no such file.
        """
        path = self.config.rules
        if not path.exists():
            named = self.config.origins["rules"].kind != "default"
            hint = "Check its name." if named else "`papertriage init` writes a first file of them."
            raise UsageError(f"There are no rules at {path}.", hint)
        return path

    @property
    def data(self) -> Path:
        """The folder of the cache."""
        return self.config.data

    @cached_property
    def library(self) -> Library:
        """What is in the cache."""
        from papertriage.cli.indexing import counting
        from papertriage.pipeline.library import Library

        return Library(self.data, telling=self.warn, counting=lambda: counting(self))

    @property
    def today(self) -> dt.date:
        """This day, UTC."""
        return self.now().date()

    # What a person sees.

    @property
    def on_terminal(self) -> bool:
        """Whether a person reads stdout."""
        return self.stdout.isatty()

    @property
    def width(self) -> int:
        """Columns of the screen: COLUMNS, else the terminal's, else 80."""
        columns = self.environ.get("COLUMNS", "")
        if columns.isdigit() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    @property
    def color(self) -> bool:
        """Whether to colour stdout: the setting, else NO_COLOR, else whether it is a terminal that can."""
        if self.config.color != "auto":
            return self.config.color == "always"
        dumb = self.environ.get("TERM", "") in ("", "dumb")
        return self.on_terminal and not self.environ.get("NO_COLOR") and not dumb

    @property
    def ascii_only(self) -> bool:
        """Whether stdout cannot take more than ASCII."""
        return "utf" not in (self.stdout.encoding or "").lower()

    @property
    def look(self) -> Look:
        """What stdout can show; in a pipe the width is the reader's business."""
        from papertriage.render.base import Look

        wide = self.on_terminal or "COLUMNS" in self.environ
        return Look(width=self.width if wide else None, color=self.color, links=self.color, ascii_only=self.ascii_only)

    def write(self, text: str) -> None:
        """Put data on stdout."""
        if text:
            self.stdout.write(text if text.endswith("\n") else text + "\n")

    def tell(self, text: str) -> None:
        """Tell how it goes on stderr, unless asked to be quiet."""
        if not self.options.quiet and text:
            self._to_stderr(text)

    def warn(self, text: str) -> None:
        """Tell on stderr what the user should see even when quiet: nothing fails in silence."""
        self._to_stderr(text)

    def warn_lines(self, lines: Iterable[str]) -> None:
        """Put lines that are laid out already on stderr."""
        with suppress(OSError, ValueError):
            self.stderr.writelines(f"{line}\n" for line in lines)

    def tell_damage(self, damage: Sequence[Damage]) -> None:
        """Tell which lines of the cache could not be read or were set aside."""
        for each in damage[:5]:
            self.warn(str(each))
        if len(damage) > 5:
            self.warn(f"and {len(damage) - 5} more lines; `papertriage cache verify` names all.")

    def _to_stderr(self, text: str) -> None:
        from textwrap import wrap

        from papertriage.render.terminal import visible

        lines = [visible(line) for line in text.split("\n")]
        if self.stderr.isatty():
            lines = [part for line in lines for part in wrap(line, self.width, break_on_hyphens=False) or [""]]
        with suppress(OSError, ValueError):  # nobody is left to be told
            self.stderr.write("\n".join(lines) + "\n")

    def finish(self, code: int) -> NoReturn:
        """End the command with an exit code."""
        raise typer.Exit(int(code))

    def ids(self, given: Iterable[str]) -> Iterator[str]:
        """Give the ids of the command line; `-`, or none at all in a pipe, reads them from stdin, one a line.

        Raises:
            UsageError: there are none.
        """
        given = list(given)
        if not given and self.stdin.isatty():
            raise UsageError("Which paper?", "Name it by an id such as 2510.01265, or send ids on stdin.")
        if not given or given == ["-"]:
            yield from (line.strip() for line in self.stdin if line.strip())
        else:
            yield from given


def context_of(context: typer.Context) -> Context:
    """Give what `everywhere` put there."""
    found = context.find_object(Context)
    assert found is not None
    return found
