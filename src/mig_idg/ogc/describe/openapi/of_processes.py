"""Operations of OGC API Processes."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import HTML, JSON, PROCESSES, Operation

_PAGES = ("json", "html")
_SHOWN = ((JSON, "object"), (HTML, "html"))
_JOB = "/jobs/{job}"
_WRONG = (400, 401, 403, 404, 429, 503)


def _row(pattern: str, id: str, fr: str, en: str, *parameters: str) -> Operation:
    return Operation(pattern, id, Text(fr, en), PROCESSES, "listing", _SHOWN, parameters, _PAGES)


OPERATIONS: tuple[Operation, ...] = (
    _row("/processes", "processes", "Les traitements", "The processes", "limit", "offset"),
    _row("/processes/{process}", "process", "Un traitement", "One process", "process"),
    Operation("/processes/{process}/execution", "execute", Text("Exécuter un traitement", "Execute a process"),
              PROCESSES, "listing", ((JSON, "object"), ("application/octet-stream", "binary")), ("process", "Prefer"),
              method="POST", errors=_WRONG, body=((JSON, "execute"),)),
    _row("/jobs", "jobs", "Vos travaux", "Your jobs", "limit", "offset", "type", "processID", "status", "datetime",
         "minDuration", "maxDuration"),
    _row(_JOB, "job", "Un travail", "One job", "job"),
    Operation(_JOB, "dismiss", Text("Abandonner un travail", "Dismiss a job"), PROCESSES, "listing",
              ((JSON, "object"),), ("job",), method="DELETE", errors=_WRONG),
    Operation(f"{_JOB}/results", "jobResults", Text("Les résultats d'un travail", "The results of a job"), PROCESSES,
              "listing", ((JSON, "object"), ("application/octet-stream", "binary")), ("job",), errors=_WRONG),
    Operation(f"{_JOB}/results/{{output}}", "jobOutput", Text("Un résultat d'un travail", "One result of a job"),
              PROCESSES, "listing", ((JSON, "object"), ("application/octet-stream", "binary")), ("job", "output"),
              errors=_WRONG),
)  # fmt: skip
