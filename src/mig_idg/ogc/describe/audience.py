"""Who may use a collection, whoever is asking: the owner's terms, the licence, the exceptions, each with its article.

What the decisions apply, told in general. No attribute and no body is named: only kinds of bodies and grounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mig_idg.charter import Dataset
from mig_idg.charter.citations import cited
from mig_idg.charter.messages import GROUNDS
from mig_idg.errors import Lang, Text


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence and the article it rests on; `opens` is False for what closes."""

    text: Text
    article: str
    opens: bool = True

    def in_(self, lang: Lang) -> dict[str, object]:
        """The clause in one language."""
        return {"text": self.text.in_(lang), "article": cited(self.article).in_(lang), "opens": self.opens}


def audience(dataset: Dataset | None, on: date) -> tuple[Clause, ...]:
    """The clauses that apply to a dataset on a day, what closes first; nothing for an unknown one."""
    if dataset is None:
        return ()
    closed = _closed_to_others(dataset, on)
    return (*_closing(dataset, on), *(_opening(dataset, on) if closed is None else closed))


def _closed_to_others(dataset: Dataset, on: date) -> tuple[Clause, ...] | None:
    """Who is left when an exception covers everything, or a take-down reaches everybody; None when neither does.

    Terms and licences open nothing of it (004 §3.3; 000 art. 7): they are not told.
    """
    biting = [restriction for restriction in dataset.exceptions if restriction.bites(on)]
    masked = frozenset[str]().union(*(restriction.attributes for restriction in biting))
    whole = any(not restriction.attributes for restriction in biting)
    excepted = whole or (bool(biting) and masked.issuperset(dataset.attributes))
    if not excepted and dataset.takedown != "all":
        return None
    article = "Charte MIG, § 3.3" if excepted else "convention Tarn-et-Garonne, art. 7, 9.1"
    if dataset.kind == "coproduced":
        nobody = Text("Personne, tant que cela dure.", "Nobody, for as long as it lasts.")
        return (Clause(nobody, article, opens=False),)
    alone = Clause(
        Text("Son propriétaire seul, tant que cela dure.", "Its owner only, for as long as it lasts."), article
    )
    bought = excepted and all(restriction.ground == "E5" for restriction in biting) and dataset.takedown != "all"
    if bought and any(restriction.beneficiaries for restriction in biting):
        licensed = Text("Les organismes que nomme la licence d'achat.", "The bodies that the purchase licence names.")
        return (alone, Clause(licensed, "Charte MIG, § 3.3 (5e tiret)"))
    return (alone,)


def _closing(dataset: Dataset, on: date) -> tuple[Clause, ...]:
    found = []
    if dataset.takedown:
        found.append(
            Clause(
                Text("Retirée de la diffusion.", "Taken down."), "convention Tarn-et-Garonne, art. 7, 9.1", opens=False
            )
        )
    for restriction in dataset.exceptions:
        if restriction.bites(on):
            ground = GROUNDS.get(restriction.ground, Text(restriction.ground, restriction.ground))
            scope = (
                Text("certains attributs sont réservés", "some attributes are withheld")
                if restriction.attributes
                else Text("les données sont réservées", "the data are withheld")
            )
            found.append(
                Clause(
                    Text(f"Exception ({ground.fr}) : {scope.fr}.", f"Exception ({ground.en}): {scope.en}."),
                    "Charte MIG, § 3.3",
                    opens=False,
                )
            )
    return tuple(found)


def _opening(dataset: Dataset, on: date) -> tuple[Clause, ...]:
    found: list[Clause] = []
    open_to_all = dataset.licence in ("LO-2.0", "ODbL-1.0") and dataset.takedown is None
    if open_to_all and dataset.state in ("published", "validated"):
        found.append(
            Clause(
                Text("Tout le monde, sous licence ouverte.", "Everyone, under an open licence."),
                "convention Tarn-et-Garonne, art. 13",
            )
        )
    if dataset.kind == "coproduced":
        return (*found, *_coproduced(dataset))
    if dataset.state != "published":
        found.append(
            Clause(
                Text("Son propriétaire seul : elle n'est pas publiée.", "Its owner only: not published."),
                "Charte MIG, § 3.2.1",
            )
        )
        return tuple(found)
    return (*found, *_by_terms(dataset, on))


def _coproduced(dataset: Dataset) -> tuple[Clause, ...]:
    if dataset.state == "validated":
        return (
            Clause(
                Text(
                    "Les partenaires de la charte : ceux du jour de la validation en sont copropriétaires, les "
                    "suivants l'utilisent.",
                    "The partners of the charter: those of the day of validation co-own it, later ones use it.",
                ),
                "Charte MIG, § 3.4",
            ),
            Clause(
                Text(
                    "Les communes membres d'un EPT partenaire qui la met à leur disposition.",
                    "The member communes of a partner EPT that makes it available to them.",
                ),
                "Charte MIG, § 3.6",
            ),
        )
    group = Clause(
        Text("Le groupe de travail qui la prépare.", "The working group that prepares it."),
        "Charte MIG, § 2.4.3, § 3.2.2",
    )
    if dataset.state != "submitted":
        return (group,)
    committee = Text("Le comité technique, qui doit la valider.", "The technical committee, which is to validate it.")
    return (group, Clause(committee, "Charte MIG, § 2.4.2"))


_MODES = {
    "all_partners": Text("Les partenaires de la charte", "The partners of the charter"),
    "named": Text("Les organismes que son propriétaire a désignés", "The bodies its owner has named"),
    "on_agreement": Text("Les organismes à qui son propriétaire a donné son accord", "The bodies its owner agreed to"),
}


def _by_terms(dataset: Dataset, on: date) -> tuple[Clause, ...]:
    terms = dataset.terms
    article = "Charte MIG, glossaire, § 3.2.1"
    if terms is None or terms.mode not in _MODES or not terms.span.covers(on):
        closed = Text(
            "Son propriétaire n'a pas fixé de modalités qui l'ouvrent aux partenaires.",
            "Its owner has set no terms that open it to partners.",
        )
        return (Clause(closed, article, opens=False),)
    who = _MODES[terms.mode]
    where = Text(", chacun pour son territoire", ", each for its own territory") if terms.rows else Text("", "")
    found = [Clause(Text(f"{who.fr}{where.fr}.", f"{who.en}{where.en}."), article)]
    if terms.extends_to_ept_communes:
        communes = Text("Les communes des EPT destinataires.", "The communes of the EPTs in that audience.")
        found.append(Clause(communes, "Charte MIG, § 3.6, § 3.5.2"))
    if terms.allows_contractors:
        contractors = Text("Leurs prestataires, par délégation.", "Their contractors, by delegation.")
        found.append(Clause(contractors, "Charte MIG, § 2.4.2, § 3.5.2"))
    return tuple(found)
