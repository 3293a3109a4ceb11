"""Time whole processes: a small program of its own, since a child's peak memory is at least that of who started it.

    python -S timed.py < '{"runs": 5, "clock": "wall", "commands": [{"argv": [...], "env": {...}, "terminal": false}]}'

The commands are run in turn, `runs` times round, so that what slows the machine slows all of them. Prints for each a
list of runs: seconds (by the wall, or of the processor with `"clock": "cpu"`), peak resident memory in KiB, exit code,
bytes written to stdout.
"""

import fcntl
import json
import os
import pty
import struct
import sys
import termios
import time

ROWS, COLUMNS = 50, 120


def run(argv, env, *, terminal, clock):
    """Run one command and read all that it writes."""
    if terminal:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    else:
        ours, theirs = os.pipe()
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        try:
            if terminal:
                os.login_tty(theirs)
            else:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(theirs, 1)
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.closerange(3, 64)
            os.execve(argv[0], argv, env)  # noqa: S606
        finally:
            os._exit(127)
    os.close(theirs)
    written = 0
    while True:
        try:
            data = os.read(ours, 1 << 16)
        except OSError:  # how a terminal says that nobody writes to it any more
            break
        if not data:
            break
        written += len(data)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    if clock == "cpu":
        seconds = usage.ru_utime + usage.ru_stime
    os.close(ours)
    return seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status), written


def main():
    """Run what stdin says."""
    asked = json.load(sys.stdin)
    found = [[] for _ in asked["commands"]]
    for _ in range(asked["runs"]):
        for command, runs in zip(asked["commands"], found, strict=True):
            runs.append(run(command["argv"], command["env"], terminal=command["terminal"], clock=asked["clock"]))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
