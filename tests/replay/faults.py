"""What can go wrong, by name.

A fault is written `NAME`, `NAME@/path` (only there), `NAME*2` (the first two times) or `NAME@/path*2`. A client can
ask for one itself: under `/~NAME` or `/~NAME*2` is the same server with that fault.
"""

from __future__ import annotations

import datetime as dt
import re
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from replay.answer import Answer

Send = Callable[[Any, Answer], None]
"""Given the request's handler (its `send`, `wfile` and `connection`) and the answer that was due, breaks it."""

SERVICE: dict[str, tuple[str, str, str]] = {
    "stale": ("arXiv's feed repeats the announcement before under today's date", "/rss/", ""),
    "token-expired": ("OAI-PMH answers a resumption token with badResumptionToken", "/oai", "resumptionToken"),
    "empty-page": ("arXiv's query API gives no entries though there are some", "/api/query", ""),
    "short-page": ("arXiv's query API gives half of a page", "/api/query", ""),
    "page-size": ("bioRxiv gives smaller pages from the second one on", "/details/", ""),
    "inflated-total": ("bioRxiv says that there is one record more than it gives", "/details/", ""),
    "history-gone": ("PubMed has lost the result that it kept on its history server", "/entrez/", "WebEnv"),
}
"""Faults that change what a service says; and the path, and the parameter, of the requests that have them."""

CAPTCHA = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Are you human?</body></html>"


def status(code: int, body: bytes = b"", **headers: str) -> Send:
    def send(handler: Any, _: Answer) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send(Answer(body, code, "text/html; charset=utf-8", named))

    return send


def instead(body: bytes, content_type: str = "text/html; charset=utf-8") -> Send:
    return lambda handler, _: handler.send(Answer(body, 200, content_type))


def too_many(seconds: int) -> Send:
    """Ask for a pause by a date; dates have whole seconds, so it is up to one second shorter."""

    def send(handler: Any, _: Answer) -> None:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
        handler.send(Answer(b"", 429, headers={"Retry-After": format_datetime(until, usegmt=True)}))

    return send


def reset(handler: Any, _: Answer) -> None:
    """Close the connection with RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.finish_now()


def cut(handler: Any, answer: Answer) -> None:
    """Announce the whole body and send half of it."""
    handler.head(answer, length=max(2, len(answer.body)))
    handler.wfile.write(answer.body[: len(answer.body) // 2])
    handler.finish_now()


def cut_gzip(handler: Any, answer: Answer) -> None:
    """Send half of a compressed body as if it were all: only its own end mark tells."""
    packed = packed_whole(answer.body)
    half = packed[: len(packed) // 2]
    handler.head(answer, length=len(half), encoding="gzip")
    handler.wfile.write(half)


def drip(handler: Any, answer: Answer) -> None:
    """Send a byte now and then, until the other side has enough."""
    handler.head(answer, length=max(100_000, len(answer.body)))
    for sign in answer.body.ljust(100_000):
        handler.wfile.write(bytes([sign]))
        handler.wfile.flush()
        if handler.stopping.wait(0.05):
            break
    handler.finish_now()


def bomb(handler: Any, answer: Answer) -> None:
    """Send a gigabyte of nothing, packed into a megabyte."""
    handler.head(answer, length=None, encoding="gzip")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(1024):
        handler.wfile.write(packer.compress(bytes(2**20)))
    handler.wfile.write(packer.flush())


def slow(handler: Any, answer: Answer) -> None:
    """Answer after two seconds."""
    handler.stopping.wait(2)
    handler.send(answer)


def packed_whole(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


WIRE: dict[str, tuple[str, Send]] = {
    "429": ("HTTP 429 without a word on when to come back", status(429)),
    "429-seconds": ("HTTP 429, Retry-After: 1", status(429, Retry_After="1")),
    "429-date": ("HTTP 429, Retry-After with a date three seconds ahead", too_many(3)),
    "429-long": ("HTTP 429, Retry-After: 7200", status(429, Retry_After="7200")),
    "500": ("HTTP 500", status(500)),
    "503": ("HTTP 503", status(503)),
    "503-seconds": ("HTTP 503, Retry-After: 1", status(503, Retry_After="1")),
    "403": ("HTTP 403", status(403)),
    "404": ("HTTP 404", status(404)),
    "reset": ("the connection is reset", reset),
    "cut": ("the reply is cut in the middle", cut),
    "cut-gzip": ("a compressed reply is cut in the middle, and its length agrees", cut_gzip),
    "drip": ("the reply drips, a byte every 50 ms", drip),
    "slow": ("the reply comes after two seconds", slow),
    "gzip-bomb": ("a compressed reply of a gigabyte", bomb),
    "redirect-file": ("a redirect to file:///etc/passwd", status(302, Location="file:///etc/passwd")),
    "redirect-ftp": ("a redirect to ftp:", status(302, Location="ftp://ftp.example.org/x")),
    "redirect-private": ("a redirect into the private network", status(302, Location="http://169.254.169.254/")),
    "redirect-loop": ("a redirect to itself", lambda handler, _: handler.send_again()),
    "captcha": ("a web page with a captcha, status 200", instead(CAPTCHA)),
    "empty": ("an empty body, status 200", instead(b"")),
    "rate-exceeded": ("the text `Rate exceeded.`, status 200", instead(b"Rate exceeded.", "text/plain")),
}
"""Faults of the transport: what each does to an answer."""

NAMES: Mapping[str, str] = {name: told[0] for name, told in [*WIRE.items(), *SERVICE.items()]}


@dataclass
class Fault:
    """A fault that is switched on.

    Attributes:
        path: only requests whose path begins so have it.
        left: how many more requests have it; None for all.
    """

    name: str
    path: str = "/"
    left: int | None = None

    def has(self, path: str, args: Mapping[str, str]) -> bool:
        """Say whether a request has it."""
        _, own, parameter = SERVICE.get(self.name, ("", "/", ""))
        concerns = path.startswith(self.path) and path.startswith(own) and (not parameter or parameter in args)
        return concerns and self.left != 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `NAME@/path*2`.

        Raises:
            ValueError: there is no such fault.
        """
        found = re.fullmatch(r"([\w-]+)(?:@(/[^*]*))?(?:\*(\d+))?", text, re.ASCII)
        if not found or found[1] not in NAMES:
            raise ValueError(f"There is no fault {text!r}. There are {', '.join(NAMES)}.")
        return cls(found[1], found[2] or "/", int(found[3]) if found[3] else None)


@dataclass
class Faults:
    """The faults that are switched on: everywhere, or for those who ask for them in the address (`/~503*1/api/…`)."""

    on: list[Fault] = field(default_factory=list)
    asked_for: dict[str, Fault] = field(default_factory=dict)

    def take(self, path: str, args: Mapping[str, str]) -> tuple[list[str], str]:
        """Give the names of those that a request has, and count it; and the path without them."""
        found = list(self.on)
        if parts := re.fullmatch(r"/~([^/]+)(/.*)", path):
            name, path = parts.groups()
            with suppress(ValueError):  # the path then leads nowhere
                found.append(self.asked_for.setdefault(name, Fault.parse(name)))
        found = [fault for fault in found if fault.has(path, args)]
        for fault in found:
            if fault.left is not None:
                fault.left -= 1
        return [fault.name for fault in found], path
