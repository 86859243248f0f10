"""A source whose columns were renamed, left out or given a value, because its depositor said so.

code=insee           the column `code` of the file is `insee` in the collection
leave out gml_id     a column that is not taken, on purpose
commune_insee=92050  a column that the file has not, the same value on every row
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from mig_idg.deposits.intake import naming
from mig_idg.deposits.intake.geometry import Target
from mig_idg.deposits.intake.source import Field, Source, Survey, Told, Wanted
from mig_idg.errors import Text, UnknownWord
from mig_idg.standards.findings import Tally


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Names of the file to names of the collection; names left out; values given."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    given: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.renamed or self.left_out or self.given)


class Adjusted:
    """A source seen through adjustments."""

    def __init__(self, source: Source, adjustments: Adjustments) -> None:
        self.source, self.adjustments = source, adjustments
        self.shown, self.format = source.shown, source.format
        self.tally: Tally = source.tally

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """The survey of the file, under the names of the collection. Raises UnknownWord for a column it has not."""
        found = self.source.survey(wanted, told)
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
        for batch in self.source.batches(wanted, self._whole, target, told):
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
        for called, name in self.adjustments.renamed.items():
            if self._is(one, {called}):
                return replace(one, name=naming.normalised(name))
        return one

    @staticmethod
    def _is(one: Field, names: frozenset[str] | set[str]) -> bool:
        return one.name in names or bool(one.called and one.called in names)

    def _check_names(self, found: Survey) -> None:
        known = {name for one in found.fields for name in (one.name, one.called) if name}
        for name in (*self.adjustments.renamed, *self.adjustments.left_out):
            if name not in known:
                raise UnknownWord(Text("Colonne du fichier", "column of the file"), name, known)
