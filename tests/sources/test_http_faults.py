"""The session under faults: peers that drip, lie, cut, bloat and mislead."""

from __future__ import annotations

import gzip
import resource
import socket
import threading
import time
from contextlib import suppress

import pytest

from papertriage.errors import SourceError
from papertriage.sources.http import Limits

SHORT = Limits(connect_seconds=0.4, reply_seconds=0.4)


def endlessly(start: bytes, more: bytes, pause: float = 0.0):
    """Make an answer that never ends."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        with suppress(OSError):
            while True:
                connection.sendall(more)
                time.sleep(pause)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(endlessly(HEAD, b"x", 0.05), id="a body that drips"),
        pytest.param(endlessly(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05), id="a header that drips"),
        pytest.param(endlessly(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.05), id="a body without length that drips"),
        pytest.param(endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001), id="endless 100 Continue"),
        pytest.param(endlessly(b"", b"", 0.05), id="nothing at all"),
        pytest.param(
            endlessly(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
            id="chunks that drip",
        ),
    ],
)
def test_a_reply_ends_after_its_time_whatever_the_peer_does(wire, make, answer):
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        make(limits=SHORT).get(wire.answer("/", answer))
    assert time.monotonic() - began < 2
    assert str(caught.value) == ("127.0.0.1 timed out: its reply was not whole after 0.4 s. The next fetch asks again.")
    assert len(wire.heads) == 1, "what took all its time is not tried again"


def test_a_slow_service_can_be_given_more_time(wire, make):
    def late(connection: socket.socket) -> None:
        time.sleep(0.6)
        connection.sendall(wire.reply(b"there"))

    assert make(limits=SHORT).get(wire.answer("/", late), reply_seconds=5.0).body == b"there"


def test_headers_without_end_are_a_failure(wire, make, still):
    with pytest.raises(SourceError, match=r"broke before the reply was whole|timed out"):
        make().get(wire.answer("/", endlessly(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1000)))


def test_the_body_of_a_redirect_is_not_read(wire, make):
    began = time.monotonic()
    start = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Encoding: gzip\r\n\r\n"
    url = wire.answer("/a", endlessly(start, gzip.compress(bytes(2**20))))
    wire.answer("/b", wire.reply(b"there"))
    assert make().get(url).body == b"there"
    assert time.monotonic() - began < 1


def test_a_body_without_end_is_stopped_at_the_limit(wire, make):
    session = make(limits=Limits(max_bytes=2**20))
    with pytest.raises(SourceError, match=r"larger than 1 MiB; reading stopped there\."):
        session.get(wire.answer("/", endlessly(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)))


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb_is_stopped_at_the_limit(wire, make, layers):
    bomb = gzip.compress(bytes(300 * 2**20), 1)
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    coding = ", ".join(["gzip"] * layers)
    for url in (
        wire.answer("/", wire.reply(bomb, Content_Encoding=coding)),
        wire.answer("/unnamed", wire.reply(bomb, Content_Encoding="gzip")),
    ):
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"larger than 15 MiB"):
            make(limits=Limits()).get(url)
        assert time.monotonic() - began < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", id="fewer bytes than Content-Length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf", id="a chunk that is cut"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", id="no last chunk"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"whole" * 100)[:-9],
            id="gzip that is cut",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip", id="gzip that is none"),
        pytest.param(b"HTTP/1.1 2", id="a head that is cut"),
        pytest.param(b"", id="a connection closed at once"),
        pytest.param(b"garbage\r\n\r\n", id="no HTTP"),
    ],
)
def test_a_reply_that_is_cut_short_is_a_failure_and_tried_again(wire, session, answer):
    with pytest.raises(SourceError, match=r"cut short|broke before|is damaged"):
        session.get(wire.answer("/", answer))
    assert len(wire.heads) == 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "sent an empty reply"),
        (b" \n\n", "sent an empty reply"),
        (b"Rate exceeded.", "says that its rate of requests is exceeded"),
        (b"<!DOCTYPE html><p>captcha", "sent a web page (a login, a captcha or an error)"),
        (b"\xef\xbb\xbf \n<HTML>", "sent a web page"),
        ("<html>".encode("utf-16"), "sent a web page"),
        (b"plain", "sent something that is not"),
    ],
)
@pytest.mark.parametrize("expect", ["json", "xml"])
def test_what_is_not_the_data_asked_for_is_a_failure_and_tried_again(wire, session, body, told, expect):
    url = wire.answer("/", wire.reply(body), wire.reply(b"[]" if expect == "json" else b"<rss/>"))
    assert session.get(url, expect=expect).status == 200
    wire.answer("/", wire.reply(body))
    with pytest.raises(SourceError) as caught:
        session.get(url, expect=expect)
    assert told in str(caught.value)


def test_a_port_where_nothing_answers_is_told_at_once_and_not_tried_again(make, still):
    session = make()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(SourceError, match=rf"127\.0\.0\.1 refused the connection on port {port}"):
            session.get(f"http://127.0.0.1:{port}/")
    assert time.monotonic() - began < 1
    assert session.requests == 1
    assert not still.pauses


def test_a_name_that_is_not_known_is_told_at_once_and_looked_up_once(make, still):
    asked = []

    def lookup(*args, **kwargs):
        asked.append(args)
        raise socket.gaierror(-2, "Name or service not known")

    session = make(lookup=lookup)
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            session.get("https://papers.example.org/x")
    assert str(caught.value) == (
        "papers.example.org cannot be found: the name service does not know it; "
        "the name is wrong or there is no network. The next fetch asks again."
    )
    assert len(asked) == 1
    assert not still.slept


def test_a_name_service_that_hangs_is_not_waited_for(make):
    release = threading.Event()
    began = time.monotonic()
    with pytest.raises(SourceError, match="the name service gave no answer in time"):
        make(limits=SHORT, lookup=lambda *_, **__: [release.wait(5)]).get("https://papers.example.org/")
    assert time.monotonic() - began < 2
    release.set()


def test_a_host_that_takes_no_connection_is_given_up_after_the_time_for_that(make):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(address)
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"cannot be reached: no connection after 0\.4 s|timed out"):
            make(limits=SHORT).get(f"http://127.0.0.1:{address[1]}/")
        assert time.monotonic() - began < 3
        for one in waiting:
            one.close()


def test_the_second_address_of_a_host_is_tried(wire, make):
    dead = socket.create_server(("127.0.0.1", 0))
    port = dead.getsockname()[1]
    dead.close()
    wire.answer("/", wire.reply(b"x"))

    def lookup(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", p)) for p in (port, wire.port)]

    assert make(lookup=lookup).get("http://papers.example.org/").body == b"x"
