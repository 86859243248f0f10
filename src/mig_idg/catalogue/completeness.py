"""What a record lacks, field by field, each with the clause that asks for it: the rules are `standards`' own.

The same rules are the gate of publication, of the owner's acts and of the committee (Charte MIG, § 3.2.3).
"""

from __future__ import annotations

from mig_idg.catalogue.model import Record
from mig_idg.standards import metadata_record
from mig_idg.standards.metadata_record import Described, Lack


def lacks(record: Record) -> tuple[Lack, ...]:
    """All that the record lacks, what is required first."""
    return metadata_record.lacks(
        Described(
            title=record.title,
            abstract=record.abstract,
            keywords=len(record.keywords),
            dated=bool(record.created or record.revised or record.frequency),
            rules=record.licence is not None or bool(record.clauses),
            scaled=record.scale is not None or record.resolution is not None,
            lineage=bool(record.lineage),
            topics=bool(record.topics),
            geographic=record.kind != "nonGeographicDataset",
            inspire=record.inspire is not None,
            frequency=bool(record.frequency),
            contact=any(party.email and party.role != "distributor" for party in record.parties),
            tight=_tight(record),
            labels=all(one.label != one.name for one in record.attributes),
        )
    )


def _tight(record: Record) -> bool:
    if record.bbox is None:
        return False
    west, south, east, north = record.bbox
    return west < east and south < north
