"""What may be read outside: declared hosts, checked addresses, sizes, times."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from tests.harvest.conftest import Peer

from mig_idg.jobs.outgoing import NotReached, Outgoing


def guarded(*hosts: str, **more: Any) -> Outgoing:
    return Outgoing(frozenset(hosts), sleep=lambda _seconds: None, **more)


def refusal(net: Outgoing, address: str) -> str:
    with net, pytest.raises(NotReached) as refused:
        net.read(address)
    return refused.value.text("en")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://h.example/",
        "http://other.example/",
        "http://u:p@h.example/",
        "http:///x",
        "gopher://h",
    ],
)
def test_only_web_addresses_of_declared_hosts_are_read(address: str) -> None:
    assert refusal(guarded("h.example"), address)


def test_a_private_address_is_refused_when_the_connection_is_made(peer: Peer) -> None:
    assert "private network" in refusal(guarded("127.0.0.1"), f"{peer.base}/x")
    assert peer.asked == []


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1"])
def test_a_name_that_leads_to_the_credentials_of_a_cloud_is_refused_even_in_private(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: told)
    assert "private network" in refusal(guarded("h.example", private=True), "http://h.example/")


def test_one_bad_address_of_a_name_is_enough_to_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: told)
    assert "private network" in refusal(guarded("h.example"), "http://h.example/")


def test_a_redirection_is_followed_to_a_declared_host_only(peer: Peer) -> None:
    peer.answers |= {
        "/away": (302, {"location": "http://other.example/"}, b""),
        "/near": (302, {"location": "/x"}, b""),
        "/round": (302, {"location": "/round"}, b""),
        "/file": (302, {"location": "file:///etc/passwd"}, b""),
        "/x": b"<x/>",
    }
    assert "not a declared host" in refusal(guarded("127.0.0.1", private=True), f"{peer.base}/away")
    assert "http(s)" in refusal(guarded("127.0.0.1", private=True), f"{peer.base}/file")
    assert "redirections" in refusal(guarded("127.0.0.1", private=True), f"{peer.base}/round")
    with guarded("127.0.0.1", private=True) as net:
        assert net.read(f"{peer.base}/near").body == b"<x/>"


def test_sizes_are_bounded_compressed_or_not(peer: Peer) -> None:
    import gzip

    peer.answers["/big"] = (200, {}, b"x" * 3000)
    peer.answers["/bomb"] = (200, {"content-encoding": "gzip"}, gzip.compress(b"x" * 3_000_000))
    peer.answers["/br"] = (200, {"content-encoding": "br"}, b"\x0b\x02\x80x\x03")
    for path in ("/big", "/bomb", "/br"):
        assert refusal(guarded("127.0.0.1", private=True, page_bytes=1024), f"{peer.base}{path}")
    assert "in all" in refusal(guarded("127.0.0.1", private=True, total_bytes=1024), f"{peer.base}/big")


def test_a_busy_server_is_waited_for_as_long_as_it_says(peer: Peer) -> None:
    waited: list[float] = []
    answers = iter([(429, {"retry-after": "7"}, b""), (503, {}, b""), (200, {}, b"ok")])
    peer.answers["/x"] = lambda *_: next(answers)
    with Outgoing(frozenset({"127.0.0.1"}), private=True, delay=0.0, sleep=waited.append) as net:
        assert net.read(f"{peer.base}/x").body == b"ok"
    assert 7.0 in waited


def test_requests_say_who_they_are_and_carry_no_credential(peer: Peer) -> None:
    peer.answers["/x"] = (200, {"set-cookie": "a=b"}, b"ok")
    with guarded("127.0.0.1", private=True) as net:
        net.read(f"{peer.base}/x")
        net.read(f"{peer.base}/x")
    for _, headers in peer.asked:
        assert headers["user-agent"].startswith("mig-idg")
        assert not headers.keys() & {"authorization", "x-api-key"}
