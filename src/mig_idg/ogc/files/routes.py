"""The files themselves: a download."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import MAPS, Operation
from mig_idg.guard.route import Route
from mig_idg.ogc.files import files

_FILES = "/collections/{collection}/files"


def _file(id: str, fr: str, en: str, *parameters: str) -> tuple[Operation]:
    media = (("image/tiff; application=geotiff; profile=cloud-optimized", "binary"),)
    return (
        Operation(
            id, Text(fr, en), MAPS, media, parameters, errors=(400, 401, 403, 404, 416, 429, 503), raster=True
        ),
    )  # fmt: skip


ROUTES = (
    Route(f"{_FILES}/{{name}}", "download", files.collection_file, pool="tiles",
          operations=_file("file", "Le fichier, par plages", "The file, by ranges", "name")),
    Route(f"{_FILES}/{{vintage}}/{{name}}", "download", files.collection_file, pool="tiles", operations=_file(
        "vintageFile", "Un fichier d'un millésime, par plages", "A file of a vintage, by ranges", "vintage", "name")),
)  # fmt: skip
