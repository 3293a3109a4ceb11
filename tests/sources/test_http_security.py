"""Where the session must not go, what it must not send, and whom it must not trust."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from shutil import which

import pytest

from papertriage.errors import SourceError
from papertriage.sources.addresses import is_private_literal, is_public


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "no address"),
    ],
)
def test_private_addresses_are_known_in_every_form(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["151.101.3.42", "2a04:4e42::42", "::ffff:151.101.3.42"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0", "127.1", "localhost", "LOCALHOST.", "x.localhost", "[::1]", "10.0.0.1"]
)
def test_spellings_of_private_addresses_are_seen_through(host):
    assert is_private_literal(host)
    assert not is_private_literal("arxiv.org")


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1:{other}/", "http://2130706433:{other}/", "http://0x7f000001:{other}/"),
        *("http://[::ffff:127.0.0.1]:{other}/", "http://localhost:{other}/", "http://0:{other}/"),
        "//127.0.0.1:{other}/",
    ],
)
def test_a_redirect_into_the_private_network_is_not_followed(wire, session, target):
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.05)
        url = wire.answer("/", wire.reply(b"", "302 Found", Location=target.format(other=other.getsockname()[1])))
        with pytest.raises(SourceError, match="is in a private network; it was not followed"):
            session.get(url)
        with pytest.raises(TimeoutError):
            other.accept()
    assert len(wire.heads) == 1


def test_an_address_from_a_reply_must_be_public_and_one_from_the_config_need_not(wire, session):
    url = wire.answer("/", wire.reply(b"x"))
    assert session.get(url).body == b"x"
    with pytest.raises(SourceError, match="private network"):
        session.get(url, from_reply=True)


def test_a_name_that_turns_private_between_two_lookups_is_looked_up_once(wire, make):
    answers = [("151.101.3.42", 80), ("127.0.0.1", wire.port)]
    asked = []

    def lookup(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answers[len(asked) - 1])]

    # The address that was checked is the one connected to: the test network blocks it, nothing reaches us.
    with pytest.raises(Exception, match=r"151\.101\.3\.42|cannot be reached"):
        make(lookup=lookup).get("http://rebind.example.org/", from_reply=True)
    assert asked == ["rebind.example.org"]
    assert not wire.heads


def test_one_private_address_among_public_ones_is_enough_to_refuse(make):
    def lookup(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("151.101.3.42", "10.0.0.1")]

    with pytest.raises(SourceError, match="private network"):
        make(lookup=lookup).get("http://mixed.example.org/", from_reply=True)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "data:text/xml,x", "gopher://x/"])
def test_only_http_and_https_are_followed(wire, session, target):
    with pytest.raises(SourceError, match=r"Only http and https|not valid"):
        session.get(wire.answer("/", wire.reply(b"", "302 Found", Location=target)))
    with pytest.raises(SourceError, match=r"Only http and https|not valid"):
        session.get(target)


@pytest.mark.parametrize("target", ["http://[", "http://a\\@b:x/", "https://exa mple.org:99999999/", "\r\nX: y"])
def test_a_broken_redirect_is_a_failure(wire, session, target):
    answer = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises(SourceError):
        session.get(wire.answer("/", answer))


def test_keys_and_logins_do_not_follow_to_another_host(wire, make):
    def lookup(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", wire.port))]

    wire.answer("/a", wire.reply(b"", "302 Found", Location="http://other.example.org/b", Set_Cookie="c=canary"))
    session = make(environ={"HTTP_PROXY": wire.url})
    wire.answer("/b", wire.reply(b"x"))
    session.get(
        "http://me:canary@first.example.org/a", headers={"X-Key": "canary"}, etag="canary", last_modified="canary"
    )
    first, second = wire.heads
    assert "X-Key: canary" in first
    assert "Authorization: Basic" in first
    assert "canary" not in second
    assert "Authorization" not in second
    assert "Cookie" not in second


def test_a_login_inside_a_redirect_is_not_used(wire, session):
    url = wire.answer("/a", wire.reply(b"", "302 Found", Location=f"http://me:pw@127.0.0.1:{wire.port}/b"))
    wire.answer("/b", wire.reply(b"x"))
    session.get(url)
    assert "Authorization" not in wire.heads[1]


def test_netrc_is_not_read(wire, session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password canary\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    session.get(wire.answer("/", wire.reply(b"x")))
    assert "Authorization" not in wire.heads[0]


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(wire, make, name):
    wire.answer("/x", wire.reply(b"through"))
    session = make(environ={name: wire.url})
    assert session.get("http://papers.example.org/x").body == b"through"
    assert wire.heads[0].startswith("GET http://papers.example.org/x HTTP/1.1\r\n")


@pytest.mark.parametrize("spared", ["*", "127.0.0.1", "a.org, 127.0.0.0/8", "127.0.0.1:{port}"])
def test_no_proxy_is_heeded(wire, make, spared):
    url = wire.answer("/", wire.reply(b"direct"))
    session = make(environ={"http_proxy": "http://127.0.0.1:9", "NO_PROXY": spared.format(port=wire.port)})
    assert session.get(url).body == b"direct"


def test_the_proxy_of_this_process_is_not_used(wire, session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert session.get(wire.answer("/", wire.reply(b"direct"))).body == b"direct"


def test_a_redirect_through_a_proxy_is_not_followed_to_a_private_address(wire, make):
    wire.answer("/a", wire.reply(b"", "302 Found", Location="http://169.254.169.254/latest"))
    with pytest.raises(SourceError, match="private network"):
        make(environ={"http_proxy": wire.url}).get("http://papers.example.org/a")
    assert len(wire.heads) == 1


@pytest.mark.parametrize(
    ("proxy", "told"), [("socks5://127.0.0.1:9", "only http and https proxies"), ("http://127.0.0.1:9", "refused")]
)
def test_a_proxy_that_cannot_be_used_is_named(make, proxy, told):
    with pytest.raises(SourceError, match=told):
        make(environ={"http_proxy": proxy}).get("http://papers.example.org/")


# --- TLS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate for localhost, one for another host, and an expired one."""
    if not which("openssl"):
        pytest.skip("no openssl to make throw-away certificates with")
    folder = tmp_path_factory.mktemp("tls")
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\n"
        "default_md = sha256\npolicy = any\nx509_extensions = ext\nunique_subject = no\n"
        "[any]\ncommonName = supplied\n[ext]\nsubjectAltName = ${ENV::SAN}\n"
        "basicConstraints = critical,CA:true\nkeyUsage = critical,digitalSignature,keyCertSign\n"
        "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid:always\n"
        "[req]\ndistinguished_name = dn\n[dn]\n"
    )
    for name, host, start, end in (
        ("good", "localhost", "20200101000000Z", "20990101000000Z"),
        ("other", "other.example.org", "20200101000000Z", "20990101000000Z"),
        ("expired", "localhost", "20200101000000Z", "20200102000000Z"),
        ("early", "localhost", "20980101000000Z", "20990101000000Z"),
    ):
        key = f"-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key"
        files = f"-keyfile {name}.key -in {name}.csr -out {name}.pem"
        for command in (
            f"req -config ca.cnf -new {key} -out {name}.csr -subj /CN={host}",
            f"ca -config ca.cnf -batch -selfsign {files} -notext -startdate {start} -enddate {end}",
        ):
            subprocess.run(
                ["openssl", *command.split()],
                cwd=folder,
                env={"SAN": f"DNS:{host}"},
                check=True,
                capture_output=True,
                timeout=30,
            )
    return folder


def serve_tls(certificates: Path, name: str, listener: socket.socket, answer: bytes) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("good", None),
        ("other", "it is for another host"),
        ("expired", "it has expired (or this machine's clock is wrong)"),
        ("early", "it is not valid yet (or this machine's clock is wrong)"),
    ],
)
def test_certificates_are_checked_against_the_bundle_of_the_environment(wire, make, certificates, name, told):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serve_tls(certificates, name, listener, wire.reply(b"safe"))
        url = f"https://localhost:{listener.getsockname()[1]}/"
        session = make(environ={"REQUESTS_CA_BUNDLE": str(certificates / f"{name}.pem")})
        if told is None:
            assert session.get(url).body == b"safe"
            return
        with pytest.raises(SourceError) as caught:
            session.get(url)
        assert caught.value.message == f"The certificate of localhost is not accepted: {told}."
        assert session.requests == 1


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(wire, make, certificates):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serve_tls(certificates, "good", listener, wire.reply(b"x"))
        with pytest.raises(SourceError, match=r"certificate of localhost is not accepted: it is self-signed\."):
            make().get(f"https://localhost:{listener.getsockname()[1]}/")


def test_a_tls_peer_that_stops_in_the_handshake_is_given_up(make):
    from papertriage.sources.http import Limits

    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(SourceError, match="timed out"):
        make(limits=Limits(connect_seconds=0.3, reply_seconds=0.3)).get(
            f"https://localhost:{listener.getsockname()[1]}/"
        )


def test_plain_http_on_a_tls_port_is_told(wire, session):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(wire.reply(b"x"))

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(SourceError, match="No encrypted connection to localhost"):
            session.get(f"https://localhost:{listener.getsockname()[1]}/")
        thread.join()


def test_a_bundle_that_is_not_there_is_told(wire, make):
    session = make(environ={"REQUESTS_CA_BUNDLE": "/nonexistent/bundle.pem"})
    with pytest.raises(SourceError, match="REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names cannot be read"):
        session.get(wire.answer("/", wire.reply(b"x")).replace("http:", "https:"))
