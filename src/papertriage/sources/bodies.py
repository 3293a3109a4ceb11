"""The body of a reply: read and decompressed within a limit, and recognised as what was asked for."""

from __future__ import annotations

import codecs
import zlib
from typing import Any, Literal

from papertriage.sources.transport import Trouble

Expect = Literal["json", "xml"]

_CHUNK = 64 * 1024
_GZIP = b"\x1f\x8b"


def read_body(raw: Any, host: str, limit: int, *, cut: bool = False) -> bytes:
    """Read a body as it is on the wire and undo its compression, never holding more than `limit` bytes.

    Args:
        raw: the urllib3 response, unread.
        limit: of the decompressed body.
        cut: give the first `limit` bytes of a larger body (an error page) instead of failing.

    Raises:
        Trouble: too large, cut short, or compressed in a way that was not asked for.
    """
    named = [part.strip().lower() for part in raw.headers.get("Content-Encoding", "").split(",")]
    codings = [part for part in named if part not in ("", "identity")]
    if len(codings) > 2 or any(part not in ("gzip", "x-gzip", "deflate") for part in codings):
        raise Trouble(f"{host} compressed its reply in a way that papertriage did not ask for.")
    decoders = [_Inflater(host) for _ in codings]
    body = bytearray()
    while len(body) <= limit and (chunk := raw.read(_CHUNK, decode_content=False)):
        for decoder in decoders:
            chunk = decoder.feed(chunk, limit + 1)
        body += chunk
    if len(body) <= limit:
        for decoder in decoders:
            decoder.finish()
        # Some servers send a compressed file and don't say so.
        if body.startswith(_GZIP):
            decoder = _Inflater(host)
            body = bytearray(decoder.feed(bytes(body), limit + 1))
            if len(body) <= limit:
                decoder.finish()
    if len(body) > limit:
        if cut:
            return bytes(body[:limit])
        raise Trouble(f"{host} sent a reply larger than {limit / 2**20:g} MiB; reading stopped there.")
    return bytes(body)


class _Inflater:
    """gzip (also of several members), zlib or raw deflate, stopped at a limit."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._engine: Any = None
        self._fed = False

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decompress, giving at most `limit` bytes; what lies beyond is dropped, the caller stops then."""
        out = b""
        while data and len(out) < limit:
            if self._engine is None or self._engine.eof:
                if self._engine is not None and not data.strip(b"\0"):
                    break  # padding after the last member
                self._engine = zlib.decompressobj(_window_bits(data))
            self._fed = True
            try:
                out += self._engine.decompress(data, limit - len(out))
            except zlib.error:
                raise Trouble(f"{self._host} sent a compressed reply that is damaged.", again=True) from None
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
        return out

    def finish(self) -> None:
        """Make sure that the end was reached: a compressed reply that is cut short looks whole otherwise."""
        if self._fed and not self._engine.eof:
            raise Trouble(f"The reply of {self._host} was cut short.", again=True)


def _window_bits(data: bytes) -> int:
    if data.startswith(_GZIP[:1]):
        return 16 + zlib.MAX_WBITS
    # RFC 9110 means zlib by deflate; some servers send the raw form.
    return zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS


def recognise(body: bytes, host: str, expect: Expect | None) -> None:
    """Refuse a body that is not even the beginning of what was asked for, though its status is 200.

    Raises:
        Trouble: empty, a message that the rate is exceeded, or a web page instead of data.
    """
    start = _start(body)
    if not start:
        raise Trouble(f"{host} sent an empty reply.", again=True)
    if start.startswith("rate exceeded"):
        raise Trouble(f"{host} says that its rate of requests is exceeded.", again=True)
    if expect is None:
        return
    if start.startswith(("<!doctype html", "<html")):
        raise Trouble(
            f"{host} sent a web page (a login, a captcha or an error) instead of the data asked for.", again=True
        )
    if not start.startswith(("[", "{") if expect == "json" else "<"):
        raise Trouble(f"{host} sent something that is not {expect.upper()}.", again=True)


def _start(body: bytes) -> str:
    """Give the first characters in lower case, without byte order mark and leading white space."""
    head = body.lstrip()[:4096]
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace").lstrip().lower()[:64]
    return head.replace(b"\0", b"").lstrip().decode("latin-1").lower()[:64]
