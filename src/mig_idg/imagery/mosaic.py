"""What makes a picture: the files, in drawing order, and what limits it for one caller."""

from __future__ import annotations

from dataclasses import dataclass

from mig_idg.imagery.bands import BAND_NAMES
from mig_idg.imagery.dataset_cache import Source
from mig_idg.imagery.territory_mask import TerritoryMask
from mig_idg.store.rasters import Vintage


@dataclass(frozen=True, slots=True)
class Mosaic:
    """The files of a picture in drawing order. `key` names all that its pixels depend on, the frame apart.

    `bands` are the names of those the caller may see.
    """

    files: tuple[Source, ...]
    srid: int
    kind: str
    key: tuple[object, ...]
    bands: tuple[str, ...]
    territory_mask: TerritoryMask | None = None
    vintage: Vintage | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The bands that the caller may see, as the file counts them: 1 is the first."""
        return tuple(BAND_NAMES[self.kind].index(name) + 1 for name in self.bands)

    @property
    def masked(self) -> bool:
        """True when the caller sees a part of the territory only."""
        return self.territory_mask is not None
