"""The polite HTTP session that all sources share.

It identifies itself, keeps each host's pace over all processes (`limiter.py`), asks conditionally,
tries again with growing pauses where that may help, does what `Retry-After` says, follows redirects by
hand and never into a private network, and holds every reply to limits of time and size.
"""

from __future__ import annotations

import math
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from papertriage import __version__
from papertriage.errors import SourceError
from papertriage.sources.limiter import Clock, Limiter

if TYPE_CHECKING:
    import requests

    from papertriage.sources.bodies import Expect
    from papertriage.sources.transport import Lookup, Trouble, Watch

NEXT_FETCH = "The next fetch asks again."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may take.

    Attributes:
        connect_seconds: until there is a connection.
        reply_seconds: for a whole reply with its redirects, waits for the host's pace aside.
        max_bytes: of the decompressed body.
        attempts: how often a request is sent at most.
        redirects: how many are followed.
        longest_wait: seconds; when a host asks for more the source fails for now.
    """

    connect_seconds: float = 10.0
    reply_seconds: float = 20.0
    max_bytes: int = 15 * 2**20
    attempts: int = 3
    redirects: int = 5
    longest_wait: float = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with status 200 or 304.

    Attributes:
        url: the address that answered, after redirects.
        headers: by name in lower case.
        not_modified: the copy that the validators speak of still holds; `body` is empty.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool = False

    @property
    def validators(self) -> dict[str, str]:
        """What to hand to the next conditional request: `etag` and `last_modified`."""
        named = {"etag": self.headers.get("etag"), "last_modified": self.headers.get("last-modified")}
        return {name: value for name, value in named.items() if value and len(value) <= 1000}


class HttpStatusError(SourceError):
    """A service answered with a status that is no success.

    Args:
        status: 400 to 599.
        body: the beginning of what came with it.
    """

    def __init__(self, message: str, hint: str = "", *, url: str = "", status: int, body: bytes = b"") -> None:
        super().__init__(message, hint, url=url)
        self.status = status
        self.body = body


@dataclass(slots=True)
class Session:
    """Asks services over HTTP. For one thread; sessions that share `state` keep one pace together.

    Args:
        state: the folder in whose subfolder `hosts` the pace of each host is kept.
        contact: an address that goes into the User-Agent, so that a service can complain.
        environ: where the proxy and CA-bundle variables are read from.
        seconds: how long the run may take from now on; None is for ever.
        lookup: the name service.

    Attributes:
        requests: how many requests were sent so far.
    """

    state: Path
    contact: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=Clock)
    lookup: Lookup = socket.getaddrinfo
    requests: int = 0
    _limiter: Limiter = field(init=False)
    _end: float | None = field(init=False)
    _unreachable: dict[str, tuple[float, Trouble]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._limiter = Limiter(self.state / "hosts", self.clock)
        self._end = None if self.seconds is None else self.clock.monotonic() + self.seconds

    @property
    def user_agent(self) -> str:
        """How papertriage names itself: `papertriage/0.1.0 (+me@example.org)`."""
        contact = re.sub(r"[^!-~]|[()\\]", "", self.contact or "")[:200]
        return f"papertriage/{__version__}" + (f" (+{contact})" if contact else "")

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        expect: Expect | None = None,
        headers: Mapping[str, str] | None = None,
        from_reply: bool = False,
        max_bytes: int | None = None,
        reply_seconds: float | None = None,
    ) -> Reply:
        """Ask for an address.

        Args:
            params: added to the query.
            etag, last_modified: validators of an earlier reply; 304 then gives `not_modified`.
            expect: what the body must look like; a web page in its place is a failure.
            headers: further headers, as a key; they never go to another host.
            from_reply: the address was found in a reply, not in the configuration.
            max_bytes, reply_seconds: instead of those of `limits`, for a service known to need more.

        Raises:
            HttpStatusError: the status was no success, after all attempts.
            SourceError: nothing usable came back, after all attempts.
            StorageError: the pace cannot be kept because `state` cannot be written.
        """
        from papertriage.sources.transport import Trouble, host_of

        if params:
            url += ("&" if urlsplit(url).query else "?") + urlencode(params)
        asked = {**(headers or {}), **_conditions(etag, last_modified)}
        limits = replace(
            self.limits,
            max_bytes=max_bytes or self.limits.max_bytes,
            reply_seconds=reply_seconds or self.limits.reply_seconds,
        )
        attempt = 1
        while True:
            try:
                return self._attempt(url, asked, expect, limits, from_reply=from_reply)
            except Trouble as trouble:
                pause = self._pause(trouble, attempt)
                if pause > self.limits.longest_wait:
                    until = self._limiter.ban(trouble.host or host_of(url), pause)
                    hint = f"It asks for a pause until {until:%Y-%m-%d %H:%M} UTC; a fetch after that asks it again."
                    raise _failure(trouble, url, hint) from trouble
                if not trouble.again or attempt >= self.limits.attempts:
                    raise _failure(trouble, url, NEXT_FETCH) from trouble
                if pause > self._spare():
                    raise _failure(trouble, url, f"There is no time left in this run. {NEXT_FETCH}") from trouble
            self.clock.sleep(pause)
            attempt += 1

    def _pause(self, trouble: Trouble, attempt: int) -> float:
        """Give the seconds before the next attempt: what the host asked for, or 1, 2, 4, … with jitter."""
        if trouble.wait is not None:
            return trouble.wait
        return float(2 ** (attempt - 1)) * (0.5 + self.clock.random())

    def _spare(self) -> float:
        return math.inf if self._end is None else self._end - self.clock.monotonic()

    def _attempt(
        self, url: str, asked: Mapping[str, str], expect: Expect | None, limits: Limits, *, from_reply: bool
    ) -> Reply:
        """Send one request and follow its redirects, all within `reply_seconds`."""
        from papertriage.sources.transport import Trouble, Watch, host_of

        origin = _origin(url)
        budget = limits.reply_seconds
        for _ in range(self.limits.redirects + 1):
            host = host_of(url)
            foreign = _origin(url) != origin
            spare = self._spare()
            if spare <= 0:
                raise Trouble(f"The time for this run ended before {host} could be asked.")
            self._check(url, host)
            with self._limiter.turn(host, spare=None if self._end is None else spare):
                budget = min(budget, self._spare())
                with Watch(budget) as watch:
                    answer = self._one(
                        url, {} if foreign else asked, expect, limits, watch, public_only=foreign or from_reply
                    )
                    budget = watch.left
            if isinstance(answer, Reply):
                return answer
            url = answer
        raise Trouble(f"{host_of(url)} redirects more than {self.limits.redirects} times.")

    def _check(self, url: str, host: str) -> None:
        from papertriage.sources.transport import Trouble

        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not host:
            raise Trouble(f"Only http and https addresses can be asked, not {parts.scheme[:20] or 'this one'}:.")
        known = self._unreachable.get(parts.netloc)
        if known and self.clock.monotonic() - known[0] < 60.0:
            raise known[1]

    def _one(
        self,
        url: str,
        asked: Mapping[str, str],
        expect: Expect | None,
        limits: Limits,
        watch: Watch,
        *,
        public_only: bool,
    ) -> Reply | str:
        """Send one request; give the reply, or the address that it redirects to."""
        from urllib3.exceptions import HTTPError

        from papertriage.sources.bodies import read_body, recognise
        from papertriage.sources.transport import Trouble, exchange, explain, host_of

        host = host_of(url)
        own = {"User-Agent": self.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close"}
        self.requests += 1
        try:
            response = exchange(
                url,
                {**own, **asked},
                watch=watch,
                connect_seconds=self.limits.connect_seconds,
                environ=self.environ,
                public_only=public_only,
                lookup=self.lookup,
                seconds=limits.reply_seconds,
            )
        except Trouble as trouble:
            if trouble.unreachable:
                self._unreachable[urlsplit(url).netloc] = (self.clock.monotonic(), trouble)
            raise
        status = response.status_code
        try:
            if status in (301, 302, 303, 307, 308) and response.headers.get("Location"):
                return _without_login(urljoin(url, response.headers["Location"]))
            if status == HTTPStatus.NOT_MODIFIED:
                return Reply(status, url, _lowered(response), b"", not_modified=True)
            if status != HTTPStatus.OK:
                body = read_body(response.raw, host, 256 * 1024, cut=True) if 400 <= status < 500 else b""
                raise Trouble(
                    _told(host, status),
                    again=status in (408, 429) or status >= 500,
                    wait=_asked_wait(response.headers, self.clock.now()) if status in (429, 503) else None,
                    host=host,
                    status=status,
                    body=body,
                )
            body = read_body(response.raw, host, limits.max_bytes)
            if watch.expired:  # what looks like the end of the body was our own hand
                raise TimeoutError
        except (HTTPError, OSError, ValueError) as error:
            raise explain(error, host, watch, seconds=limits.reply_seconds) from error
        finally:
            response.close()
        recognise(body, host, expect)
        return Reply(status, url, _lowered(response), body)


def redacted(url: str) -> str:
    """Give an address that can be shown: without login, and with the values of its query hidden."""
    try:
        parts = urlsplit(_without_login(url))
    except ValueError:
        return ""
    query = "&".join(f"{part.partition('=')[0]}=…" for part in parts.query.split("&") if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _failure(trouble: Trouble, url: str, hint: str) -> SourceError:
    if trouble.status:
        return HttpStatusError(trouble.message, hint, url=redacted(url), status=trouble.status, body=trouble.body)
    return SourceError(trouble.message, hint, url=redacted(url))


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    named = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    # They come from an earlier reply: nothing in them may end a header.
    return {name: value for name, value in named.items() if value and value.isascii() and value.isprintable()}


def _lowered(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Give the seconds that a host asks to wait, or None when it doesn't say so intelligibly.

    `Retry-After` (RFC 9110, 10.2.3) holds seconds or a date; huggingface.co sends `RateLimit` instead
    (`"api";r=0;t=55`, draft-ietf-httpapi-ratelimit-headers), whose `t` is the seconds left.
    """
    text = headers.get("Retry-After", "").strip()[:100]
    if not text:
        left = re.search(r";\s*t=(\d{1,10})", headers.get("RateLimit", "")[:500])
        return float(left[1]) if left else None
    if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII):
        return float(text)
    try:
        wait = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return wait if wait > 0 else None


def _told(host: str, status: int) -> str:
    """Say what a status means, in our words: the phrase that the server sends is its own text."""
    special = {
        400: "does not understand the request",
        401: "wants a login",
        403: "refuses to answer",
        404: "has nothing at this address (check it in config.yaml)",
        408: "waited too long for the request",
        410: "says that this address is gone for good (remove it from config.yaml)",
        429: "gets too many requests from here",
    }
    text = special.get(status) or ("is out of order" if status >= 500 else "gave an answer that papertriage can't use")
    return f"{host} {text} (HTTP {status})."
