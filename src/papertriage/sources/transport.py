"""One HTTP exchange over the wire, ended by a deadline that the other side cannot stretch.

requests sends it, through its adapter alone: its session would read the body of a redirect without
limit (even with `allow_redirects=False`) and would read `.netrc`. Names are looked up and connections
opened here, so that the address that was checked is the address that is connected to.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from papertriage.sources.addresses import is_private_literal, is_public

Lookup = Callable[..., list[Any]]
"""`socket.getaddrinfo`."""


class Trouble(Exception):  # noqa: N818 - what went wrong with one attempt; an error only once it is told
    """What went wrong with one attempt.

    Args:
        message: a full sentence that names the host.
        again: whether another attempt may help.
        wait: seconds that the host asked to wait.
        unreachable: no connection came about; the host need not be tried again in this run.
        host: who said so, where that need not be the host that was asked first.
        status: the HTTP status, 0 without one.
        body: the body that came with such a status.
    """

    def __init__(
        self,
        message: str,
        *,
        again: bool = False,
        wait: float | None = None,
        unreachable: bool = False,
        host: str = "",
        status: int = 0,
        body: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.again = again
        self.wait = wait
        self.unreachable = unreachable
        self.host = host
        self.status = status
        self.body = body


class Watch:
    """Ends an exchange after so many seconds by shutting its connection down.

    A time limit on each read does not: a peer that sends a byte now and then never exceeds it.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._end = monotonic() + seconds
        self._lock = threading.Lock()
        self._guards: list[socket.socket] = []
        self._timer = threading.Timer(max(0.0, seconds), self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for guard in self._guards:
                guard.close()
            self._guards.clear()

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return max(0.0, self._end - monotonic())

    def guard(self, sock: socket.socket) -> None:
        """Take a connection under watch.

        A duplicate is kept: wrapping a socket in TLS detaches the original from its connection.
        """
        with self._lock:
            self._guards.append(sock.dup())
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            for guard in self._guards:
                with suppress(OSError):
                    guard.shutdown(socket.SHUT_RDWR)


def exchange(
    url: str,
    headers: Mapping[str, str],
    *,
    watch: Watch,
    connect_seconds: float,
    environ: Mapping[str, str],
    public_only: bool,
    lookup: Lookup,
    seconds: float,
) -> requests.Response:
    """Send a GET and give the reply with its body unread.

    Args:
        environ: where the proxy and CA-bundle variables are.
        public_only: the address came from a reply, so it must be a public one.
        seconds: the time limit as it is told.

    Raises:
        Trouble: for everything that goes wrong.
    """
    host = host_of(url)
    proxy = proxy_for(url, environ)
    if proxy and public_only and is_private_literal(host):
        raise _private(host)

    def dial(name: str, port: int) -> socket.socket:
        sock = _connect(name, port, watch, connect_seconds, lookup, public_only=public_only and not proxy)
        watch.guard(sock)
        return sock

    try:
        request = requests.Request("GET", url, headers=dict(headers)).prepare()
        bundle = environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE")
        return _Adapter(dial).send(
            request,
            stream=True,
            timeout=(connect_seconds, max(watch.left, 0.001)),
            verify=bundle or True,
            proxies={urlsplit(url).scheme: proxy} if proxy else {},
        )
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise explain(error, host, watch, proxy=proxy, seconds=seconds) from error


def explain(error: Exception, host: str, watch: Watch, *, seconds: float, proxy: str | None = None) -> Trouble:
    """Turn an exception of requests, urllib3 or a socket into what the user is told."""
    causes = list(_chain(error))

    def is_any(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    told = next((cause for cause in causes if isinstance(cause, Trouble)), None)
    if told:
        return told
    if watch.expired or is_any(TimeoutError, requests.Timeout, ReadTimeoutError):
        return Trouble(f"{host} timed out: its reply was not whole after {seconds:g} s.")
    if is_any(ssl.SSLError, requests.exceptions.SSLError):
        return _untrusted(host, causes)
    if is_any(requests.exceptions.ProxyError):
        return Trouble(f"The proxy {host_of(proxy or '')} did not let us through to {host}.", unreachable=True)
    if "CA certificate bundle" in str(error):
        return Trouble("The file of certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names cannot be read.")
    if is_any(requests.exceptions.InvalidSchema, requests.exceptions.InvalidProxyURL):
        return Trouble(f"The proxy set for {host} cannot be used: only http and https proxies are known.")
    if isinstance(error, ValueError):
        return Trouble(f"The address of {host} is not valid.")
    return Trouble(f"The connection to {host} broke before the reply was whole.", again=True)


def _untrusted(host: str, causes: list[BaseException]) -> Trouble:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Trouble(f"The certificate of {host} is not accepted: {_certificate_fault(cause)}.")
    return Trouble(f"No encrypted connection to {host} came about.")


def host_of(url: str) -> str:
    """Give the host of an address in printable ASCII, `""` when there is none."""
    try:
        return _shown(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Give the proxy that the environment names for an address, or None.

    Names are read in lower case first, then in upper case, as curl and requests do.
    """

    def named(name: str) -> str:
        return environ.get(name.lower()) or environ.get(name.upper()) or ""

    parts = urlsplit(url)
    proxy = named(f"{parts.scheme}_proxy") or named("all_proxy")
    if not proxy:
        return None
    spared = [part.strip().lower() for part in named("no_proxy").split(",") if part.strip()]
    return None if any(_spares(part, parts.hostname or "", parts.port) for part in spared) else proxy


def _spares(part: str, host: str, port: int | None) -> bool:
    """Say whether one part of `NO_PROXY` means a host: `*`, `example.org`, `.example.org`, `10.0.0.0/8`."""
    if part in ("*", f"{host}:{port}"):
        return True
    name = part.lstrip("*").lstrip(".")
    if host == name or host.endswith("." + name):
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(part, strict=False)
    except ValueError:
        return False


class _Adapter(HTTPAdapter):
    """requests' adapter, with connections opened by `dial`. One a request: nothing is kept open."""

    def __init__(self, dial: Callable[[str, int], socket.socket]) -> None:
        self._dial = dial
        super().__init__(pool_connections=1, pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = _HTTPSConnection if pool.scheme == "https" else _HTTPConnection
        dial = self._dial

        def connection(*args: Any, **kwargs: Any) -> HTTPConnection:
            made = kind(*args, **kwargs)
            made.dial = dial
            return made

        pool.ConnectionCls = connection
        return pool


class _HTTPConnection(HTTPConnection):
    dial: Callable[[str, int], socket.socket]

    def _new_conn(self) -> socket.socket:
        return self.dial(self._dns_host, int(self.port or 80))


class _HTTPSConnection(HTTPSConnection):
    dial: Callable[[str, int], socket.socket]

    def _new_conn(self) -> socket.socket:
        return self.dial(self._dns_host, int(self.port or 443))


def _connect(host: str, port: int, watch: Watch, seconds: float, lookup: Lookup, *, public_only: bool) -> socket.socket:
    """Open a connection to the first address of a host that takes one."""
    found = _look_up(host, port, min(seconds, watch.left), lookup)
    if public_only and not all(is_public(str(address[0])) for *_, address in found):
        raise _private(host)
    # A dead IPv6 route must not use up the time of the IPv4 one.
    each = max(1.0, seconds / len(found))
    failure: OSError = OSError(errno.EHOSTUNREACH, "no address")
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(max(0.001, min(each, watch.left)))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(max(0.001, watch.left))  # for the TLS handshake
            return sock
    raise _not_connected(failure, host, port, seconds)


def _not_connected(failure: OSError, host: str, port: int, seconds: float) -> Trouble:
    host = _shown(host)
    if isinstance(failure, TimeoutError):
        message = f"{host} cannot be reached: no connection after {seconds:g} s."
    elif failure.errno == errno.ECONNREFUSED:
        message = f"{host} refused the connection on port {port}: nothing answers there."
    else:
        message = f"{host} cannot be reached: there is no way to it in the network."
    return Trouble(message, unreachable=True)


def _look_up(host: str, port: int, seconds: float, lookup: Lookup) -> list[Any]:
    """Look a name up in a thread: the system's resolver takes no time limit and can block for a minute."""
    result: list[Any] = []
    failure: list[Exception] = []

    def work() -> None:
        try:
            result.extend(lookup(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if result and not thread.is_alive():
        return result
    what = "gave no answer in time" if not failure else "does not know it"
    raise Trouble(
        f"{_shown(host)} cannot be found: the name service {what}; the name is wrong or there is no network.",
        unreachable=True,
    )


def _private(host: str) -> Trouble:
    return Trouble(f"A reply leads to {_shown(host)}, which is in a private network; it was not followed.")


def _certificate_fault(error: ssl.SSLCertVerificationError) -> str:
    # https://docs.openssl.org/master/man1/openssl-verification-options/ and x509_vfy.h
    known = {
        10: "it has expired (or this machine's clock is wrong)",
        9: "it is not valid yet (or this machine's clock is wrong)",
        18: "it is self-signed",
        19: "its chain ends in a self-signed certificate",
        20: "it was issued by an authority that is not known here (set REQUESTS_CA_BUNDLE behind a company proxy)",
        62: "it is for another host",
        64: "it is for another address",
    }
    return known.get(error.verify_code, "it cannot be verified")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Go through an exception and all that it wraps: urllib3 keeps causes in `reason` and `args`."""
    seen: set[int] = set()
    left: list[object] = [error]
    while left:
        current = left.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        left += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]


def _shown(host: str) -> str:
    return host.encode("ascii", "backslashreplace").decode()
