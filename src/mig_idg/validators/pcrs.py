"""What the XSD of PCRS cannot say: coordinate reference systems, links, extent, accuracy."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from mig_idg.errors import Text
from mig_idg.standards.findings import Level
from mig_idg.standards.verdict import Remark

GML = "http://www.opengis.net/gml/3.2"
PCRS = "http://cnig.gouv.fr/pcrs"
HREF = "{http://www.w3.org/1999/xlink}href"
FRENCH = frozenset({2154, *range(3942, 3951), 5490, 32620, 2972, 2975, 4471, 4467, 5698, 7423})
"""Lambert-93, the nine conformal zones, overseas."""
GEOGRAPHIC = frozenset({4326, 4258, 4171})
BOUNDS = {2154: (100_000, 6_000_000, 1_300_000, 7_200_000)}
ACCURATE = ("002", "005", "010")
TOLD = 200


def class_titles(path: Path) -> dict[str, str]:
    """Classes of the standard in words: the first sentence of their definition."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream, delimiter=";")
        return {
            row["classe"]: f"{row['classe']} ({re.split(r'[:.]', row['definition'])[0].strip()})"
            for row in rows
            if row.get("definition") and not row.get("attribut")
        }


def rules(tree: Any, content: bytes) -> Iterator[Remark]:
    """What a technician must know of a file that the XSD may well accept."""
    root = tree.getroot()
    if content.startswith(b"\xef\xbb\xbf"):
        yield _say(
            "pcrs.bom",
            "Le fichier commence par une marque d'ordre (BOM)",
            "The file begins with a byte order mark",
            None,
            level="info",
        )
    yield from _exchange(root)
    yield from _systems(root)
    yield from _links(root)
    yield from _accuracy(root)


def _say(
    code: str,
    fr: str,
    en: str,
    node: Any,
    value: str | None = None,
    proposal: Text | str | None = None,
    level: Level = "warning",
) -> Remark:
    line = getattr(node, "sourceline", None)
    name = etree.QName(node).localname if node is not None else None
    return Remark(code, level, Text(fr, en), line, name, value, proposal, ours=True)


def _exchange(root: Any) -> Iterator[Remark]:
    found = list(root.iter(f"{{{PCRS}}}EmpriseEchangePCRS"))
    if len(found) != 1:
        yield _say(
            "pcrs.exchange_extent",
            f"{len(found)} EmpriseEchangePCRS : il en faut une, qui dit le fournisseur, la date et l'emprise",
            f"{len(found)} EmpriseEchangePCRS: one is needed, which tells provider, date and extent",
            found[1] if found else root,
            proposal=Text("ajoutez un objet EmpriseEchangePCRS", "add an EmpriseEchangePCRS object")
            if not found
            else None,
        )
    if root.find(f"{{{GML}}}boundedBy") is None:
        yield _say(
            "pcrs.bounded_by",
            "gml:boundedBy manque : l'emprise est calculée",
            "gml:boundedBy is missing: the extent is computed",
            root,
            level="info",
        )


def _systems(root: Any) -> Iterator[Remark]:
    seen: dict[str, Any] = {}
    for node in root.iter():
        name = node.get("srsName") if isinstance(node.tag, str) else None
        if name:
            seen.setdefault(name, node)
    if not seen:
        yield _say(
            "pcrs.crs_missing",
            "Aucune géométrie ne dit son système de coordonnées (srsName)",
            "No geometry tells its srsName",
            root,
            proposal='srsName="EPSG:2154"',
        )
    codes = {name: _epsg(name) for name in seen}
    for name, code in codes.items():
        if code in GEOGRAPHIC:
            yield _say(
                "pcrs.crs",
                "Coordonnées géographiques : le PCRS est en Lambert-93 ou conique conforme",
                "Geographic coordinates: PCRS is in Lambert-93 or a conformal zone",
                seen[name],
                name,
                "EPSG:2154",
            )
        elif code not in FRENCH:
            yield _say(
                "pcrs.crs",
                "Système de coordonnées inattendu",
                "Unexpected coordinate reference system",
                seen[name],
                name,
                "EPSG:2154",
            )
    if len(set(codes.values())) > 1:
        yield _say(
            "pcrs.crs_mixed",
            "Plusieurs systèmes de coordonnées dans le fichier",
            "Several coordinate reference systems in the file",
            root,
            ", ".join(seen),
        )
    if set(codes.values()) == {2154}:
        yield from _inside(root, BOUNDS[2154])


def _epsg(name: str) -> int | None:
    found = re.search(r"(\d{4,6})\D*$", name)
    return int(found[1]) if found else None


def _inside(root: Any, bounds: tuple[float, float, float, float]) -> Iterator[Remark]:
    """Coordinates that cannot be Lambert-93: another zone declared as such, axes swapped."""
    west, south, east, north = bounds
    told = 0
    for node in root.iter(f"{{{GML}}}posList", f"{{{GML}}}pos"):
        numbers = (node.text or "").split()[:2]
        try:
            x, y = float(numbers[0]), float(numbers[1])
        except (IndexError, ValueError):
            continue
        if west <= x <= east and south <= y <= north:
            continue
        swapped = west <= y <= east and south <= x <= north
        zone = 1_000_000 <= x <= 2_500_000 and 1_000_000 <= y <= 9_400_000
        proposal = (
            Text("inversez les axes", "swap the axes")
            if swapped
            else Text(
                "déclarez la zone conique conforme (EPSG:3942 à 3950)", "declare the conformal zone (EPSG:3942 to 3950)"
            )
            if zone
            else None
        )
        told += 1
        if told > TOLD:
            return
        yield _say(
            "pcrs.out_of_crs",
            "Coordonnées hors du domaine de Lambert-93",
            "Coordinates out of the domain of Lambert-93",
            node,
            " ".join(numbers),
            proposal,
        )


def _links(root: Any) -> Iterator[Remark]:
    known = {
        value
        for node in root.iter()
        if isinstance(node.tag, str)
        for key, value in node.attrib.items()
        if key == f"{{{GML}}}id"
    }
    for node in root.iter():
        target = node.get(HREF) if isinstance(node.tag, str) else None
        if not target or target.startswith(("http:", "https:", "urn:")):
            continue
        plain = target.removeprefix("#")
        if plain not in known:
            yield _say(
                "pcrs.link",
                "Lien vers un objet qui n'est pas dans le fichier",
                "A link to an object that is not in the file",
                node,
                target,
            )
        elif not target.startswith("#"):
            yield _say(
                "pcrs.link_form", "Le lien n'a pas son #", "The link lacks its #", node, target, f"#{plain}", "info"
            )


def _accuracy(root: Any) -> Iterator[Remark]:
    told = 0
    for node in root.iter(f"{{{PCRS}}}precisionPlanimetrique"):
        text = (node.text or "").strip()
        if re.fullmatch(r"\d{3}", text) and text not in ACCURATE and told < TOLD:
            told += 1
            yield _say(
                "pcrs.accuracy",
                f"Précision de {int(text)} cm : le PCRS vise 10 cm",
                f"Accuracy of {int(text)} cm: PCRS aims at 10 cm",
                node,
                text,
                level="info",
            )
