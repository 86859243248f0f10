"""Any vector file as a source of rows: one layer of it, or every layer of lines of a street plan (PCRS).

Attributes keep their type. What no table can hold is refused; what is a list or a structure becomes JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from mig_idg.deposits.intake import geometry, naming, vectors
from mig_idg.deposits.intake.extraction import DATE_TIME, FID
from mig_idg.deposits.intake.geometry import Kind, Mover, Target
from mig_idg.deposits.intake.source import Field, Numbers, Survey, Told, Wanted
from mig_idg.deposits.intake.vectors import Layer, VectorFile
from mig_idg.errors import InvalidParameter, Text, Unprocessable
from mig_idg.standards.findings import Finding, Tally

# The drivers whose identifiers are the file's own, and stay when another row goes.
KEEPERS = ("GPKG", "OpenFileGDB")
CLASS = "classe"  # the column that says which class of the street plan an object is of


class Features:
    """Layers of a vector file as one source of rows; `layers` share their columns, and their kind of geometry.

    `flat` leaves heights aside.
    """

    def __init__(
        self,
        file: VectorFile,
        layers: tuple[Layer, ...],
        tally: Tally,
        *,
        crs: str | None,
        classes: bool,
        flat: bool = False,
    ) -> None:
        self.file, self.layers, self.tally, self.stated, self.classes = file, layers, tally, crs, classes
        self.flat = flat
        self.shown, self.format = file.shown, file.format.name
        self._numbers = Numbers()

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """Columns and kind of geometry; the rows are read only when their kind is not written in the file."""
        types: dict[str, tuple[str, str]] = {}
        for layer in self.layers:
            for name, kind in self._columns(layer, wanted):
                types.setdefault(name, (naming.normalised(name), kind))
        renamed = naming.columns(types, (wanted.geometry,) if wanted.geometry else ())
        fields = [Field(renamed[name], kind, name) for name, (_, kind) in types.items()]
        if self.classes and all(f.name != CLASS for f in fields):
            fields.append(Field(CLASS, "text", ""))
        self.tally.add(naming.told(fields, wanted.settled))
        self._tell_storage(wanted)
        if key := self._own_key(wanted, {one.name for one in fields}):
            fields.insert(0, key)
        kinds = [self._kind(layer) for layer in self.layers if layer.type is not None]
        shape = geometry.common(set(kinds)) if kinds and wanted.geometry else None
        if kinds and not wanted.geometry:
            self.tally.add([Finding("geometry.left")])
        if shape and self.flat:
            shape = Kind(shape.type)
        known = all(layer.features >= 0 for layer in self.layers)
        territories = self._territories(wanted, renamed)
        rows = sum(layer.features for layer in self.layers) if known else -1
        return Survey(tuple(fields), shape, rows, territories)

    def batches(
        self, wanted: Wanted, survey: Survey, target: Target | None, told: Told | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows of each layer, one after the other; findings name them by their rank in the file."""
        self._numbers.clear()
        keyed = any(one.called == FID for one in survey.fields)
        for layer in self.layers:
            mover = self._mover(layer, target, wanted) if target and wanted.geometry and layer.type else None
            count = 0
            with vectors.rows(self.file, layer, fid=keyed) as reader:
                for batch in reader:
                    numbers = np.arange(count + 1, count + batch.num_rows + 1)
                    count += batch.num_rows
                    self._numbers.add(numbers)
                    yield self._taken(batch, layer, survey, wanted, mover, numbers)
                    if told:
                        told(batch.num_rows)
            self._count(layer, count)

    def _count(self, layer: Layer, count: int) -> None:
        """Rows read against rows announced: a stale count is told, rows that are missing refuse the file."""
        if layer.features < 0 or count == layer.features:
            return
        stale = layer.really == count
        code = "rows.count_stale" if stale else "rows.count"
        deleted = f" ({layer.deleted} effacés)" if layer.deleted else ""
        self.tally.add([Finding(code, value=f"{layer.features} ≠ {count}{deleted}")])

    def _tell_storage(self, wanted: Wanted) -> None:
        """What the file really holds and that its types do not say."""
        for layer in self.layers:
            for one in layer.told:
                if one["field"] in wanted.settled:
                    continue
                made = [Finding(one["code"], number, one["field"], None, text) for number, text in one["examples"]]
                self.tally.more(one["code"], one["count"], made)
            for name in layer.exact:
                self.tally.add([Finding("column.numeric", None, name)])

    def _own_key(self, wanted: Wanted, names: set[str]) -> Field | None:
        """The identifiers that the file keeps beside its attributes, when the collection's key is no attribute.

        Identifiers that some features have and others have not, or that are numbers here and words there, are refused:
        numbering them anew would lose those that are known.
        """
        if wanted.key in names or wanted.key in wanted.settled or len(self.layers) != 1:
            return None
        (layer,) = self.layers
        ids = layer.ids or {}
        if ids.get("some"):
            if ids["some"] < ids["all"]:
                self.tally.more(
                    "key.missing", ids["all"] - ids["some"], [Finding("key.missing", n, "id") for n in ids["without"]]
                )
            elif 0 < ids["words"] < ids["some"]:
                self.tally.add([Finding("key.mixed", None, "id")])
        elif not layer.fid or self.file.format.driver not in KEEPERS:
            return None
        self.tally.add([Finding("key.own", None, layer.fid or "id", value=f"{layer.fid or 'id'} → {wanted.key}")])
        return Field(wanted.key, "integer", FID, layer.fid or "id")

    def number_of(self, rank: int) -> int:
        """The rank, in its layer, of the nth object given."""
        return self._numbers.of(rank)

    def _columns(self, layer: Layer, wanted: Wanted) -> Iterator[tuple[str, str]]:
        """Names and types of the attributes of a layer; a type no table can hold is "binary"."""
        for field in layer.schema:
            if field.name == layer.geometry:
                continue
            kind = sql_type(field.type)
            if (field.metadata or {}).get(DATE_TIME) == b"DateTime":
                kind = "timestamptz"
            elif field.name in layer.exact:
                kind = "numeric" if naming.normalised(field.name) != wanted.key else "text"
            yield field.name, kind or "binary"

    def _kind(self, layer: Layer) -> Kind:
        """As the file says, or as its rows show when it says nothing precise. A shapefile never tells one from many."""
        said = geometry.kind_of(layer.type)
        if said is None or said.type in ("Geometry", "GeometryCollection"):
            return self._shown_kind(layer)
        if self.file.format.driver == "ESRI Shapefile" and said.type != "Point":
            return Kind(geometry.MULTIPLE.get(said.type, said.type), said.has_z)
        return said

    def _shown_kind(self, layer: Layer) -> Kind:
        kinds: set[Kind] = set()
        with vectors.rows(self.file, layer) as reader:
            for batch in reader:
                shapes, _ = geometry.read(_wkb(batch, layer))
                there = shapes[~shapely.is_missing(shapes)]
                pairs = np.unique(np.stack([shapely.get_type_id(there), shapely.has_z(there)]), axis=1)
                kinds |= {Kind(geometry.TYPES.get(int(i), "Geometry"), bool(z)) for i, z in pairs.T}
        return geometry.common(kinds) if kinds else Kind("Geometry")

    def _territories(self, wanted: Wanted, renamed: dict[str, str]) -> frozenset[str] | None:
        """The values of the territory column, when the file has one: one more reading, of a file already in memory."""
        called = next((name for name, sql in renamed.items() if sql == wanted.territory), None)
        if called is None:
            return None
        found: set[str] = set()
        for layer in self.layers:
            with vectors.rows(self.file, layer) as reader:
                if called in reader.schema.names:
                    for batch in reader:
                        found |= {str(v) for v in pc.unique(batch.column(called)).to_pylist() if v is not None}
                else:
                    for _ in reader:
                        pass
        return frozenset(found)

    def _mover(self, layer: Layer, target: Target, wanted: Wanted) -> Mover:
        stated = self.stated or layer.crs
        if stated and not self.stated and geometry.is_nowhere(geometry.crs(stated)):
            stated = None
        if not stated:
            raise InvalidParameter(
                "crs",
                Text(
                    f"{self.shown} ne dit pas son système de coordonnées.",
                    f"{self.shown} does not say its coordinate reference system.",
                ),
                remedy=Text("Donnez-le : --crs EPSG:2154.", "Give it: --crs EPSG:2154."),
            )
        return Mover(geometry.crs(stated), target, wanted.geometry or "geom", self.tally, flat=self.flat)

    def _taken(
        self, batch: pa.RecordBatch, layer: Layer, survey: Survey, wanted: Wanted, mover: Mover | None, numbers: Any
    ) -> pa.RecordBatch:
        columns = []
        for field in survey.fields:
            if field.called and field.called in batch.schema.names:
                columns.append(self._value(batch.column(field.called), field, numbers))
            elif field.name == CLASS and self.classes:
                columns.append(pa.array([layer.name] * batch.num_rows, pa.string()))
            else:
                columns.append(pa.nulls(batch.num_rows, pa.string()))
        names = [field.name for field in survey.fields]
        if mover:
            columns.append(mover.move(_wkb(batch, layer), numbers))
            names.append(wanted.geometry or "geom")
        return pa.RecordBatch.from_arrays(columns, names=names)

    def _value(self, column: Any, field: Field, numbers: Any) -> Any:
        """A column as CSV can carry it; texts that are not texts and numbers that are none are findings."""
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if field.type == "float":
            column = pc.cast(column, pa.float64())
            self._tell("value.infinite", pc.is_inf(column), column, field, numbers)
            self._tell("value.not_a_number", pc.is_nan(column), column, field, numbers)
            return pc.if_else(pc.fill_null(pc.is_nan(column), False), pa.scalar(None, pa.float64()), column)
        if field.type == "binary":
            return pa.nulls(len(column), pa.string())
        if field.type == "timestamptz":
            return self._instant(column, field, numbers)
        if field.type not in ("text", "numeric"):
            return column
        if pa.types.is_nested(column.type):
            return pa.array(
                [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()],
                pa.string(),
            )
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return pc.cast(column, pa.string())
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            self.tally.add([Finding("value.not_text", int(numbers[0]), field.called)])
            return pa.nulls(len(column), pa.string())
        self._tell("value.nul", pc.match_substring(column, "\0"), column, field, numbers)
        return column

    def _instant(self, column: Any, field: Field, numbers: Any) -> Any:
        """Dates and times, as texts with their zone or as instants; those without a zone are taken as UTC, and told."""
        if pa.types.is_timestamp(column.type):
            if column.type.tz is None:
                self._tell("value.without_zone", pc.is_valid(column), column, field, numbers)
                column = pc.assume_timezone(column, "UTC")
            return column
        bare = pc.invert(pc.match_substring_regex(column, r"(?:Z|[+-]\d\d(?::?\d\d)?)$"))
        self._tell("value.without_zone", bare, column, field, numbers)
        return pc.if_else(pc.fill_null(bare, False), pc.binary_join_element_wise(column, "Z", ""), column)

    def _tell(self, code: str, mask: Any, column: Any, field: Field, numbers: Any) -> None:
        count = pc.sum(mask).as_py() or 0
        if count:
            rows = np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))[: self.tally.examples]
            made = [Finding(code, int(numbers[r]), field.called, None, str(column[int(r)].as_py())) for r in rows]
            self.tally.more(code, count, made)


def chosen(
    file: VectorFile, named: str | None, *, street_plan: Kind | None, tally: Tally, spatial_wanted: bool = True
) -> tuple[Layer, ...]:
    """The layers to take: the one that was named, the only one (with a geometry, if one is wanted), or (street plan)
    all those of the wanted kind."""
    known = vectors.layers(file)
    if named is not None:
        for layer in known:
            if layer.name == named:
                return (layer,)
        raise _ambiguous(file, known, f"« {named} » n'y est pas", f"“{named}” is not there")
    if len(known) == 1:
        return known
    spatial = tuple(layer for layer in known if layer.type is not None)
    if len(spatial) == 1 and spatial_wanted:
        tally.add(
            Finding("layer.not_taken", field=la.name, value=str(la.features)) for la in known if la not in spatial
        )
        return spatial
    if street_plan is not None and spatial:
        taken = tuple(la for la in spatial if (kind := geometry.kind_of(la.type)) and kind.type == street_plan.type)
        tally.add(Finding("layer.not_taken", field=la.name, value=str(la.features)) for la in known if la not in taken)
        if taken:
            return taken
    if not known:
        raise Unprocessable(
            Text(f"{file.shown} : aucune couche.", f"{file.shown}: no layer."), extra={"file": file.shown}
        )
    raise _ambiguous(file, known, "lequel prendre ?", "which one?")


def _ambiguous(file: VectorFile, known: tuple[Layer, ...], fr: str, en: str) -> InvalidParameter:
    listed = ", ".join(layer.name for layer in known)
    return InvalidParameter(
        "layer",
        Text(f"{file.shown} : {fr} Couches : {listed}.", f"{file.shown}: {en} Layers: {listed}."),
        remedy=Text("Choisissez avec --layer.", "Choose with --layer."),
    )


def sql_type(arrow: pa.DataType) -> str | None:
    """The type of column for a type of Arrow, None when there is none."""
    kinds = pa.types
    if kinds.is_dictionary(arrow):
        return sql_type(arrow.value_type)
    if kinds.is_boolean(arrow):
        return "boolean"
    if kinds.is_integer(arrow):
        return "integer" if arrow != pa.uint64() else "numeric"
    if kinds.is_floating(arrow):
        return "float"
    if kinds.is_decimal(arrow):
        return "numeric"
    if kinds.is_date(arrow):
        return "date"
    if kinds.is_timestamp(arrow):
        return "timestamptz"
    texts = (kinds.is_string, kinds.is_large_string, kinds.is_string_view, kinds.is_time, kinds.is_nested)
    if any(is_text(arrow) for is_text in texts):
        return "text"
    return None


def _wkb(batch: pa.RecordBatch, layer: Layer) -> Any:
    return np.array(batch.column(layer.geometry).to_pylist(), object)
