"""OGC API Features: items, single items, what may be asked of them, and their edition.

doors.py        the routes, each with the action it asks of the charter
items.py        pages of features, counts, searches
item.py         one feature
transactions.py create, replace, update, delete
schemas.py      queryables, sortables, schema
formats.py      which representation the client wants
"""

from __future__ import annotations

from mig_idg.guard.door import Door


def doors() -> tuple[Door, ...]:
    """The doors of OGC API Features."""
    from mig_idg.ogc.features.routes import DOORS

    return DOORS
