"""A QGIS project (.qgs) and a layer definition (.qlr): the same layers, grouped by theme, with their credits.

What QGIS asks of each layer by itself (fields, extent) is left out: the file holds addresses, names and credits.
No credential is ever written: `authcfg` names one that the person's own QGIS keeps, encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from lxml import etree

VERSION = "3.22.0"
MERCATOR = "EPSG:3857"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: features by OGC API Features, or pictures by WMTS."""

    id: str
    title: str
    theme: str
    credit: str
    about: str
    pictures: bool
    crs: str
    geometry: str = ""


def project(title: str, layers: Sequence[Layer], url: str, authcfg: str) -> bytes:
    """The project of these layers."""
    root = etree.Element("qgis", version=VERSION, projectname=title)
    etree.SubElement(root, "title").text = title
    _crs(etree.SubElement(root, "projectCrs"), "EPSG:2154")
    root.append(_tree(layers))
    held = etree.SubElement(root, "projectlayers")
    held.extend(_layer(one, url, authcfg) for one in layers)
    return _written(root, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>")


def definition(layers: Sequence[Layer], url: str, authcfg: str) -> bytes:
    """The layer definition: what “Add from Layer Definition File” puts into an open project."""
    root = etree.Element("qlr")
    root.append(_tree(layers))
    held = etree.SubElement(root, "maplayers")
    held.extend(_layer(one, url, authcfg) for one in layers)
    return _written(root, "<!DOCTYPE qgis-layer-definition>")


def _written(root: etree._Element, doctype: str) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype, pretty_print=True))


def _tree(layers: Sequence[Layer]) -> etree._Element:
    """The layers by theme; pictures lie under everything."""
    root = etree.Element("layer-tree-group", name="")
    ordered = sorted(layers, key=lambda one: (one.pictures, one.theme, one.title))
    for (_, theme), members in groupby(ordered, key=lambda one: (one.pictures, one.theme)):
        group = etree.SubElement(root, "layer-tree-group", name=theme, checked="Qt::Checked", expanded="1")
        for one in members:
            etree.SubElement(
                group, "layer-tree-layer", id=_name(one), name=one.title, checked="Qt::Checked", expanded="0",
                providerKey=_provider(one), source="",
            )  # fmt: skip
    return root


def _layer(one: Layer, url: str, authcfg: str) -> etree._Element:
    kind = {"type": "raster"} if one.pictures else {"type": "vector", "geometry": one.geometry}
    element = etree.Element("maplayer", kind)
    for tag, text in (
        ("id", _name(one)), ("datasource", _source(one, url, authcfg)), ("layername", one.title),
        ("title", one.title), ("abstract", one.about), ("attribution", one.credit),
    ):  # fmt: skip
        etree.SubElement(element, tag).text = text
    etree.SubElement(element, "provider", encoding="UTF-8").text = _provider(one)
    _crs(etree.SubElement(element, "srs"), one.crs)
    return element


def _crs(parent: etree._Element, authority: str) -> None:
    etree.SubElement(etree.SubElement(parent, "spatialrefsys"), "authid").text = authority


def _name(one: Layer) -> str:
    return f"mig_idg_{one.id.replace('-', '_')}"


def _provider(one: Layer) -> str:
    return "wms" if one.pictures else "OAPIF"


def _source(one: Layer, url: str, authcfg: str) -> str:
    if one.pictures:
        named = [
            ("crs", MERCATOR), ("format", "image/png"), ("layers", one.id), ("styles", "default"),
            ("tileMatrixSet", "WebMercatorQuad"), ("url", f"{url}/wmts/1.0.0/WMTSCapabilities.xml"),
            *([("authcfg", authcfg)] if authcfg else []),
        ]  # fmt: skip
        return "&".join(f"{name}={quote(value, safe=':/')}" for name, value in named)
    credential = f"authcfg={authcfg} " if authcfg else ""
    return f"{credential}pagingEnabled='true' restrictToRequestBBOX='1' typename='{one.id}' url='{url}'"


def themes(layers: Iterable[Layer]) -> list[str]:
    """The themes of these layers, each once."""
    return sorted({one.theme for one in layers})
