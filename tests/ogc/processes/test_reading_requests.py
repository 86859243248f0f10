"""Declarations, inputs, outputs and callbacks, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mig_idg.errors import InvalidDeclaration, InvalidParameter
from mig_idg.jobs import egress
from mig_idg.ogc.processes import declared, inputs, outputs

MODULES = ("pygeoapi.process",)


def test_a_plug_in_outside_the_allow_list_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.yml"
    file.write_text("id: bad\nprocessor: subprocess.Popen\n")
    with pytest.raises(InvalidDeclaration) as refused:
        declared.load(tmp_path, MODULES)
    assert refused.value.text().startswith(f"{file}:2: ")
    file.write_text("id: bad\nprocessor: pygeoapi.processes.Evil\n")
    with pytest.raises(InvalidDeclaration):
        declared.load(tmp_path, MODULES)


def test_a_key_that_is_not_known_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("id: bad\nprocesor: HelloWorld\nprocessor: HelloWorld\n")
    with pytest.raises(InvalidDeclaration, match="procesor") as refused:
        declared.load(tmp_path, MODULES)
    assert "processor" in refused.value.text()


@pytest.mark.parametrize(
    ("schema", "given", "taken"),
    [
        ({"type": "number"}, 2, 2),
        ({"type": "string"}, {"value": "a", "mediaType": "text/plain"}, "a"),
        ({"type": "object"}, {"value": {"a": 1}, "mediaType": "application/json"}, {"a": 1}),
        ({"type": "object", "properties": {"value": {}}}, {"value": 1}, {"value": 1}),
        ({"$ref": "https://example.org/elsewhere.json"}, {"bbox": [0, 0, 1, 1]}, {"bbox": [0, 0, 1, 1]}),
        ({"type": "array", "items": {"type": "number"}}, [1, 2], [1, 2]),
    ],
)
def test_a_value_is_taken_as_it_is_or_from_its_wrapping(schema: Any, given: Any, taken: Any) -> None:
    assert inputs.checked({"x": given}, {"x": {"schema": schema, "minOccurs": 1, "maxOccurs": 1}}) == {"x": taken}


@pytest.mark.parametrize("given", ["a", True, None, {"href": "https://example.org"}, float("nan"), [1]])
def test_a_value_that_is_no_number_is_refused(given: Any) -> None:
    with pytest.raises(InvalidParameter):
        inputs.checked({"x": given}, {"x": {"schema": {"type": "number"}, "minOccurs": 1, "maxOccurs": 1}})


ECHO = {"echo": {"schema": {"type": "string"}}}


@pytest.mark.parametrize(
    ("media", "result", "described", "expected"),
    [
        ("application/json", {"id": "echo", "value": "a"}, ECHO, [("echo", "json", b'"a"')]),
        ("application/json", {"echo": {"a": 1}}, ECHO, [("echo", "json", b'{"a":1}')]),
        ("application/json", [{"id": "echo", "value": 1}], ECHO, [("echo", "json", b"1")]),
        ("application/json", {"outputs": [{"id": "echo", "value": 1}]}, ECHO, [("echo", "json", b"1")]),
        ("application/json", '{"a": 1}', ECHO, [("echo", "json", b'{"a": 1}')]),
        ("application/json", b"[1]", ECHO, [("echo", "json", b"[1]")]),
        ("application/json", "a", ECHO, [("echo", "json", b'"a"')]),
        ("text/plain", "a", ECHO, [("echo", "text", b"a")]),
        ("text/csv", b"a;b", ECHO, [("echo", "text", b"a;b")]),
        ("image/png", b"\x89", ECHO, [("echo", "binary", b"\x89")]),
        (None, {"other": 1}, ECHO, [("echo", "json", b'{"other":1}')]),
        ("application/json", None, ECHO, [("echo", "json", b"null")]),
    ],
)
def test_whatever_a_plug_in_returns_becomes_its_outputs(
    media: Any, result: Any, described: Any, expected: Any
) -> None:  # fmt: skip
    assert [(o.id, o.encoding, o.body) for o in outputs.produced(media, result, described)] == expected


@pytest.mark.parametrize(
    "address",
    ["http://partner.example/x", "https://other.example/x", "https://partner.example:8443/x",
     "https://user:pass@partner.example/", "https://partner.example.evil.example/", "file:///etc/passwd", "x" * 3000],
)  # fmt: skip
def test_a_callback_goes_to_a_declared_host_over_https_only(address: str) -> None:
    with pytest.raises(InvalidParameter):
        egress.checked(address, ("partner.example",), "subscriber.successUri")


def test_a_declared_host_may_be_called() -> None:
    address = "https://partner.example/jobs?id=1"
    assert egress.checked(address, ("Partner.example",), "subscriber.successUri") == address


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0",
     "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_never_called(address: str) -> None:
    assert not egress.is_public(address)


def test_a_public_address_is_called() -> None:
    assert egress.is_public("93.184.215.14")
    assert egress.is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
