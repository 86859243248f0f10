"""Deposits as they are told: the document, the findings as lines of a table and as features."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mig_idg.deposits import sign
from mig_idg.deposits.lifecycle import STATES, WHO, moves_from
from mig_idg.deposits.model import Deposit
from mig_idg.errors import Lang
from mig_idg.guard.response import link
from mig_idg.jobs import Job

Url = Callable[[str], str]
COLUMNS = ("level", "code", "line", "column", "field", "value", "message", "proposal")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def deposit_document(
    deposit: Deposit, url: Url, lang: Lang, job: Job | None = None, events: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """One deposit: where it stands, what was found, who can do what next."""
    report = report_of(deposit, lang)
    path = f"/deposits/{deposit.id}"
    return {
        "id": deposit.id,
        "dataset": deposit.dataset,
        "kind": deposit.kind,
        "organisation": deposit.organisation,
        "depositor": deposit.depositor,
        "file": deposit.file,
        "size": deposit.size,
        "sha256": deposit.sha256,
        "state": deposit.state,
        "stateLabel": STATES[deposit.state].in_(lang),  # type: ignore[index]
        "next": [
            {"move": one.name, "to": one.after, "who": one.who, "whoLabel": WHO[one.who].in_(lang),
             "what": one.words.in_(lang)}
            for one in moves_from(deposit.state, deposit.kind)
        ],
        "certification": deposit.certification,
        "checklist": deposit.checklist,
        "scan": deposit.scan,
        "report": summary(report) if report else None,
        "difference": deposit.difference,
        "lacks": [sign.LACKS[one].in_(lang) for one in deposit.lacks],
        "signature": deposit.signature,
        "problem": (deposit.problem or {}).get(lang),
        "job": job_document(job, lang) if job else None,
        "created": deposit.created.isoformat(timespec="seconds"),
        "updated": deposit.updated.isoformat(timespec="seconds"),
        "published": deposit.published.isoformat(timespec="seconds") if deposit.published else None,
        "history": [
            {"move": one["move"], "from": one["before"], "to": one["after"], "at": one["at"],
             "by": one["by"].get("name") or one["by"].get("login") or one["by"].get("who")}
            for one in events
        ],
        "links": [
            link(url(path), "self", "application/json"),
            link(url(f"{path}/report"), "describedby", "text/html"),
            link(url(f"{path}/report.csv"), "alternate", "text/csv"),
            link(url(f"{path}/report.geojson"), "alternate", "application/geo+json"),
            link(url(f"/collections/{deposit.dataset}"), "collection", "application/json"),
        ],
    }  # fmt: skip


def job_document(job: Job, lang: Lang) -> dict[str, Any]:
    """The work under way, or the last one, on a deposit."""
    return {
        "id": job.id,
        "work": job.subject,
        "status": job.status,
        "progress": job.progress,
        "message": job.message.in_(lang) if job.message else None,
        "problem": (job.problem or {}).get(lang),
    }


def report_of(deposit: Deposit, lang: Lang) -> dict[str, Any] | None:
    """The report in the caller's language; None before the check."""
    report: dict[str, Any] | None = (deposit.report or {}).get(lang)
    return report


def summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report without its findings, which are counted by level."""
    counts = {"error": 0, "warning": 0, "info": 0}
    for one in report.get("findings", ()):
        counts[one["level"]] = counts.get(one["level"], 0) + int(one.get("count", 1))
    told = {name: value for name, value in report.items() if name not in ("findings", "verdict")}
    verdict = report.get("verdict")
    if verdict is not None:
        told["verdict"] = {name: verdict.get(name) for name in ("standard", "version", "valid", "tool", "detail")}
        for one in verdict.get("findings", ()):
            counts[one["level"]] += 1
    return {**told, "findings": counts}


def lines(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line for each place a finding was seen; a finding without a place is one line."""
    told: list[dict[str, Any]] = []
    for one in report.get("findings", ()):
        common = {"level": one["level"], "code": one["code"], "message": one["label"],
                  "proposal": one.get("expected")}  # fmt: skip
        for example in one.get("examples") or [{}]:
            told.append(
                {
                    **common,
                    "line": example.get("line"),
                    "column": example.get("column"),
                    "field": example.get("field"),
                    "value": example.get("value"),
                    "proposal": example.get("expected") or common["proposal"],
                }
            )
    for one in (report.get("verdict") or {}).get("findings", ()):
        told.append(
            {
                "level": one["level"],
                "code": one["code"],
                "line": one["line"],
                "column": None,
                "field": one["column"],
                "value": one["value"],
                "message": one["message"],
                "proposal": one["proposal"],
                "point": one.get("point"),
            }
        )
    return told


def as_csv(report: Mapping[str, Any]) -> bytes:
    """The lines for a spreadsheet: semicolons, a byte order mark, and no cell that it would take for a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(line.get(name)) for name in COLUMNS} for line in lines(report))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_geojson(report: Mapping[str, Any]) -> dict[str, Any]:
    """The lines as features. A finding that tells no place on the map has a null geometry (RFC 7946 §3.2)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": line["point"]} if line.get("point") else None,
                "properties": {name: line.get(name) for name in COLUMNS},
            }
            for line in lines(report)
        ],
    }


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
