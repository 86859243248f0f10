"""The routes of measurements."""

from __future__ import annotations

import asyncio

from mig_idg.errors import Text
from mig_idg.guard.operation import JSON, JSON_OR_HTML, PAGES, Operation
from mig_idg.guard.operation import SENSORS as TAG
from mig_idg.guard.route import Route
from mig_idg.sensors import pages
from mig_idg.sensors.handlers import AT_ONCE, ROOT, Doors, Writers

OTHER = "/sta/v1.1"
BODY = 8 * 1024 * 1024
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
_WRITE = (400, 401, 403, 404, 409, 413, 429, 503)
_QUERY = ("staFilter", "staExpand", "staOrderby", "staSelect", "staTop", "staSkip", "staCount")


def _write(id: str, method: str, success: str, fr: str, en: str) -> Operation:
    body = () if method == "DELETE" else ((JSON, "object"),)
    return Operation(id, Text(fr, en), TAG, () if success == "204" else ((JSON, "object"),), ("entities",),
                     method=method, success=success, errors=_WRITE, body=body)  # fmt: skip


def routes(writers: Writers) -> tuple[Route, ...]:
    """SensorThings at one address: what a dataset hides from a caller is not there."""
    doors = Doors(writers, asyncio.Semaphore(AT_ONCE))
    return (
        Route(ROOT, "listing", doors.root, operations=(
            Operation("sensorThings", Text("Les mesures : OGC SensorThings 1.1", "Measurements: OGC SensorThings 1.1"),
                      TAG, ((JSON, "object"),)),)),
        Route(f"{ROOT}/{{entities}}", "listing", doors.entities, METHODS, body_limit=BODY, operations=(
            Operation("sensorThingsEntities", Text("Entités : Things, Datastreams, Observations…",
                                                   "Entities: Things, Datastreams, Observations…"),
                      TAG, ((JSON, "object"),), ("entities", *_QUERY)),
            _write("createSensorThings", "POST", "201", "Créer, en une fois si l'on veut", "Create, deep if one likes"),
            _write("updateSensorThings", "PATCH", "200", "Corriger", "Correct"),
            _write("deleteSensorThings", "DELETE", "204", "Supprimer", "Delete"))),
        Route(f"{ROOT}/{{entities}}/{{*rest}}", "listing", doors.entities, METHODS, body_limit=BODY),
        # The name that the contract of the project gave first: the same service, whose links lead to the one above.
        Route(OTHER, "listing", doors.root),
        Route(f"{OTHER}/{{entities}}", "listing", doors.entities, METHODS, body_limit=BODY),
        Route(f"{OTHER}/{{entities}}/{{*rest}}", "listing", doors.entities, METHODS, body_limit=BODY),
        Route("/sensors", "listing", pages.series, operations=(
            Operation("sensors", Text("Les séries et leur dernière valeur", "Series and their latest value"), TAG,
                      JSON_OR_HTML, ("start", "seriesOf"), PAGES),)),
        Route("/sensors/{series}", "listing", pages.one, operations=(
            Operation("series", Text("Une série, en courbe", "One series, as a curve"), TAG, JSON_OR_HTML,
                      ("series", "seriesDays"), PAGES),)),
    )  # fmt: skip
