"""What tests of sources share: a server that speaks raw bytes, and a clock that stands still."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from papertriage.sources.http import Limits, Session
from papertriage.sources.limiter import Clock

Answer = bytes | Callable[[socket.socket], None]


def http_reply(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Write a whole HTTP/1.1 reply; `content_type="x"` becomes `Content-Type: x`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value != "-")
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


@dataclass
class Wire:
    """A server on loopback whose every byte a test decides.

    Attributes:
        answers: for a path (without query) its answers, one after another; the last one stays.
        heads: the request heads that came in.
    """

    listener: socket.socket
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    reply = staticmethod(http_reply)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [head.split(" ")[1] for head in self.heads]

    def answer(self, path: str, *answers: Answer) -> str:
        """Set the answers for a path and give its address."""
        self.answers[path] = list(answers)
        return self.url + path

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with self.lock:
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = connection.recv(65536)
                if not chunk:
                    break
                head += chunk
            if head:
                text = head.decode("latin-1")
                path = text.split(" ")[1].partition("?")[0]
                if path.startswith("http://"):  # asked as a proxy
                    path = "/" + path.split("/", 3)[3]
                with self.lock:
                    self.heads.append(text)
                    left = self.answers.get(path, [http_reply(b"", "404 Not Found")])
                    answer = left.pop(0) if len(left) > 1 else left[0]
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
        with self.lock:
            self.open_now -= 1


@pytest.fixture
def wire() -> Iterator[Wire]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Wire(listener)
        threading.Thread(target=server.serve, daemon=True).start()
        yield server


@dataclass
class StillClock:
    """Time that passes only by sleeping."""

    now: float = 1_790_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def pauses(self) -> list[float]:
        """Sleeps between attempts: without those that keep a host's pace."""
        return [round(seconds, 3) for seconds in self.slept if seconds > 0.11]

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep, random=lambda: 0.5)


@pytest.fixture
def still() -> StillClock:
    return StillClock()


@pytest.fixture
def session(tmp_path: Path, still: StillClock) -> Session:
    return make_session(tmp_path / "state", still)


def make_session(state: Path, still: StillClock, **settings: Any) -> Session:
    settings.setdefault("limits", Limits(connect_seconds=2.0, reply_seconds=5.0))
    return Session(state, clock=still.clock(), **settings)


@pytest.fixture
def make(tmp_path: Path, still: StillClock) -> Callable[..., Session]:
    """Give a function that makes sessions which share one state folder and clock."""
    return lambda **settings: make_session(tmp_path / "state", still, **settings)


@pytest.fixture(scope="session")
def update_expected() -> bool:
    """Say whether expected files are to be written anew: `UPDATE_EXPECTED=1 pytest tests/sources`."""
    return os.environ.get("UPDATE_EXPECTED") == "1"


_spec = importlib.util.spec_from_file_location("oai_archive", Path(__file__).with_name("oai_archive.py"))
assert _spec
assert _spec.loader
oai_archive = importlib.util.module_from_spec(_spec)
sys.modules["oai_archive"] = oai_archive
_spec.loader.exec_module(oai_archive)


@pytest.fixture
def archive(wire: Wire) -> Callable[..., Any]:
    """Give a function that puts records, each the arguments of an `OaiRecord`, behind OAI-PMH at `wire.url`."""

    def put(*records: dict[str, Any], **settings: Any) -> Any:
        made = [
            oai_archive.OaiRecord(**one) if isinstance(one, dict) else oai_archive.OaiRecord(*one) for one in records
        ]
        server = oai_archive.Archive(made, **settings)

        def answer(connection: socket.socket) -> None:
            query = urlsplit(wire.heads[-1].split(" ")[1]).query
            body = server.reply(dict(parse_qsl(query)))
            connection.sendall(http_reply(b"", "404 Not Found") if body is None else http_reply(body))

        wire.answer("/oai", answer)
        return server

    return put
