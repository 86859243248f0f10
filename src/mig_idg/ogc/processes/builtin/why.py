"""`why`: one decision of the charter, explained: who may do what, on which layer, on which day, by which article."""

from __future__ import annotations

from typing import Any

from mig_idg.charter import ACTIONS
from mig_idg.ogc.processes.builtin.words import COLLECTION, DAY, given, made, metadata
from mig_idg.ogc.processes.reading import Processor


class Why(Processor):
    """The decision service, as a process: the same decision, the same limits on whom one may ask about."""

    METADATA = metadata(
        "why",
        ("Expliquer une décision", "Explain a decision"),
        (
            "Qui peut faire quoi, sur quelle couche, quel jour, et par quel article de la charte.",
            "Who may do what, on which layer, on which day, and by which article of the charter.",
        ),
        inputs={
            "collection": given("La couche", "The layer", COLLECTION),
            "action": given(
                "L'action",
                "The action",
                {"type": "string", "enum": sorted(ACTIONS), "default": "query"},
                required=False,
            ),
            "who": given(
                "L'organisme (code INSEE, identifiant), ou public ; absent : vous",
                "The body (INSEE code, id), or public; absent: you",
                {"type": "string", "minLength": 1, "maxLength": 120},
                required=False,
            ),
            "on": given("Le jour (absent : aujourd'hui)", "The day (absent: today)", DAY, required=False),
        },
        outputs={"decision": made("La décision", "The decision", {"type": "object"})},
        example={"inputs": {"collection": "adresses", "action": "query"}},
    )

    def execute(self, data: dict[str, Any], outputs: Any = None) -> tuple[str, Any]:
        """Ask the decision service, as the caller."""
        collection, action = data["collection"], data.get("action", "query")
        asked: dict[str, Any] = {
            "subject": {"type": "organisation", "id": data.get("who") or "self"},
            "action": {"name": action},
            "resource": {"type": "collection", "id": collection},
        }
        if data.get("on"):
            asked["context"] = {"on": data["on"]}
        told = self.post("/access/v1/evaluation", asked).json()
        context = told["context"]
        return "application/json", {
            "decision": {
                "collection": collection,
                "action": action,
                "who": asked["subject"]["id"],
                "outcome": "permit" if told["decision"] else "deny",
                **{name: context[name] for name in ("on", "rule", "article", "obligations", "other", "remedy", "hidden",
                                                   "rows") if name in context},
                "reason": (context.get("reason_user") or {}).get(self.lang, context.get("reason")),
            }
        }  # fmt: skip
