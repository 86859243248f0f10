"""A source whose columns were renamed, left out, given a value or another type, because its depositor said so.

code=insee           the column `code` of the file is `insee` in the collection
leave out gml_id     a column that is not taken, on purpose
commune_insee=92050  a column that the file has not, the same value on every row
hauteur=float        values read as another type: 12,5 is 12.5, 31/12/2024 is 2024-12-31, oui is true
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from mig_idg.deposits.intake import columntypes, naming
from mig_idg.deposits.intake.geometry import Target
from mig_idg.deposits.intake.source import Field, Source, Survey, Told, Wanted
from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.standards.findings import Finding, Tally


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Names of the file to names of the collection; names left out; values given; types."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    given: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.renamed or self.left_out or self.given or self.types)

    @property
    def settled(self) -> frozenset[str]:
        """The columns that the depositor decides of."""
        return frozenset(self.renamed) | self.left_out | frozenset(self.types)

    def retypes(self, one: Field) -> bool:
        """Is this column (already under its new name) given a type?"""
        old = [name for name, new in self.renamed.items() if naming.normalised(new) == one.name]
        return bool({one.name, one.called, *old, *(self.renamed[name] for name in old)} & set(self.types))


class Adjusted:
    """A source seen through adjustments."""

    def __init__(self, source: Source, adjustments: Adjustments) -> None:
        self.source, self.adjustments = source, adjustments
        self.shown, self.format = source.shown, source.format
        self.tally: Tally = source.tally

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """The survey of the file, under the names of the collection. Raises UnknownWord for a column it has not."""
        found = self.source.survey(wanted, told)
        self._check_types()
        fields = [self._field(one) for one in found.fields if not self._is(one, self.adjustments.left_out)]
        self._check_names(found)
        fields += [Field(name, "text", "") for name in self.adjustments.given]
        given = self.adjustments.given.get(wanted.territory or "")
        territories = frozenset({given}) if given else found.territories
        self._whole = found
        return replace(found, fields=tuple(fields), territories=territories)

    def batches(
        self, wanted: Wanted, survey: Survey, target: Target | None, told: Told | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows, under the names of the collection."""
        kept = [one for one in self._whole.fields if not self._is(one, self.adjustments.left_out)]
        names = {one.name: self._field(one).name for one in kept}
        types = {one.name: type for one in kept if (type := self._type(one))}
        given = 0
        for batch in self.source.batches(wanted, self._whole, target, told):
            for one in kept:
                if one.name in types:
                    batch = self._converted(batch, one, types[one.name], given)
            given += batch.num_rows
            columns = {names.get(name, name): batch.column(name) for name in batch.schema.names}
            for one in self._whole.fields:
                if one not in kept:
                    columns.pop(one.name)
            for name, value in self.adjustments.given.items():
                columns[name] = pa.repeat(value, batch.num_rows)
            yield pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def number_of(self, rank: int) -> int:
        """As the source numbers its rows."""
        return self.source.number_of(rank)

    def _field(self, one: Field) -> Field:
        type = self._type(one)
        for called, name in self.adjustments.renamed.items():
            if self._is(one, {called}):
                return replace(one, name=naming.normalised(name), type=type or one.type)
        return replace(one, type=type) if type else one

    def _type(self, one: Field) -> str | None:
        """The type that was asked for a column, under its name in the file or in the collection."""
        names = (one.called, one.name, *(new for old, new in self.adjustments.renamed.items() if self._is(one, {old})))
        return next((self.adjustments.types[name] for name in names if name in self.adjustments.types), None)

    def _converted(self, batch: pa.RecordBatch, one: Field, type: str, given: int) -> pa.RecordBatch:
        """The batch with a column as texts of the type; those that cannot be made so are findings."""
        rank = batch.schema.names.index(one.name)
        values = batch.column(rank)
        made, failed = columntypes.converted(values, type)
        for row in np.flatnonzero(failed)[: self.tally.examples]:
            value, line = str(values[int(row)].as_py()), self.number_of(given + int(row) + 1)
            remedy = Text(f"une valeur qui se lise comme {type}", f"a value that reads as {type}")
            self.tally.add([Finding("value.unfit", line, one.called or one.name, one.column, value, remedy)])
        if (more := int(failed.sum()) - self.tally.examples) > 0:
            self.tally.more("value.unfit", more, [])
        return batch.set_column(rank, pa.field(one.name, pa.string()), made)

    def _check_types(self) -> None:
        for name, type in self.adjustments.types.items():
            if type not in columntypes.CONVERTIBLE:
                raise UnknownWord(
                    Text(f"Type de « {name} »", f"type of “{name}”"), type, columntypes.CONVERTIBLE, closed=True
                )

    @staticmethod
    def _is(one: Field, names: frozenset[str] | set[str]) -> bool:
        return one.name in names or bool(one.called and one.called in names)

    def _check_names(self, found: Survey) -> None:
        taken = {self._field(one).name for one in found.fields if not self._is(one, self.adjustments.left_out)}
        for name in self.adjustments.given:
            if name in taken:
                raise InvalidParameter(
                    "set",
                    Text(f"Le fichier a déjà la colonne « {name} ».", f"The file already has column “{name}”."),
                    remedy=Text(
                        f"--leave {name} --set … remplace ses valeurs ; sans --set elles sont gardées.",
                        f"--leave {name} --set … replaces its values; without --set they are kept.",
                    ),
                )
        known = {name for one in found.fields for name in (one.name, one.called) if name}
        known |= set(self.adjustments.renamed.values())
        for name in self.adjustments.settled:
            if name not in known:
                raise UnknownWord(Text("Colonne du fichier", "column of the file"), name, known)
