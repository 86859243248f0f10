"""What is asked: each workload is a list of questions, said once, that every server hears in its own words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from bench.dataset import Ground
from mig_idg.errors import Text

Kind = Literal["item", "page", "box", "lambert", "filter", "tile", "catalogue", "paging"]
L93 = "http://www.opengis.net/def/crs/EPSG/0/2154"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `box` is in CRS84, or in Lambert-93 for `lambert`; `tile` is z, x, y of Web Mercator."""

    kind: Kind
    layer: str = ""
    limit: int = 10
    id: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    where: tuple[str, str] = ("", "")
    tile: tuple[int, int, int] = (0, 0, 0)

    @property
    def bbox(self) -> str:
        """The box as clients write it."""
        return ",".join(f"{number:.7f}" for number in self.box)


@dataclass(frozen=True, slots=True)
class Workload:
    """A name for the command line, what it is, its questions, and in which database."""

    name: str
    title: Text
    questions: tuple[Question, ...]
    database: str = "idg"


def every(ground: Ground, many: int) -> list[Workload]:
    """All workloads, on the samples of the ground."""
    addresses, lines = ground.near["adresses"], ground.near["pcrs"]
    near = [s.box84 for s in addresses]
    made = [
        _made("item", "une entité", "single item", [Question("item", "adresses", id=s.id) for s in addresses]),
        _made("first", "première page de 10", "first page of 10", [Question("page", "adresses", 10)]),
        _made("bbox", "100 adresses par emprise", "100 addresses by bbox",
              [Question("box", "adresses", 1000, box=box) for box in near]),
        _made("bbox-lines", "125 lignes PCRS par emprise", "125 PCRS lines by bbox",
              [Question("box", "pcrs", 1000, box=s.box84) for s in lines]),
        _made("lambert", "100 adresses, Lambert-93 aller et retour", "100 addresses, Lambert-93 both ways",
              [Question("lambert", "adresses", 1000, box=s.box) for s in addresses]),
        _made("cql2", "CQL2 avec emprise", "CQL2 with bbox",
              [Question("filter", "adresses", 1000, box=box, where=("position", "entrée")) for box in near]),
        _made("page-1000", "pages de 1 000", "pages of 1,000", [Question("page", "adresses", 1000)]),
        _made("page-10000", "pages de 10 000", "pages of 10,000", [Question("page", "adresses", 10_000)]),
        _made("paging", "100 000 entités de page en page", "paging 100,000 features",
              [Question("paging", "adresses", 10_000)]),
    ]  # fmt: skip
    for layer, drawn in (("adresses", addresses), ("pcrs", lines)):
        for zoom in (12, 13, 14, 15, 16):
            tiles = dict.fromkeys(tile_of(s.longitude, s.latitude, zoom) for s in drawn)
            questions = [Question("tile", layer, tile=tile) for tile in tiles]
            made.append(_made(f"mvt-{layer}-z{zoom}", f"tuiles {layer} z{zoom}", f"{layer} tiles z{zoom}", questions))
    for number, database in ((20, "few"), (many, "many")):
        title = f"/collections, {number}"
        made.append(_made(f"collections-{number}", title, title, [Question("catalogue")], database))
    return made


def _made(name: str, fr: str, en: str, questions: list[Question], database: str = "idg") -> Workload:
    return Workload(name, Text(fr, en), tuple(questions), database)


def tile_of(longitude: float, latitude: float, zoom: int) -> tuple[int, int, int]:
    """The Web Mercator tile of a place: z, x, y."""
    n = 2**zoom
    x = int((longitude + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * n)
    return zoom, x, y


def chosen(workloads: list[Workload], names: tuple[str, ...]) -> list[Workload]:
    """Those named, by name or beginning of name; all when none is. Raises UnknownWord."""
    from mig_idg.errors import UnknownWord

    kept: dict[str, Workload] = {}
    for name in names:
        found = [one for one in workloads if one.name == name or one.name.startswith(f"{name}-")]
        if not found:
            raise UnknownWord(Text("Mesure", "workload"), name, [one.name for one in workloads])
        kept.update((one.name, one) for one in found)
    return [one for one in workloads if not names or one.name in kept]
