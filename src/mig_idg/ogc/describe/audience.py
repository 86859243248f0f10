"""Who may use a collection, whoever is asking: the owner's terms, the licence, the exceptions, each with its article.

What the decisions apply, told in general. No attribute and no body is named: only kinds of bodies and grounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mig_idg.charter import Dataset
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
        return {"text": self.text.in_(lang), "article": self.article, "opens": self.opens}


def audience(dataset: Dataset | None, on: date) -> tuple[Clause, ...]:
    """The clauses that apply to a dataset on a day, what closes first; nothing for an unknown one."""
    if dataset is None:
        return ()
    return (*_closing(dataset, on), *_opening(dataset, on))


def _closing(dataset: Dataset, on: date) -> tuple[Clause, ...]:
    found = []
    if dataset.takedown:
        found.append(Clause(Text("Retirée de la diffusion.", "Taken down."), "000 art. 7, 9.1", opens=False))
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
                    "004 §3.3",
                    opens=False,
                )
            )
    return tuple(found)


def _opening(dataset: Dataset, on: date) -> tuple[Clause, ...]:
    found: list[Clause] = []
    if dataset.licence in ("LO-2.0", "ODbL-1.0") and dataset.state in ("published", "validated"):
        found.append(
            Clause(Text("Tout le monde, sous licence ouverte.", "Everyone, under an open licence."), "000 art. 13")
        )
    if dataset.kind == "coproduced":
        return (*found, *_coproduced(dataset))
    if dataset.state != "published":
        found.append(
            Clause(
                Text("Son propriétaire seul : elle n'est pas publiée.", "Its owner only: not published."), "004 §3.2.1"
            )
        )
        return tuple(found)
    return (*found, *_by_terms(dataset, on))


def _coproduced(dataset: Dataset) -> tuple[Clause, ...]:
    if dataset.state == "validated":
        return (
            Clause(
                Text("Les partenaires de la charte, à qui elle appartient.", "The partners, who own it."),
                "004 §3.4",
            ),
            Clause(
                Text(
                    "Les communes membres d'un EPT partenaire qui la met à leur disposition.",
                    "The member communes of a partner EPT that makes it available to them.",
                ),
                "004 §3.6",
            ),
        )
    group = Clause(
        Text("Le groupe de travail qui la prépare.", "The working group that prepares it."), "004 §2.4.3, §3.2.2"
    )
    if dataset.state != "submitted":
        return (group,)
    committee = Text("Le comité technique, qui doit la valider.", "The technical committee, which is to validate it.")
    return (group, Clause(committee, "004 §2.4.2"))


_MODES = {
    "all_partners": Text("Les partenaires de la charte", "The partners of the charter"),
    "named": Text("Les organismes que son propriétaire a désignés", "The bodies its owner has named"),
    "on_agreement": Text("Les organismes à qui son propriétaire a donné son accord", "The bodies its owner agreed to"),
}


def _by_terms(dataset: Dataset, on: date) -> tuple[Clause, ...]:
    terms = dataset.terms
    article = "004 glossaire, §3.2.1"
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
        found.append(Clause(communes, "004 §3.6, §3.5.2"))
    if terms.allows_contractors:
        contractors = Text("Leurs prestataires, par délégation.", "Their contractors, by delegation.")
        found.append(Clause(contractors, "004 §2.4.2, §3.5.2"))
    return tuple(found)
