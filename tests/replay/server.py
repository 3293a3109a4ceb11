"""The server: one port on loopback for all services, since their paths tell them apart.

It can also be asked as an HTTP proxy; then the address says which service is meant, and a tool keeps the pace of
that service though nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from replay import arxiv, hugging_face, journals
from replay.answer import Answer, Asked, Route, as_json
from replay.faults import NAMES, SERVICE, WIRE, Fault, Faults, packed_whole
from replay.world import World

ROUTES: list[Route] = [*hugging_face.ROUTES, *arxiv.ROUTES, *journals.ROUTES]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "recordings"
ARRIVALS_KEPT = 10_000


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass
class Arrival:
    """A request that came in.

    Attributes:
        faults: the names of those that it had.
        began, ended: seconds, of a clock that only grows; it has not ended yet where that is infinite.
    """

    host: str
    path: str
    args: dict[str, str]
    headers: dict[str, str]
    began: float
    ended: float = math.inf
    faults: Sequence[str] = ()


@dataclass
class Replay:
    """The state of the server.

    Attributes:
        world: what there is to list.
        now: its clock.
        faults: what is switched on.
        arrivals: the last requests.
        recordings: a folder with replies of the real services, which are given where they answer what is asked.
        tell: told of each request in one line.
    """

    world: World = field(default_factory=World)
    now: Callable[[], dt.datetime] = _now
    faults: Faults = field(default_factory=Faults)
    arrivals: list[Arrival] = field(default_factory=list)
    recordings: Path | None = None
    tell: Callable[[str], None] | None = None
    url: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def switch_on(self, *faults: str) -> None:
        """Switch faults on, `NAME@/path*2`, instead of those that were."""
        self.faults.on = [Fault.parse(fault) for fault in faults]

    def asked(self, path: str) -> list[Arrival]:
        """Give the requests whose path begins so."""
        return [arrival for arrival in self.arrivals if arrival.path.startswith(path)]

    def answer(self, asked: Asked) -> Answer:
        """Find the service that a request is for and let it answer."""
        for path, serve in ROUTES:
            if found := path.fullmatch(asked.path):
                return serve(asked, *found.groups())
        return as_json({"error": "Not Found"}, 404)


@contextmanager
def serving(replay: Replay, port: int = 0) -> Iterator[Replay]:
    """Serve in a thread until the end of the block."""

    class Bound(Handler):
        served = replay

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that leave early; what is a mistake of ours is told."""
            if not isinstance(sys.exception(), OSError):
                super().handle_error(request, client_address)

    with Server(("127.0.0.1", port), Bound) as server:
        replay.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield replay
        finally:
            replay.stopping.set()
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    served: Replay
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        began = time.monotonic()
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, args = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        replay = self.served
        arrival = Arrival(parts.hostname or headers.get("host", ""), path, args, headers, began)
        with replay.lock:
            names, served_path = replay.faults.take(path, args)
            arrival.faults = names
            del replay.arrivals[:-ARRIVALS_KEPT]
            replay.arrivals.append(arrival)
        asked = Asked(
            host=arrival.host,
            path=served_path,
            args=args,
            headers=headers,
            now=replay.now(),
            world=replay.world,
            faults=frozenset(names) & SERVICE.keys(),
            recordings=replay.recordings,
        )
        try:
            broken = next((WIRE[name][1] for name in names if name in WIRE), None)
            answer = replay.answer(asked)
            with suppress(ConnectionError):
                broken(self, answer) if broken else self.send(answer)
        finally:
            arrival.ended = time.monotonic()
            if replay.tell:
                replay.tell("  ".join([self.path, *names]))

    @property
    def stopping(self) -> threading.Event:
        """Set when the server ends."""
        return self.served.stopping

    def send(self, answer: Answer) -> None:
        """Send an answer whole, compressed where the client takes that and there is something to gain."""
        body, encoding = answer.body, None
        if len(body) > 1000 and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, encoding = packed_whole(body), "gzip"
        self.head(answer, length=len(body), encoding=encoding)
        self.wfile.write(body)

    def send_again(self) -> None:
        """Redirect to the address that was asked for."""
        self.send(Answer(b"", 302, headers={"Location": self.path}))

    def head(self, answer: Answer, *, length: int | None, encoding: str | None = None) -> None:
        """Send status and headers; without a length the end of the connection ends the body."""
        self.send_response(answer.status)
        sent = {"Content-Type": answer.content_type, **answer.headers, "Connection": "close"}
        if length is not None and answer.status != 304:
            sent["Content-Length"] = str(length)
        if encoding:
            sent["Content-Encoding"] = encoding
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True

    def finish_now(self) -> None:
        """Close the connection without another byte."""
        self.close_connection = True
        self.rfile.close()  # the connection stays open while a file of it is
        self.connection.close()

    def log_message(self, *args: Any) -> None:
        """Say nothing: `Replay.tell` is told."""


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python tests/replay",
        description="Answers as the services of papertriage's sources do, from made-up papers.",
        epilog="faults: " + "; ".join(f"{name}: {told}" for name, told in NAMES.items()) + ".",
    )
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[@/path][*N]", type=Fault.parse)
    parser.add_argument("--recordings", type=Path, default=SHARED if SHARED.is_dir() else None, metavar="FOLDER")
    options = parser.parse_args(arguments)
    replay = Replay(
        faults=Faults(options.fault),
        recordings=options.recordings,
        tell=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201 - what the task is for
    )
    with serving(replay, options.port), suppress(KeyboardInterrupt):
        print(f"export PAPERTRIAGE_BASE_URL={replay.url}", flush=True)  # noqa: T201
        threading.Event().wait()
    return 0
