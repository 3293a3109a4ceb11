"""The command line: `main()`, and the one place where an exception becomes a message and an exit code."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from papertriage.errors import ExitCode, InputFileError, PapertriageError


class _Ended(BaseException):
    """A signal asks the process to end; Ctrl-C too, since typer ends a KeyboardInterrupt in its own way."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.exit_code = 128 + signum


def main() -> NoReturn:
    """Run the command of `sys.argv` and leave the process with its exit code."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if signum := getattr(signal, name, None):
            signal.signal(signum, _end)
    # What is read from the cache lives to the end: looking through it for garbage again and again is a fifth of a list.
    gc.set_threshold(200_000, 20, 100)
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            # A character that the terminal's encoding lacks is replaced, never an error.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    code = run(sys.argv[1:])
    # Past this point nothing is left to do or to save; leaving at once keeps a closed pipe quiet.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = ExitCode.CLOSED_PIPE
    except OSError as error:
        _say(f"standard output: {error.strerror or error}.")
        code = ExitCode.STORAGE
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(int(code))


def _open_streams() -> None:
    """Give a stream that the parent has closed (`papertriage list >&-`) a place to go."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - kept to the end


def run(argv: Sequence[str]) -> int:
    """Run one command and give its exit code; every expected failure is one or two lines on stderr."""
    debug = "--debug" in argv
    try:
        return _dispatch(argv)
    except _Ended as ended:
        _say("interrupted; what was saved stays saved.")
        return ended.exit_code
    except SystemExit as ended:
        # How typer leaves when the reader of a pipe has gone.
        if isinstance(ended.__context__, BrokenPipeError):
            return ExitCode.CLOSED_PIPE
        return ended.code if isinstance(ended.code, int) else ExitCode.BUG
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        return _explain(error)


def _dispatch(argv: Sequence[str]) -> int:
    from papertriage.cli.app import hoisted, lean

    words = hoisted(argv)
    code = lean(words)(args=words, prog_name="papertriage", standalone_mode=False)
    return int(code or 0)


def _explain(error: Exception) -> int:
    """Say what went wrong in one or two lines and give the exit code."""
    from typer.exceptions import Abort, TyperException

    if isinstance(error, InputFileError):
        _show_faults(error)
        return error.exit_code
    if isinstance(error, PapertriageError):
        _say(str(error))
        return error.exit_code
    if isinstance(error, Abort):  # a question that was answered with the end of input
        _say("stopped; nothing was done.")
        return ExitCode.INTERRUPTED
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        is_help = type(error).__name__ == "NoArgsIsHelpError"
        _say(error.format_message(), prefix=not is_help)
        if context is not None and not is_help:
            _say(f"Try `{context.command_path} --help`.", prefix=False)
        return error.exit_code
    if isinstance(error, OSError) and error.filename is None:
        # Files of the cache raise StorageError; what is left without a name is standard output.
        _say(f"standard output: {error.strerror or error}.")
        return ExitCode.STORAGE
    if isinstance(error, OSError):
        _say(f"{error.filename}: {error.strerror or error}.")
        return ExitCode.STORAGE
    if isinstance(error, MemoryError):
        _say("out of memory; nothing that was saved is lost.")
        return ExitCode.BUG
    _say(f"an internal error: {type(error).__name__}: {error}. This is a bug; `--debug` shows where.")
    return ExitCode.BUG


def _show_faults(error: InputFileError) -> None:
    """Name every mistake in a file of the user's, each with its line and a caret under the place."""
    from papertriage.render.faults import fault_lines

    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        width = 80
    ascii_only = "utf" not in (getattr(sys.stderr, "encoding", None) or "").lower()
    for fault in error.faults:
        message, *source = fault_lines(fault, width=width, ascii_only=ascii_only)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write("\n".join([*_wrapped(message, width), *source]) + "\n")


def _wrapped(message: str, width: int) -> list[str]:
    """Break a message at its words where a person looks on."""
    if not sys.stderr.isatty():
        return [message]
    from textwrap import wrap

    return wrap(message, width, break_on_hyphens=False) or [message]


def _say(text: str, *, prefix: bool = True) -> None:
    from papertriage.render.terminal import visible

    lines = [visible(line) for line in text.split("\n")]
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(("papertriage: " if prefix else "") + "\n".join(lines) + "\n")


def _end(signum: int, _frame: FrameType | None) -> NoReturn:
    raise _Ended(signum)
