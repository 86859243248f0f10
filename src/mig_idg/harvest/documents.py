"""Sources, runs and findings as answers: for `--json`, for `/harvest`, for tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mig_idg.errors import Lang
from mig_idg.harvest.model import Source
from mig_idg.harvest.run import Outcome


def source_row(id: str, source: Source | None, standing: Mapping[str, Any] | None, lang: Lang) -> dict[str, Any]:
    """One source: what its file says, where its last run stands."""
    declared = source.plain if source is not None else (standing or {}).get("declaration", {})
    known = standing or {}
    title = declared.get("title", {})
    return {
        "source": id,
        "title": title.get(lang, id),
        "type": declared.get("type"),
        "url": declared.get("url"),
        "every": declared.get("every"),
        "into": declared.get("into"),
        "declared": source is not None,
        "status": known.get("status") or "new",
        "run": known.get("run"),
        "started": _moment(known.get("started")),
        "finished": _moment(known.get("finished")),
        "last_success": _moment(known.get("last_success")),
        "live": known.get("live", 0),
        "archived": known.get("archived", 0),
        "failures": known.get("failures", 0),
        "findings": known.get("findings", 0),
        "counts": known.get("counts") or {},
        "problem": (known.get("problem") or {}).get(lang),
    }


def run_row(run: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """One run."""
    return {
        "run": run["number"],
        "status": run["status"],
        "full": run.get("full", run.get("full_")),
        "since": _moment(run.get("since")),
        "started": _moment(run["started"]),
        "finished": _moment(run["finished"]),
        "counts": {name: value for name, value in (run["counts"] or {}).items() if value},
        "findings": run.get("findings"),
        "problem": (run["problem"] or {}).get(lang),
    }


def finding_row(finding: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """One finding."""
    return {"level": finding["level"], "code": finding["code"], "record": finding["record"],
            "text": finding["words"][lang]}  # fmt: skip


def outcome_document(outcome: Outcome, lang: Lang) -> dict[str, Any]:
    """How a run or its rehearsal ended, with its difference by identifiers."""
    difference = outcome.difference
    return {
        "source": outcome.source,
        "run": outcome.number,
        "status": outcome.status,
        "full": outcome.full,
        "counts": difference.counts,
        **{
            name: [{"identifier": one, "title": outcome.titles.get(one)} for one in getattr(difference, name)]
            for name in ("added", "changed", "returned", "missing", "archived")
        },
        "problem": outcome.problem.in_(lang) if outcome.problem else None,
        "findings": [
            {"level": one.level, "code": one.code, "record": one.record, "text": one.words.in_(lang)}
            for one in outcome.findings
        ],
    }


def _moment(value: Any) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, str) else value.isoformat(timespec="seconds")
