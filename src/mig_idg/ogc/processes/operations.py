"""Operations of OGC API Processes, each named by its route's row. All are told to everybody, as processes are."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import JSON, JSON_OR_HTML, PAGES, Operation
from mig_idg.guard.operation import PROCESSES as TAG

_WRONG = (400, 401, 403, 404, 429, 503)
_RESULTS = ((JSON, "object"), ("application/octet-stream", "binary"))


def _page(id: str, fr: str, en: str, *parameters: str) -> Operation:
    return Operation(id, Text(fr, en), TAG, JSON_OR_HTML, parameters, PAGES)


PROCESSES = _page("processes", "Les traitements", "The processes", "limit", "offset")
PROCESS = _page("process", "Un traitement", "One process", "process")
EXECUTION = Operation("execute", Text("Exécuter un traitement", "Execute a process"), TAG, _RESULTS,
                      ("process", "Prefer"), method="POST", errors=_WRONG, body=((JSON, "execute"),),
                      action="listing")  # fmt: skip
JOBS = _page("jobs", "Vos travaux", "Your jobs", "limit", "offset", "type", "processID", "status", "datetime",
             "minDuration", "maxDuration")  # fmt: skip
JOB = (
    _page("job", "Un travail", "One job", "job"),
    Operation("dismiss", Text("Abandonner un travail", "Dismiss a job"), TAG, ((JSON, "object"),), ("job",),
              method="DELETE", errors=_WRONG),
)  # fmt: skip
RESULTS = Operation("jobResults", Text("Les résultats d'un travail", "The results of a job"), TAG, _RESULTS, ("job",),
                    errors=_WRONG, action="listing")  # fmt: skip
OUTPUT = Operation("jobOutput", Text("Un résultat d'un travail", "One result of a job"), TAG, _RESULTS,
                   ("job", "output"), errors=_WRONG, action="listing")  # fmt: skip
