"""Declarations against the world: the table, its columns, key, SRID and geometry; the bodies they name; the raster."""

from __future__ import annotations

from collections.abc import Collection as Known
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import rasterio
import rasterio.errors
from pyproj import CRS
from pyproj.exceptions import CRSError

from mig_idg.database import Connection
from mig_idg.errors import InvalidDeclaration, Problem, Text, UnknownWord, did_you_mean, nearest
from mig_idg.publication.load import Declared
from mig_idg.publication.model import Declaration
from mig_idg.publication.plugins import allowed, unfindable
from mig_idg.store import extents
from mig_idg.store.collection import PixelGrid, table_as_json
from mig_idg.store.query import temporal
from mig_idg.store.storage import environment_of
from mig_idg.store.table import Table, TimeExtent, describe


@dataclass(frozen=True, slots=True)
class Checked:
    """A declaration that holds: with its described table, its extent (west, south, east, north, degrees), its period,
    its grid of pixels.
    """

    declared: Declared
    table: Table | None
    bbox: tuple[float, float, float, float] | None
    time: TimeExtent | None = None
    grid: PixelGrid | None = None
    updated: date | None = None
    version: dict[str, Any] | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """The entry of a publication."""
        return {
            "declaration": self.declared.declaration.plain,
            "table": table_as_json(self.table) if self.table else None,
            "bbox": list(self.bbox) if self.bbox else None,
            "time": asdict(self.time) if self.time else None,
            "grid": asdict(self.grid) if self.grid else None,
            "updated": self.updated.isoformat() if self.updated else None,
            "version": self.version,
        }


def check(
    connection: Connection[Any],
    declared: Declared,
    bodies: Known[str],
    rasters: Path | None = None,
    *,
    measured: bool = True,
    modules: tuple[str, ...] | None = None,
) -> Checked | list[InvalidDeclaration]:
    """The declaration checked on the database, or everything that is wrong with it, each with its line.

    `modules` are those that plug-ins may come from; None: they are not looked at.

    Not `measured`, no row is read: without counts and extent, for who only wants to know what rights become.
    """
    errors = [
        *unknown_crs(declared),
        *parts_of_plugin(declared),
        *_unknown_bodies(declared, bodies),
        *_unusable_plugin(declared, modules),
    ]
    one = declared.declaration
    table = None
    if one.source.table is not None:
        try:
            table = describe(connection, one.source.table, one.source.id or "", one.source.geometry, one.territory)
        except UnknownWord as error:
            errors.append(declared.wrong(error.detail, *_column_path(declared, error), remedy=error.remedy))
        except Problem as error:
            errors.append(declared.wrong(error.detail, "source", "table", remedy=error.remedy))
        else:
            errors.extend(_misfits(declared, table))
    else:
        errors.extend(_missing_raster(declared, rasters))
    if errors:
        return errors
    if not measured:
        return Checked(declared, table, one.extent)
    if table is not None:
        table = replace(table, stats=extents.stats(connection, table))
    grid = _grid_of_pixels(connection, declared, rasters)
    found = _open_extent(connection, declared, table) or _extent_of_file(connection, declared, grid)
    moment = temporal(table, one.source.time) if table is not None else None
    time = extents.in_time(connection, table, moment) if table is not None and moment is not None else None
    updated = one.updated or _last_update(connection, declared, table)
    return Checked(declared, table, one.extent or found, time, grid, updated)


def unknown_crs(declared: Declared) -> Iterator[InvalidDeclaration]:
    """The codes that EPSG does not have, or that are no coordinate reference system: told without the database."""
    one = declared.declaration
    places: list[tuple[tuple[str | int, ...], str]] = [(("source", "crs"), one.source.crs)]
    places.extend((("crs", position), code) for position, code in enumerate(one.crs))
    for path, code in places:
        try:
            CRS.from_user_input(code)
        except CRSError:
            yield declared.wrong(
                Text(f"« {code} » n'est pas un système de coordonnées d'EPSG.", f"“{code}” is no EPSG CRS."),
                *path,
                remedy=Text("En Île-de-France : EPSG:2154 (Lambert-93).", "In Île-de-France: EPSG:2154 (Lambert-93)."),
            )


def parts_of_plugin(declared: Declared) -> Iterator[InvalidDeclaration]:
    """What would hide a part of a source that a plug-in reads, or write in it: told without the database."""
    if declared.declaration.source.plugin is None:
        return
    for path, words in _parts_withheld(declared.declaration):
        yield declared.wrong(
            Text(
                f"une source « plugin » se sert entière ou pas du tout, et cette clé demande {words.fr} : le greffon"
                " lit les données hors de la base, où rien ne garantit que ce qui est réservé reste caché.",
                f"a “plugin” source is served whole or not at all, and this key asks for {words.en}: the plug-in reads"
                " the data outside the database, where nothing guarantees that what is reserved stays hidden.",
            ),
            *path,
            remedy=Text(
                "Importez la donnée dans une table (mig-idg import), ou retirez cette clé.",
                "Import the data into a table (mig-idg import), or remove this key.",
            ),
        )


def _parts_withheld(one: Declaration) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    if one.terms and one.terms.hidden_attributes:
        yield ("terms", "hidden_attributes"), Text("des attributs masqués", "hidden attributes")
    if one.terms and one.terms.rows:
        yield ("terms", "rows"), Text("des lignes limitées à un territoire", "rows limited to a territory")
    for number, exception in enumerate(one.exceptions):
        if exception.attributes:
            yield ("exceptions", number, "attributes"), Text("des attributs réservés", "reserved attributes")
    if one.territory:
        yield ("territory",), Text("des lignes partagées par territoire", "rows shared by territory")
    if one.editing and one.editing.enabled:
        yield ("editing",), Text("une édition en ligne", "online editing")


def _unusable_plugin(declared: Declared, modules: tuple[str, ...] | None) -> Iterator[InvalidDeclaration]:
    plugin = declared.declaration.source.plugin
    if plugin is None or modules is None:
        return
    place = ("source", "plugin", "name")
    if not allowed(plugin.name, modules):
        yield declared.wrong(
            Text(
                f"le greffon « {plugin.name} » n'est pas dans les modules permis : {', '.join(modules)}.",
                f"plug-in “{plugin.name}” is not in the modules that are allowed: {', '.join(modules)}.",
            ),
            *place,
            remedy=Text("Ajoutez son module à IDG_PLUGIN_MODULES.", "Add its module to IDG_PLUGIN_MODULES."),
        )
    elif (reason := unfindable(plugin.name, modules)) is not None:
        yield declared.wrong(
            Text(
                f"le greffon « {plugin.name} » ne se charge pas ({reason}).",
                f"plug-in “{plugin.name}” cannot be loaded ({reason}).",
            ),
            *place,
            remedy=Text(
                "Vérifiez son nom ; installez ce qui lui manque, ou mettez-le sur PYTHONPATH.",
                "Check its name; install what it lacks, or put it on PYTHONPATH.",
            ),
        )


def _missing_raster(declared: Declared, rasters: Path | None) -> Iterator[InvalidDeclaration]:
    raster = declared.declaration.source.raster
    if raster is None or raster.cog is None or rasters is None or (rasters / raster.cog).is_file():
        return
    yield declared.wrong(
        Text(f"le raster « {raster.cog} » n'est pas dans {rasters}.", f"raster “{raster.cog}” is not in {rasters}."),
        *("source", "raster", "cog"),
        remedy=Text("Importez-le : mig-idg import.", "Import it: mig-idg import."),
    )


def _last_update(connection: Connection[Any], declared: Declared, table: Table | None) -> date | None:
    """The latest date of the rows' declared column of update, or else of their time column (000 art. 13).

    None when there is none, or when somebody may not see it: the day of publication is then what is said.
    """
    one = declared.declaration
    name = one.source.updated or one.source.time
    if table is None or name is None or one.takedown:
        return None
    hidden = {*(one.terms.hidden_attributes if one.terms else ())}.union(*(e.attributes for e in one.exceptions))
    if name in hidden or any(not e.attributes for e in one.exceptions):
        return None
    return extents.latest_day(connection, table, name)


def _open_extent(
    connection: Connection[Any], declared: Declared, table: Table | None
) -> tuple[float, float, float, float] | None:
    """The extent of the rows, when it tells nothing: whole data visible to whoever may know of the collection.

    An extent over rows that somebody may not see would say where they are (security.md, leak paths).
    """
    if table is None or table.geometry is None or table.stats is None or table.stats.extent is None:
        return None
    one = declared.declaration
    if one.takedown or any(not e.attributes or table.geometry.name in e.attributes for e in one.exceptions):
        return None
    return extents.in_degrees(connection, table.stats.extent, table.geometry.srid)


def _extent_of_file(
    connection: Connection[Any], declared: Declared, grid: PixelGrid | None
) -> tuple[float, float, float, float] | None:
    """The extent of a raster that is one file; that of vintages is asked of the registry, which moves with them."""
    one = declared.declaration
    if grid is None or one.source.raster is None or one.source.raster.cog is None:
        return None
    return extents.in_degrees(connection, grid.bounds, int(one.source.crs.removeprefix("EPSG:")))


def _grid_of_pixels(connection: Connection[Any], declared: Declared, rasters: Path | None) -> PixelGrid | None:
    """The grid of a raster, as its file or its last vintage in force tells it: where the picture is, not what is in it.

    None when no file is there to ask, or when a part of it may not be told.
    """
    one = declared.declaration
    raster = one.source.raster
    if raster is None or rasters is None or one.takedown or one.exceptions:
        return None
    name, bounds = raster.cog, None
    if name is None:
        last = extents.of_last_vintage(connection, one.id)
        if last is None:
            return None
        bounds, name = last
    with environment_of(rasters, {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}):
        try:
            with rasterio.open(rasters / name, driver="GTiff") as opened:
                return PixelGrid(bounds or tuple(opened.bounds), opened.res)
        except rasterio.errors.RasterioIOError:
            return None


def _misfits(declared: Declared, table: Table) -> Iterator[InvalidDeclaration]:
    one = declared.declaration
    if table.geometry is not None and f"EPSG:{table.geometry.srid}" != one.source.crs:
        yield declared.wrong(
            Text(
                f"la table est en EPSG:{table.geometry.srid}, la déclaration dit {one.source.crs}.",
                f"the table is in EPSG:{table.geometry.srid}, the declaration says {one.source.crs}.",
            ),
            "source", "crs",
        )  # fmt: skip
    known = [*table.names, *table.geometry_columns]
    for path, name in _named_columns(declared):
        if name not in known:
            yield declared.wrong(
                Text(f"la table n'a pas de colonne « {name} ».", f"the table has no column “{name}”."),
                *path,
                remedy=did_you_mean(nearest(name, known)),
            )


def _named_columns(declared: Declared) -> Iterator[tuple[tuple[str | int, ...], str]]:
    one = declared.declaration
    for number, exception in enumerate(one.exceptions):
        for position, name in enumerate(exception.attributes):
            yield ("exceptions", number, "attributes", position), name
    if one.terms:
        for position, name in enumerate(one.terms.hidden_attributes):
            yield ("terms", "hidden_attributes", position), name
    for name in one.attributes:
        yield ("attributes", name), name
    for name in one.codes:
        yield ("codes", name), name
    if one.source.time:
        yield ("source", "time"), one.source.time
    if one.source.updated:
        yield ("source", "updated"), one.source.updated
    if one.editing:
        for position, name in enumerate(one.editing.attributes):
            yield ("editing", "attributes", position), name


def _unknown_bodies(declared: Declared, bodies: Known[str]) -> Iterator[InvalidDeclaration]:
    for path, body in _named_bodies(declared):
        if body not in bodies:
            yield declared.wrong(
                Text(f"organisme inconnu « {body} ».", f"unknown body “{body}”."),
                *path,
                remedy=did_you_mean(nearest(body, bodies))
                or Text("mig-idg partner list dit lesquels sont connus.", "mig-idg partner list tells the known ones."),
            )


def _named_bodies(declared: Declared) -> Iterator[tuple[tuple[str | int, ...], str]]:
    one = declared.declaration
    if one.owner:
        yield ("owner",), one.owner
    for position, body in enumerate(one.working_group):
        yield ("working_group", position), body
    if one.terms:
        for field in ("named", "agreed"):
            for position, body in enumerate(getattr(one.terms, field)):
                yield ("terms", field, position), body
    for number, exception in enumerate(one.exceptions):
        for position, body in enumerate(exception.beneficiaries):
            yield ("exceptions", number, "beneficiaries", position), body


def _column_path(declared: Declared, error: UnknownWord) -> tuple[str, ...]:
    word, one = error.extra["word"], declared.declaration
    if word == one.source.id:
        return ("source", "id")
    if word == one.source.geometry:
        return ("source", "geometry")
    return ("territory",) if word == one.territory else ("source",)
