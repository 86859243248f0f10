"""Where a caller stands before a collection: one decision for each action, and what may be told of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mig_idg.charter import Decision, Facts
from mig_idg.charter.messages import answers_for
from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.obligations import DISCLAIMER
from mig_idg.guard.principal import Principal
from mig_idg.guard.request import Request
from mig_idg.guard.snapshot import Snapshot
from mig_idg.store.collection import Collection

ACTIONS: dict[str, Text] = {
    "discover": Text("La connaître", "Know of it"),
    "view": Text("La voir (cartes, tuiles)", "See it (maps, tiles)"),
    "query": Text("L'interroger (entités, comptes, filtres)", "Query it (features, counts, filters)"),
    "download": Text("La télécharger en entier", "Download it whole"),
    "subscribe": Text("En suivre les mises à jour", "Follow its updates"),
    "contribute": Text("Y contribuer", "Contribute to it"),
    "redistribute": Text("La remettre à un tiers", "Hand it to a third party"),
    "publish_open": Text("L'ouvrir à tous", "Publish it as open data"),
}
SUMMED = ("view", "query", "download")

OBLIGATIONS: dict[str, Text] = {
    "LOG": Text(
        "L'usage est consigné dans le journal des décisions, qui en garde la trace.",
        "The use is recorded in the decision journal, by which it stays traceable.",
    ),
    "MENTION_MIG": Text(
        "Mention « Mutualisation de l'Information Géographique » sur tout document (Charte MIG, § 3.5.2).",
        "The mention “Mutualisation de l'Information Géographique” on every document (MIG charter, § 3.5.2).",
    ),
    "OWNER_CREDIT": Text("Citer le propriétaire (Charte MIG, § 3.2.1).", "Name the owner (MIG charter, § 3.2.1)."),
    "DISCLAIMER": DISCLAIMER,
    "ATTRIBUTION": Text("Citer la source (licence).", "Name the source (licence)."),
    "LAST_UPDATE_DATE": Text("Dire la date de mise à jour (licence).", "State the date of update (licence)."),
    "SHARE_ALIKE": Text("Partager à l'identique (ODbL).", "Share alike (ODbL)."),
    "KEEP_OPEN": Text("Garder ouvert (ODbL).", "Keep open (ODbL)."),
    "THIRD_PARTY_NOTICE": Text(
        "Informer le tiers des conditions de réutilisation (Charte MIG, § 3.5.2).",
        "Inform the third party of the conditions of reuse (MIG charter, § 3.5.2).",
    ),
    "NOTIFY_CO_OWNERS": Text(
        "Informer les autres copropriétaires, et attendre quinze jours (lecture n° 21 de la Charte MIG, § 3.4, qui "
        "n'en dit rien).",
        "Tell the other co-owners, and wait fifteen days (reading no. 21 of the MIG charter, § 3.4, which is silent).",
    ),
    "DRAFT_ONLY": Text(
        "Document de travail : pas d'usage hors du groupe (Charte MIG, § 3.2.2).",
        "Working document: no use outside the group (MIG charter, § 3.2.2).",
    ),
    "LINEAGE": Text(
        "Joindre la généalogie des données (Charte MIG, § 3.5.2).", "Attach the lineage (MIG charter, § 3.5.2)."
    ),
    "DELETE_AT_END": Text(
        "Détruire les données à la fin du contrat (lecture n° 30 de la Charte MIG, § 2.4.2, qui n'en dit rien).",
        "Delete the data at the end of the contract (reading no. 30 of the MIG charter, § 2.4.2, which is silent).",
    ),
    "PRIVATE_CACHE": Text("Ne pas les mettre en cache partagé.", "Keep them out of shared caches."),
}


@dataclass(frozen=True, slots=True)
class Entitlements:
    """The decisions of one caller on one collection, in the order of `ACTIONS`."""

    collection: Collection
    decisions: tuple[tuple[str, Decision], ...]

    @property
    def permitted(self) -> frozenset[str]:
        """The actions that are permitted."""
        return frozenset(action for action, decision in self.decisions if decision.permitted)

    @property
    def key(self) -> tuple[Any, ...]:
        """All that the summary depends on: two callers with one key are told the same."""
        told = tuple((d.outcome, d.rule) for action, d in self.decisions if action in ("discover", *SUMMED))
        if self.collection.time is None:
            return told
        read = self.leading[1]  # rows and columns say which period is told
        return (*told, read.rows, read.hidden)

    @property
    def leading(self) -> tuple[str, Decision]:
        """The reading action that best sums the access up: the first permitted, else `query`."""
        reading = [(action, decision) for action, decision in self.decisions if action in ("query", "view", "download")]
        ordered = sorted(reading, key=lambda pair: ("query", "view", "download").index(pair[0]))
        return next((pair for pair in ordered if pair[1].permitted), ordered[0])

    def summary(self, base: str) -> dict[str, Any]:
        """The `access` member of a collection: outcomes only, and where the reasons are."""
        _, decision = self.leading
        return {
            "outcome": decision.outcome,
            "rule": decision.rule,
            "article": decision.article,
            "actions": {a: d.outcome for a, d in self.decisions if a in SUMMED},
            "href": f"{base}/collections/{self.collection.id}/access",
        }


def entitlements(
    snapshot: Snapshot, principal: Principal, collection: Collection, actions: Iterable[str]
) -> Entitlements:
    """The caller's standing, from decisions that the snapshot keeps."""
    return Entitlements(collection, tuple((a, snapshot.decide(principal, a, collection.id)) for a in actions))


def asked(request: Request) -> Collection:
    """The collection of a request. Raises NotFound for a route on no collection."""
    if request.collection is None:
        raise NotFound(Text("Cette collection n'existe pas.", "There is no such collection."))
    return request.collection


def obligation(code: str, decision: Decision, facts: Facts, lang: Lang) -> dict[str, str]:
    """An obligation of a decision as its code and a sentence; an unknown one is its code."""
    if code.startswith("RESPONSIBLE:"):
        return {"code": code, "text": answers_for(facts, code.removeprefix("RESPONSIBLE:"), decision.rule).in_(lang)}
    return {"code": code, "text": OBLIGATIONS.get(code, Text(code, code)).in_(lang)}
