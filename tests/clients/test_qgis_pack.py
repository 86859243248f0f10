"""The project and the layer definition that a person takes away: opened by QGIS, which reads each layer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

READER = str(Path(__file__).parent / "qgis_pack_reader.py")


def sources(service: Any, who: str | None, path: str = "/qgis/layers.qlr") -> dict[str, str]:
    answer = service.get(path, who)
    assert answer.status_code == 200, answer.text
    layers = etree.fromstring(answer.content).iter("maplayer")
    return {one.findtext("id").removeprefix("mig_idg_"): one.findtext("datasource") for one in layers}


@pytest.mark.clients
@pytest.mark.parametrize("file", ["project.qgs", "layers.qlr"])
def test_qgis_opens_the_pack_and_reads_each_layer(
    service: Any, run_qgis: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, file: str
) -> None:
    target = tmp_path / file
    target.write_bytes(service.get(f"/qgis/{file}", "owner").content)
    login = json.loads((service.home / "demo-accounts.json").read_text())["owner"]["login"]
    done = run_qgis(READER, str(target), login, service.tokens["owner"])
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    assert seen["opened"], seen
    assert {"Adresses", "Équipements publics", "Orthophotographie 20 cm"} <= set(seen["layers"])
    assert {name: one["error"] for name, one in seen["layers"].items() if not one["valid"]} == {}
    assert all(one["credit"].startswith("Mutualisation de l'Information") for one in seen["layers"].values())
    assert all(one["rows"] > 0 for one in seen["layers"].values() if "rows" in one), seen
    assert seen["groups"]["adresses"] == ["Adresses"]


def test_the_file_holds_what_one_may_read_and_nothing_else(service: Any) -> None:
    readable = {
        one["id"].replace("-", "_")
        for one in service.get("/collections", "owner").json()["collections"]
        if one.get("access", {}).get("actions", {}).get("query" if one.get("itemType") else "view") == "permit"
    }
    assert set(sources(service, "owner")) == readable
    public = sources(service, None)
    assert "adresses" not in public
    assert public
    assert "authcfg" not in " ".join(public.values())


@pytest.mark.parametrize("file", ["project.qgs", "layers.qlr"])
def test_no_token_is_in_the_file_even_when_one_is_in_the_address(service: Any, file: str) -> None:
    token = service.tokens["owner"]
    for path in (f"/t/{token}/qgis/{file}", f"/qgis/{file}?token={token}"):
        told = service.get(path).text
        assert token not in told
        assert "authcfg=migidg1" in told


def test_a_theme_and_another_configuration_may_be_asked(service: Any) -> None:
    assert set(sources(service, "owner", "/qgis/layers.qlr?theme=adresses&authcfg=ville92")) == {"adresses"}
    assert "authcfg=ville92" in sources(service, "owner", "/qgis/layers.qlr?theme=adresses&authcfg=ville92")["adresses"]
    assert service.get("/qgis/layers.qlr?theme=adreses", "owner").json()["remedy"] == "Vouliez-vous dire « adresses » ?"
    assert service.get("/qgis/layers.qlr?authcfg=' url='x", "owner").status_code == 400
    assert service.get("/qgis/nothing.qgs", "owner").status_code == 404
