"""The session under ordinary conditions: manners, conditional requests, retries, pauses, redirects."""

from __future__ import annotations

import gzip
import zlib
from functools import partial

import pytest

from papertriage import __version__
from papertriage.errors import SourceError
from papertriage.sources.http import HttpStatusError, redacted


def test_it_names_itself_and_its_contact(wire, make):
    url = wire.answer("/", wire.reply(b"x"))
    make(contact="me@example.org").get(url)
    assert f"User-Agent: papertriage/{__version__} (+me@example.org)\r\n" in wire.heads[0]


def test_a_contact_cannot_add_a_header(wire, make):
    url = wire.answer("/", wire.reply(b"x"))
    make(contact="me\r\nX-Evil: 1 (é)").get(url)
    assert f"User-Agent: papertriage/{__version__} (+meX-Evil:1)\r\n" in wire.heads[0]


def test_parameters_join_the_query(wire, session):
    session.get(wire.answer("/a", wire.reply(b"x")) + "?k=1", params={"date": "2026-01-02", "p": 0})
    assert wire.paths == ["/a?k=1&date=2026-01-02&p=0"]


def test_validators_are_sent_and_304_means_not_modified(wire, session):
    url = wire.answer("/", wire.reply(b"x", ETag='"e1"', Last_Modified="Mon"), wire.reply(b"", "304 Not Modified"))
    first = session.get(url)
    assert first.validators == {"etag": '"e1"', "last_modified": "Mon"}
    again = session.get(url, **first.validators)
    assert again.not_modified
    assert again.body == b""
    assert 'If-None-Match: "e1"\r\nIf-Modified-Since: Mon\r\n' in wire.heads[1]


def test_a_validator_cannot_add_a_header(wire, session):
    session.get(wire.answer("/", wire.reply(b"x")), etag='"a"\r\nX-Evil: 1')
    assert "Evil" not in wire.heads[0]


packed = partial(gzip.compress, mtime=0)  # the same bytes in each process: they name the tests


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed(b"hello")),
        ("gzip", packed(b"hel") + packed(b"lo") + b"\0\0"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("gzip, gzip", packed(packed(b"hello"))),
        ("gzip", packed(packed(b"hello"))),
        ("identity", packed(b"hello")),
    ],
)
def test_a_compressed_body_is_unpacked(wire, session, coding, body):
    url = wire.answer("/", wire.reply(body, Content_Encoding=coding))
    assert session.get(url).body == b"hello"


def test_a_coding_that_was_not_asked_for_is_refused(wire, session):
    with pytest.raises(SourceError, match="did not ask for"):
        session.get(wire.answer("/", wire.reply(b"x", Content_Encoding="br")))


def test_a_failing_server_is_asked_three_times_with_growing_pauses(wire, session, still):
    url = wire.answer("/", wire.reply(b"", "502 Bad Gateway"))
    with pytest.raises(HttpStatusError) as caught:
        session.get(url)
    assert str(caught.value) == "127.0.0.1 is out of order (HTTP 502). The next fetch asks again."
    assert caught.value.status == 502
    assert len(wire.heads) == session.requests == 3
    assert still.pauses == [1.0, 2.0]


def test_what_comes_right_at_the_second_attempt_is_taken(wire, session, still):
    url = wire.answer("/", wire.reply(b"", "503 Service Unavailable"), wire.reply(b"good"))
    assert session.get(url).body == b"good"
    assert still.pauses == [1.0]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, "127.0.0.1 does not understand the request (HTTP 400)."),
        (401, "127.0.0.1 wants a login (HTTP 401)."),
        (403, "127.0.0.1 refuses to answer (HTTP 403)."),
        (404, "127.0.0.1 has nothing at this address (check it in config.yaml) (HTTP 404)."),
        (410, "127.0.0.1 says that this address is gone for good (remove it from config.yaml) (HTTP 410)."),
        (418, "127.0.0.1 gave an answer that papertriage can't use (HTTP 418)."),
        (206, "127.0.0.1 gave an answer that papertriage can't use (HTTP 206)."),
    ],
)
def test_a_status_that_will_not_change_is_told_at_once(wire, session, still, status, told):
    url = wire.answer("/", wire.reply(b"detail", f"{status} \x1b[31mEvil"))
    with pytest.raises(HttpStatusError) as caught:
        session.get(url)
    assert caught.value.message == told
    assert caught.value.body == (b"detail" if status >= 400 else b"")
    assert len(wire.heads) == 1
    assert not still.pauses


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ({"Retry_After": "5"}, 5.0),
        ({"Retry_After": "0"}, None),
        ({"Retry_After": "1.5"}, 1.5),
        ({"Retry_After": "60"}, 60.0),
        ({"Retry_After": "Mon, 21 Sep 2026 14:13:50 GMT"}, 30.0),
        # What cannot be meant is answered with our own pause.
        ({"Retry_After": "-5"}, 1.0),
        ({"Retry_After": "abc"}, 1.0),
        ({"Retry_After": "1e9"}, 1.0),
        ({"Retry_After": "Mon, 21 Sep 2020 14:13:50 GMT"}, 1.0),
        ({"Retry_After": "Mon, 99 Sep 99999 14:13:50 GMT"}, 1.0),
        ({"Retry_After": "٣"}, 1.0),
        ({"RateLimit": '"api";r=0;t=55'}, 55.0),
        ({"RateLimit": "nonsense"}, 1.0),
        ({}, 1.0),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_pause_that_a_host_asks_for_is_kept(wire, make, still, status, header, pause):
    still.now = 1_790_000_000.0  # Mon, 21 Sep 2026 14:13:20 GMT
    header = {name: value.encode().decode("latin-1") for name, value in header.items()}
    url = wire.answer("/", wire.reply(b"", status, **header), wire.reply(b"good"))
    assert make().get(url).body == b"good"
    assert still.pauses == ([] if pause is None else [pause])


@pytest.mark.parametrize("asked", ["61", "999999999", "Tue, 01 Jan 2099 00:00:00 GMT"])
def test_a_longer_pause_is_remembered_over_processes_and_ends_within_a_day(wire, make, still, asked):
    url = wire.answer("/", wire.reply(b"", "429 Too Many Requests", Retry_After=asked), wire.reply(b"good"))
    with pytest.raises(SourceError, match=r"gets too many requests .* a pause until 2026-09-2\d \d\d:\d\d UTC"):
        make().get(url)
    with pytest.raises(SourceError, match=r"asked not to be asked again before 2026-09-2\d"):
        make().get(url)  # another process
    assert len(wire.heads) == 1
    assert not still.pauses
    still.now += 24 * 3600 + 1
    assert make().get(url).body == b"good"


def test_a_pause_is_remembered_for_the_host_that_asks_for_it(wire, make):
    session = make(environ={"http_proxy": wire.url})
    wire.answer("/a", wire.reply(b"", "302 Found", Location="http://151.101.3.42/b"))
    wire.answer("/b", wire.reply(b"", "429 Too Many Requests", Retry_After="3600"))
    wire.answer("/c", wire.reply(b"good"))
    with pytest.raises(SourceError, match=r"151\.101\.3\.42 gets too many requests"):
        session.get("http://papers.example.org/a")
    assert session.get("http://papers.example.org/c").body == b"good"
    with pytest.raises(SourceError, match="asked not to be asked again"):
        session.get("http://151.101.3.42/c")


def test_a_pause_that_the_run_has_no_time_for_is_not_begun(wire, make, still):
    url = wire.answer("/", wire.reply(b"", "503 Service Unavailable", Retry_After="30"))
    with pytest.raises(SourceError, match="no time left in this run"):
        make(seconds=20).get(url)
    assert not still.pauses


def test_after_the_end_of_the_run_nothing_is_asked(wire, make, still):
    session = make(seconds=20)
    still.now += 21
    with pytest.raises(SourceError, match="time for this run ended"):
        session.get(wire.answer("/", wire.reply(b"x")))
    assert not wire.heads


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_followed(wire, session, status):
    url = wire.answer("/a", wire.reply(b"", status, Location="/b?x=1"))
    wire.answer("/b", wire.reply(b"there"))
    reply = session.get(url)
    assert reply.body == b"there"
    assert reply.url == wire.url + "/b?x=1"
    assert session.requests == 2


def test_redirects_in_a_circle_end(wire, session):
    url = wire.answer("/a", wire.reply(b"", "302 Found", Location="/a"))
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        session.get(url)
    assert len(wire.heads) == 6


def test_the_pace_of_a_host_is_kept(wire, session, still):
    url = wire.answer("/", wire.reply(b"x"))
    session.get(url)
    session.get(url)
    assert [round(seconds, 3) for seconds in still.slept] == [0.1]


def test_an_address_is_shown_without_login_and_query():
    url = "https://me:secret@example.org:8/x?key=canary&b"
    assert redacted(url) == "https://example.org:8/x?key=…&b=…"


def test_secrets_are_in_no_error(wire, make):
    url = wire.answer("/", wire.reply(b"", "403 Forbidden")).replace("//", "//me:canary1@") + "?key=canary2"
    session = make(environ={"HTTP_PROXY": "http://u:canary3@127.0.0.1:9"})
    for asked in (make(), session):
        with pytest.raises(SourceError) as caught:
            asked.get(url, headers={"X-Key": "canary4"})
        error = caught.value
        assert "canary" not in f"{error} {error.url} {error!r} {error.args}"
