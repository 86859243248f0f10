"""`export`: a choice of layers, an area, a format, as one ZIP with each layer's record, licence and mention."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import orjson

from mig_idg.errors import Text
from mig_idg.ogc.processes.builtin import areas, layers
from mig_idg.ogc.processes.builtin.words import COLLECTION, given, made, metadata
from mig_idg.ogc.processes.reading import Processor, scratch_file

FORMATS = {"gpkg": "gpkg", "geojson": "geojson", "csv": "csv", "fgb": "fgb", "parquet": "parquet", "gml": "gml"}
MOST_LAYERS = 50


class Export(Processor):
    """Layers taken away together, with what must go with them."""

    METADATA = metadata(
        "export",
        ("Exporter des couches", "Export layers"),
        (
            "Un choix de couches, un territoire, un format : une archive ZIP, avec la fiche, la licence et la mention.",
            "A choice of layers, an area, a format: a ZIP archive, with the record, the licence and the mention.",
        ),
        inputs={
            "collections": given("Les couches", "The layers", COLLECTION, most=MOST_LAYERS),
            "area": given(
                "Code INSEE, EPT, nom, liste de communes, polygone GeoJSON ou {bbox} ; absent : tout",
                "INSEE code, EPT, name, list of communes, GeoJSON polygon, or {bbox}; absent: everything",
                areas.SCHEMA,
                required=False,
            ),
            "format": given(
                "Le format", "The format", {"type": "string", "enum": list(FORMATS), "default": "gpkg"}, required=False
            ),
        },
        outputs={
            "archive": made("L'archive", "The archive", {"type": "string", "contentMediaType": "application/zip",
                                                        "contentEncoding": "binary"})
        },
        example={"inputs": {"collections": ["pcrs", "equipements"], "format": "gpkg"}},
    )  # fmt: skip

    def execute(self, data: dict[str, Any], outputs: Any = None) -> tuple[str, Any]:
        """One folder for each layer: its data, its record, what may be done with it."""
        told = data["collections"]
        chosen = list(dict.fromkeys([told] if isinstance(told, str) else told))
        area = areas.area_of(self, data["area"], "area") if data.get("area") is not None else None
        path = scratch_file(".zip")
        try:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                notes = []
                for number, collection in enumerate(chosen):
                    self.report(5 + 90 * number // len(chosen), f"Export de {collection}.", f"Exporting {collection}.")
                    notes.append(self._add(archive, collection, area, FORMATS[data.get("format", "gpkg")]))
                archive.writestr(Text("LISEZ-MOI.txt", "README.txt").in_(self.lang), "\n".join(notes))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return "application/zip", path

    def _add(self, archive: zipfile.ZipFile, collection: str, area: areas.Area | None, form: str) -> str:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", collection)
        file = scratch_file(f".{form}")
        try:
            query = layers.where(self, collection, area)
            self.save(f"/collections/{collection}/items", file, f=form, **query)
            _store(archive, file, f"{name}/{name}.{form}")
        finally:
            file.unlink(missing_ok=True)
        record = self.get(f"/collections/{collection}", f="json").json()
        access = self.get(f"/collections/{collection}/access", f="json").json()
        archive.writestr(f"{name}/record.json", orjson.dumps(record, option=orjson.OPT_INDENT_2))
        archive.writestr(f"{name}/access.json", orjson.dumps(access, option=orjson.OPT_INDENT_2))
        note = self._note(record, access, area)
        archive.writestr(f"{name}/MENTION.txt", note)
        return note

    def _note(self, record: dict[str, Any], access: dict[str, Any], area: areas.Area | None) -> str:
        def words(fr: str, en: str) -> str:
            return Text(fr, en).in_(self.lang)

        taken: dict[str, Any] = next((one for one in access["actions"] if one.get("action") == "download"), {})
        lines = [
            record["title"],
            record["description"],
            f"{words('Mention à porter', 'Mention to carry')} : {record['attribution']}",
            f"{words('Licence', 'Licence')} : {record.get('license') or words('charte', 'charter')}",
            f"{words('Extrait le', 'Extracted on')} : {access['on']}",
        ]
        if record.get("updated"):
            lines.append(f"{words('À jour au', 'As of')} : {record['updated']}")
        if area is not None:
            lines.append(f"{words('Territoire', 'Area')} : {area.name}")
        lines += [f"- {one['text']}" for one in taken.get("obligations", ())]
        return "\n".join(lines) + "\n"


def _store(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    packed = name.endswith((".parquet", ".zip"))
    archive.write(file, name, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
