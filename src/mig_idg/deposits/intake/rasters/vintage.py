"""Which vintage (millésime) an import fills: its name, its days; and where a file lies on the globe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store import crs

_YEAR = re.compile(r"(19|20)\d{2}")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,62}")


@dataclass(frozen=True, slots=True)
class Choices:
    """How to import. `during` is first day and day after the last; absent, the year that names the vintage.

    `without_faulty` publishes the sound files though others were refused. `check_only` changes nothing. `crs` (EPSG
    code) is that of point clouds that do not tell theirs; `nodata` is the value of pixels without data in pictures that
    do not tell it.
    """

    author: str
    vintage: str | None = None
    during: tuple[date, date] | None = None
    without_faulty: bool = False
    check_only: bool = False
    workers: int = 2
    crs: int | None = None
    nodata: float | None = None


def named(choices: Choices) -> str:
    """The name of the vintage, or the year of its first day. Raises InvalidParameter."""
    name = choices.vintage or (str(choices.during[0].year) if choices.during else None)
    if name is None or not _NAME.fullmatch(name):
        raise InvalidParameter(
            "vintage",
            Text("Le millésime n'est pas nommé.", "The vintage is not named."),
            remedy=Text("--vintage 2025, ou --vintage ete-2025 --during 2025-06-01/2025-08-31",
                        "--vintage 2025, or --vintage summer-2025 --during 2025-06-01/2025-08-31"),
        )  # fmt: skip
    return name


def during(choices: Choices, name: str) -> tuple[date, date]:
    """First day and day after the last: as told, or the year that names the vintage. Raises InvalidParameter."""
    if choices.during is not None:
        return choices.during
    if _YEAR.fullmatch(name):
        return date(int(name), 1, 1), date(int(name) + 1, 1, 1)
    raise InvalidParameter(
        "during",
        Text(
            f"De quels jours sont les fichiers du millésime « {name} » ?", f"Of which days are the files of “{name}”?"
        ),
        remedy=Text("--during 2025-06-01/2025-08-31", "--during 2025-06-01/2025-08-31"),
    )


def footprint(bounds: tuple[float, float, float, float], srid: int) -> list[tuple[float, float]]:
    """The outline in CRS84 degrees, its sides cut in four so that they follow the curve of the projection."""
    xmin, ymin, xmax, ymax = bounds
    steps = (0.0, 0.25, 0.5, 0.75)
    ring = [
        *((xmin + (xmax - xmin) * t, ymin) for t in steps),
        *((xmax, ymin + (ymax - ymin) * t) for t in steps),
        *((xmax - (xmax - xmin) * t, ymax) for t in steps),
        *((xmin, ymax - (ymax - ymin) * t) for t in steps),
    ]
    if srid == crs.WGS84:
        return ring
    from pyproj import Transformer

    mover = Transformer.from_crs(srid, crs.WGS84, always_xy=True)
    return [(round(x, 9), round(y, 9)) for x, y in (mover.transform(*point) for point in ring)]
