"""Headers, bodies and addresses, each as a table."""

from __future__ import annotations

import gzip
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.adapters.web import SimulatedClock, Web, WebSettings
from bibtools.adapters.web.addresses import is_public
from bibtools.adapters.web.bodies import (
    BrokenError,
    TooLargeError,
    accepts,
    decompressed,
    in_utf8,
    is_web_page,
)
from bibtools.adapters.web.limits import Limits, read_limits
from bibtools.sites.asking import CouldNotAsk, Request
from tests.loopback import ONLY_LOOPBACK, Loopback, as_json, redirect
from tests.toy_service import TOY, settings, things, titles

NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({}, Limits()),
        ({"retry-after": "7"}, Limits(retry_after=7.0)),
        ({"retry-after": " 7 "}, Limits(retry_after=7.0)),
        ({"retry-after": "0"}, Limits(retry_after=0.0)),
        ({"retry-after": "-5"}, Limits()),
        ({"retry-after": "1e3"}, Limits()),
        ({"retry-after": "nan"}, Limits()),
        ({"retry-after": "1" * 5000}, Limits(retry_after=86_400.0)),
        ({"retry-after": "Fri, 15 Jan 2027 08:02:00 GMT"}, Limits(retry_after=120.0)),
        ({"retry-after": "Fri, 15 Jan 2027 10:02:00 +0200"}, Limits(retry_after=120.0)),
        ({"retry-after": "Fri, 15 Jan 2021 08:02:00 GMT"}, Limits(retry_after=0.0)),
        ({"retry-after": "Fri, 99 Jan 2027 08:02:00 GMT"}, Limits()),
        ({"retry-after": "Fri, 15 Jan 99999999 08:02:00 GMT"}, Limits()),
        ({"x-rate-limit-limit": "50", "x-rate-limit-interval": "1s"}, Limits(interval=0.02)),
        ({"x-ratelimit-limit": "5", "x-ratelimit-interval": "1m"}, Limits(interval=12.0)),
        ({"x-rate-limit-limit": "50"}, Limits()),
        ({"x-rate-limit-limit": "0", "x-rate-limit-interval": "1s"}, Limits()),
        ({"x-rate-limit-limit": "1", "x-rate-limit-interval": "9999999s"}, Limits(interval=86_400)),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "1800000060"}, Limits()),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000060"}, Limits(spent=60.0)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "60"}, Limits(spent=60.0)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000000"}, Limits(spent=0.0)),
        ({"x-ratelimit-remaining": "0"}, Limits()),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "5"}, Limits(spent=5.0)),
        ({"ratelimit": '"api";r=489;t=35'}, Limits()),
        ({"ratelimit": '"api";r=0;t=35'}, Limits(spent=35.0)),
        ({"ratelimit": '"pages";r=3;t=35, "api"; r=0; t=12'}, Limits(spent=12.0)),
        (
            {"x-ratelimit-remaining-usd": "0.09", "x-ratelimit-cost-usd": "0.001"},
            Limits(),
        ),
        (
            {
                "x-ratelimit-remaining-usd": "1e-3",
                "x-ratelimit-cost-usd": "0.001",
                "x-ratelimit-reset": "100",
            },
            Limits(spent_budget=100.0),
        ),
        # Until midnight, where it does not say when.
        ({"x-ratelimit-remaining-usd": "0"}, Limits(spent_budget=16 * 3600.0)),
        ({"x-ratelimit-remaining-usd": "0", "x-ratelimit-cost-usd": "0"}, Limits()),
        (
            {
                "retry-after": "54000",
                "x-ratelimit-remaining-usd": "0",
                "x-ratelimit-cost-required-usd": "0.001",
                "x-ratelimit-reset": "54000",
            },
            Limits(retry_after=54_000.0, spent_budget=54_000.0),
        ),
    ],
    ids=str,
)
def test_headers(headers: dict[str, str], limits: Limits) -> None:
    assert read_limits(headers, NOW) == limits


NAMES = [
    "retry-after",
    "x-rate-limit-limit",
    "x-rate-limit-interval",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "ratelimit",
    "x-ratelimit-remaining-usd",
]
VALUES = st.text() | st.sampled_from(["0", "9" * 40, "1e99", "Mon, 1", '"a";r=0;t=99999999999999'])


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_headers(headers: dict[str, str]) -> None:
    limits = read_limits(headers, NOW)
    for value in (limits.retry_after, limits.interval, limits.spent, limits.spent_budget):
        assert value is None or 0 <= value <= 86_400


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


def two_members(body: bytes) -> bytes:
    half = len(body) // 2
    return gzip.compress(body[:half]) + gzip.compress(body[half:])


CODINGS = {
    "identity": ("", lambda body: body),
    "gzip": ("gzip", gzip.compress),
    "old name": ("x-gzip", gzip.compress),
    "two members": ("GZIP", two_members),
    "padded": ("gzip", lambda body: gzip.compress(body) + bytes(100)),
    "deflate": ("deflate", zlib.compress),
    "deflate without header": ("deflate", raw_deflate),
}


@pytest.mark.parametrize(("coding", "compress"), CODINGS.values(), ids=CODINGS.keys())
@given(body=st.binary(max_size=400).map(lambda part: part * 50), size=st.integers(1, 3000))
def test_a_body_comes_out_as_it_went_in(
    coding: str, compress: object, body: bytes, size: int
) -> None:
    sent = compress(body)  # type: ignore[operator]
    assert decompressed(pieces(sent, size), coding, 100_000) == body
    assert decompressed(pieces(sent, size), coding, max(len(body), len(sent))) == body
    if len(body) > 1:
        with pytest.raises(TooLargeError):
            decompressed(pieces(sent, size), coding, len(body) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "deflate without header"])
@given(body=st.binary(min_size=100, max_size=400), cut=st.integers(1, 40), size=st.integers(1, 90))
def test_a_body_cut_off_is_broken(coding: str, body: bytes, cut: int, size: int) -> None:
    name, compress = CODINGS[coding]
    sent = compress(body)  # type: ignore[no-untyped-call]
    # The last bytes of zlib and gzip are the checksum; without them it is broken too.
    with pytest.raises(BrokenError):
        decompressed(pieces(sent[: len(sent) - cut], size), name, 100_000)


def test_many_empty_members_end_soon() -> None:
    sent = pieces(gzip.compress(b"") * 50_000, 65_536)
    assert decompressed(sent, "gzip", 10_000_000) == b""
    assert len(list(sent)) > 10  # not looked at


def test_much_that_is_nothing_is_too_large() -> None:
    """Compressed blocks that hold no byte."""
    sent = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 10_000
    with pytest.raises(TooLargeError):
        decompressed(pieces(sent, 1000), "gzip", 20_000)


def test_a_bomb_is_never_held_whole() -> None:
    machine = zlib.compressobj(9, wbits=31)
    sent = b"".join(machine.compress(bytes(1_000_000)) for _ in range(40)) + machine.flush()
    read = 0

    def counted() -> Iterator[bytes]:
        nonlocal read
        for piece in pieces(sent, 1000):
            read += len(piece)
            yield piece

    with pytest.raises(TooLargeError):
        decompressed(counted(), "gzip", 1_000_000)
    assert read < len(sent) / 10


@pytest.mark.parametrize(
    ("accept", "media", "expected"),
    [
        (("application/json",), "application/json", True),
        (("application/json",), "Application/JSON; charset=utf-8", True),
        (("application/json",), "application/vnd.api+json", True),
        (("application/json",), "application/jsonp", False),
        (("application/json",), "text/html", False),
        (("application/json",), "text/html; application/json", False),
        (("application/json",), "", True),
        (("application/xml",), "application/atom+xml", True),
        (("application/atom+xml", "text/xml"), "text/xml", True),
        (("application/xml",), "application/xhtml+xml", True),
        (("text/*",), "text/plain", True),
        (("text/*",), "image/png", False),
        (("*/*",), "image/png", True),
        (("application/json; q=1",), "application/json", True),
    ],
)
def test_media_types(accept: tuple[str, ...], media: str, expected: bool) -> None:
    assert accepts(accept, media) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b"\xef\xbb\xbf \n<!doctype HTML>", True),
        (b"<html lang='en'>", True),
        (b"<!-- hello --><html>", True),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", True),
        (b"<?xml version='1.0'?><feed>", False),
        (b"<!--" + b"x" * 30_000 + b"--> <?xml-stylesheet?><!-- - --><HTML>", True),
        (b"<?xml version='1.0'?><h:html xmlns:h='http://www.w3.org/1999/xhtml'>", True),
        (b"<head><title>Just a moment", True),
        (b"\n<script>location.href = 'https://wall.example/'", True),
        (b"<meta http-equiv='refresh'", True),
        (b"<!-- never closed <html>", False),
        (b"<!-- not yet --><feed>", False),
        (b"<h1 align='center'>A README</h1>", False),
        (b"<header>", False),
        (b"<htmlish/>", False),
        (b'{"title": "<html>"}', False),
        (b"@misc{a, title={<html>}}", False),
        (b"", False),
    ],
)
def test_web_pages(body: bytes, expected: bool) -> None:
    assert is_web_page(body) is expected


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        ("é".encode(), "text/plain; charset=latin-1", "é".encode()),
        ("é".encode("latin-1"), "text/plain; charset=latin-1", "é".encode()),
        ("é".encode("latin-1"), 'text/plain; CharSet="ISO-8859-1"', "é".encode()),
        ("€".encode("cp1252"), "text/plain; charset=windows-1252", "€".encode()),
        ("日本語".encode("shift_jis"), "text/plain; charset=Shift_JIS", "日本語".encode()),
        ("日本語".encode("utf-16"), "text/plain", "日本語".encode()),
        ("é".encode("latin-1"), "text/plain", "é".encode("latin-1")),
        ("é".encode("latin-1"), "text/plain; charset=nonsense", "é".encode("latin-1")),
        ("é".encode("latin-1"), "text/plain; charset=unicode_escape", "é".encode("latin-1")),
        ("é".encode("latin-1"), "text/plain; charset=bz2", "é".encode("latin-1")),
        ("é".encode("latin-1"), "text/plain; charset=shift_jis", "é".encode("latin-1")),
        # XML that says so itself is for the XML parser.
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"),
            "text/xml; charset=cp1252",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"),
        ),
    ],
    ids=str,
)
def test_charsets(body: bytes, header: str, expected: bytes) -> None:
    assert in_utf8(body, header) == expected


@pytest.mark.parametrize(
    "text",
    [
        *"8.8.8.8 1.1.1.1 128.84.21.199 172.15.0.1 172.32.0.1 192.169.0.1 100.63.0.1".split(),
        *"2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8".split(),
        "2002:808:808::1",
    ],
)
def test_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        # Local, private, link-local, shared, test nets, multicast, reserved (IANA's registry).
        *"0.0.0.0 0.1.2.3 127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255".split(),
        "192.168.1.1",
        *"169.254.169.254 169.254.1.1 100.64.0.1 100.100.100.200 192.0.0.192 192.0.2.1".split(),
        *"198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1".split(),
        *"255.255.255.255 168.63.129.16 192.88.99.1".split(),
        *":: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ff0e::1".split(),
        *"2001:db8::1 100::1 2001::1 2001:10::1 4000::1 ::8.8.8.8".split(),
        # Wrapped.
        *"::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 64:ff9b:1::1".split(),
        *"2002:7f00:1::1 2002:a9fe:a9fe::1 2001:0:4136:e378:8000:63bf:3fff:fdd2".split(),
    ],
)
def test_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


# Names.

LINKS = replace(TOY, name="links", host="", base="", hosts=("*",), key_name=None)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names and their addresses; every look-up of a name takes its first, if it has several."""
    names: dict[str, list[str]] = {}

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


@ONLY_LOOPBACK
@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "127.0.0.1"], ["0.0.0.0"]],
    ids=lambda one: "+".join(one),
)
def test_a_name_that_leads_inside(resolver: dict[str, list[str]], addresses: list[str]) -> None:
    with Loopback({("GET", "/"): as_json({})}) as server:
        resolver["inside.example"] = addresses
        port = server.host.partition(":")[2]
        with Web(WebSettings(retries=0), SimulatedClock()) as web:
            got = web.fetch(LINKS, Request("links", f"http://inside.example:{port}/"))
        assert got == CouldNotAsk("it leads to an address that is not public")
        assert server.requests == []


@ONLY_LOOPBACK
def test_a_name_that_leads_elsewhere_at_the_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what was looked at is what is connected to, or nothing is."""
    looks: list[str] = []

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        looks.append(host)
        address = "8.8.8.8" if len(looks) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    tried: list[object] = []

    def connect(_wire: socket.socket, place: object) -> None:
        tried.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with Web(WebSettings(retries=0), SimulatedClock()) as web:
        got = web.fetch(LINKS, Request("links", "http://rebind.example:8080/"))
    assert got == CouldNotAsk("it cannot be reached")
    assert tried == [("8.8.8.8", 8080)]
    assert looks == ["rebind.example"]


@ONLY_LOOPBACK
def test_a_peer_that_is_another_than_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback({("GET", "/"): as_json({})}) as server:
        port = int(server.host.partition(":")[2])
        true_connect = socket.socket.connect

        def connect(wire: socket.socket, _place: object) -> None:
            true_connect(wire, ("127.0.0.1", port))

        monkeypatch.setattr(socket.socket, "connect", connect)
        with Web(WebSettings(retries=0), SimulatedClock()) as web:
            got = web.fetch(LINKS, Request("links", "http://8.8.8.8/"))
        assert got == CouldNotAsk("it leads to an address that is not public")
        assert server.requests == []


@ONLY_LOOPBACK
def test_a_name_that_is_not_known(resolver: dict[str, list[str]]) -> None:
    with Web(WebSettings(), SimulatedClock(), jitter=lambda: 1.0) as web:
        answers = web.ask(TOY, "thing", things("a"))
    assert titles(answers) == {"a": "(its name cannot be found, four times)"}


# Encryption.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate for 127.0.0.1 and its key, made for this run."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(),
            *"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(),
            *("-keyout", str(path), "-out", str(path.with_name("cert.pem"))),
        ],
        check=True,
        capture_output=True,
    )
    cert = path.with_name("cert.pem").read_text()
    path.write_text(path.read_text() + cert)
    return path


@ONLY_LOOPBACK
def test_encryption(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Loopback({("GET", "/"): as_json({"a": "A"})}, context) as server:
        told = settings(server)
        with Web(told, SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("a"))
        assert titles(answers) == {"a": "(its certificate is not valid)"}
        assert server.requests == []
        with Web(replace(told, certificates=certificate), SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("ab"))
        assert titles(answers) == {"a": "A", "b": None}
        slow = replace(told, certificates=certificate, whole_timeout=0.2, retries=0)
        server("GET", "/", replace(as_json({}), drip_headers=0.03))
        with Web(slow, SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("a"))
        assert titles(answers) == {"a": "(its answer took longer than 0.2 seconds)"}
        server("GET", "/", redirect(f"http://{server.host}/plain"))
        with Web(replace(told, certificates=certificate), SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("a"))
        assert titles(answers) == {"a": "(it redirects to an address without encryption)"}


@ONLY_LOOPBACK
def test_no_encryption_where_there_should_be() -> None:
    with Loopback({("GET", "/"): as_json({"a": "A"})}) as server:
        told = replace(settings(server, retries=0), endpoints={"toy": f"https://{server.host}"})
        with Web(told, SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("a"))
    assert titles(answers) == {"a": "(no safe connection to it can be made)"}


@ONLY_LOOPBACK
def test_a_handshake_that_does_not_end() -> None:
    """A server that sends a byte of it now and then, so that no socket timeout strikes."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop, left = threading.Event(), threading.Event()

    def drip() -> None:
        wire, _ = listener.accept()
        try:
            with wire:
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    wire.sendall(bytes([byte]))
                    stop.wait(0.03)
        except OSError:
            left.set()

    thread = threading.Thread(target=drip)
    thread.start()
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    told = WebSettings(
        endpoints={"toy": f"https://{host}"},
        allow_private=frozenset({host}),
        whole_timeout=0.2,
        retries=0,
    )
    with listener, Web(told, SimulatedClock()) as web:
        answers = web.ask(TOY, "thing", things("a"))
        was_cut = left.wait(2)
        stop.set()
        thread.join()
    assert titles(answers) == {"a": "(its answer took longer than 0.2 seconds)"}
    assert was_cut


# A proxy.


@ONLY_LOOPBACK
def test_a_proxy_is_used_for_services_only() -> None:
    """It resolves names itself, so that nobody can tell where a stranger's link leads."""
    with Loopback({("GET", "http://toy.example/api/"): as_json({"a": "A"})}) as proxy:
        told = settings(
            proxy, proxies={"http": proxy.base}, endpoints={}, allow_private=frozenset()
        )
        plain = replace(TOY, base="http://toy.example/api")
        batch = replace(
            TOY.kinds["thing"],
            request=lambda questions: Request("toy", "http://toy.example/api/things?ids=a"),
        )
        with Web(told, SimulatedClock()) as web:
            answers = web.ask(replace(plain, kinds={"thing": batch}), "thing", things("a"))
            link = web.fetch(LINKS, Request("links", "http://inside.example/"))
        assert titles(answers) == {"a": "A"}
        assert link == CouldNotAsk(
            "behind a proxy it cannot be told whether that address is public"
        )
        assert [one.path for one in proxy.requests] == ["http://toy.example/api/things?ids=a"]
