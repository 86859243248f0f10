"""Declarations written in a test, files made in a test."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyogrio.raw import write_arrow

from mig_idg.publication.load import load_text
from mig_idg.publication.model import Declaration

HEADER = (
    "id_ban_commune;id_ban_toponyme;id_ban_adresse;commune_insee;commune_nom;toponyme;numero;suffixe;position;"
    "x;y;long;lat;source;date_der_maj;certification_commune"
)
TOWNS = {
    "92050": ("87ca8fd0-91c4-4afe-a6f5-d812e38e9c35", "Nanterre"),
    "92036": ("2df5c552-b05a-4ccb-aa05-1f5fe88049a9", "Gennevilliers"),
}


def declaration(
    id: str,
    key: str = "id",
    *,
    geometry: str | None = "geom",
    territory: str | None = None,
    standard: str | None = None,
    crs: str = "EPSG:2154",
) -> Declaration:
    """A declaration of `data.ID`, as a file of collections/ would say it."""
    shape = f", geometry: {geometry}" if geometry else ""
    text = (
        f"id: {id}\ntitle: {{fr: Essai, en: Trial}}\ndescription: {{fr: Essai, en: Trial}}\nkind: mutualised\n"
        f'owner: "92050"\nsource: {{table: data.{id}, id: {key}{shape}, crs: "{crs}"}}\n'
    )
    text += f"territory: {territory}\n" if territory else ""
    text += f'standard: {{name: {standard}, version: "1"}}\n' if standard else ""
    declared, errors = load_text(text, f"{id}.yml")
    assert declared, [error.text() for error in errors]
    return declared.declaration


ADDRESSES = declaration("adresses_essai", territory="commune_insee", standard="bal")


def address(number: int, town: str = "92050", **other: str) -> str:
    """A line of a BAL 1.5 file."""
    ban, name = TOWNS[town]
    cells = {
        "id_ban_commune": ban,
        "id_ban_toponyme": "470bba9d-787b-4895-824d-ea637cc7654d",
        "id_ban_adresse": f"0b38703a-e32a-4c2a-814d-{number:012d}",
        "commune_insee": town,
        "commune_nom": name,
        "toponyme": "Rue des Essais",
        "numero": str(number % 9000 + 1),
        "suffixe": "",
        "position": "entrée",
        "x": f"{642074.96 + number % 1000:.2f}",
        "y": "6864634.97",
        "long": "",
        "lat": "48.8791276",
        "source": "Commune",
        "date_der_maj": "2024-04-15",
        "certification_commune": "1",
    }
    cells["long"] = f"{2.2101934 + (number % 1000) * 1.3634e-5:.7f}"
    return ";".join((cells | other)[name] for name in HEADER.split(";"))


@pytest.fixture
def bal(tmp_path: Path) -> Callable[..., Path]:
    """`bal(lines…)`: a BAL 1.5 file of these lines."""

    def write(*lines: str, name: str = "bal.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return path

    return write


SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {
                "code": f"0{n}",
                "nombre": n,
                "mesure": n / 4,
                "ouvert": n % 2 == 0,
                "jour": f"2024-0{n}-15",
                "instant": f"2024-0{n}-15T08:00:00Z",
                "N° voie": f"voie {n}",
            },
            "geometry": {"type": "Point", "coordinates": [2.2 + n / 100, 48.88]},
        }
        for n in (1, 2, 3)
    ],
}


@pytest.fixture
def geojson(tmp_path: Path) -> Path:
    """Three points with an attribute of each type."""
    path = tmp_path / "points.geojson"
    path.write_text(json.dumps(SQUARE), encoding="utf-8")
    return path


def vector(
    path: Path, driver: str, shapes: list[bytes], kind: str, crs: str | None = "EPSG:2154", **columns: Any
) -> Path:
    """A vector file written by GDAL: WKB and columns."""
    table = pa.table({**{k: pa.array(v) for k, v in columns.items()}, "geom": pa.array(shapes, pa.binary())})
    write_arrow(table, path, driver=driver, geometry_name="geom", geometry_type=kind, crs=crs)
    return path


XLSX = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Bancs" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(path: Path, lines: list[list[Any]]) -> Path:
    """A workbook of one sheet, as small as the format allows."""

    def cell(rank: int, line: int, value: Any) -> str:
        place = f'r="{"ABCDEFGHIJ"[rank]}{line}"'
        if isinstance(value, int | float):
            return f"<c {place}><v>{value}</v></c>"
        return f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>' if value else ""

    body = "".join(
        f'<row r="{n}">{"".join(cell(rank, n, value) for rank, value in enumerate(line))}</row>'
        for n, line in enumerate(lines, start=1)
    )
    with zipfile.ZipFile(path, "w") as out:
        for name, content in XLSX.items():
            out.writestr(name, content)
        out.writestr(
            "xl/worksheets/sheet1.xml",
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<sheetData>{body}</sheetData></worksheet>",
        )
    return path
