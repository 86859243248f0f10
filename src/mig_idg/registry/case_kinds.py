"""What the partnership follows beside its data, kind by kind: the states a case goes through, and what it must say.

One table, read by the acts (`follow_up`), the command and the pages. `fields` are what opening it asks, beside its
subject; a state that maps to nothing is its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mig_idg.errors import Text


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a case of a kind tells; `choices` closes the list, `required` at the opening."""

    name: str
    label: Text
    required: bool = True
    choices: tuple[str, ...] = ()
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of case: where it comes from, the way it goes, what is asked at its opening."""

    word: str
    label: Text
    article: str
    moves: Mapping[str, tuple[str, ...]]
    fields: tuple[Field, ...] = ()
    wants_body: bool = True
    wants_parties: bool = False
    wants_group: bool = False
    wants_due: bool = False

    @property
    def first(self) -> str:
        """The state it opens in: the first of its way."""
        return next(iter(self.moves))

    def ended(self, state: str) -> bool:
        """True when nothing follows that state."""
        return not self.moves[state]


STATES = {
    "opened": Text("ouvert", "opened"),
    "amicable": Text("règlement amiable en cours", "amicable settlement under way"),
    "settled": Text("réglé", "settled"),
    "referred": Text("porté devant le tribunal", "before the court"),
    "shared": Text("porté à la connaissance de l'autre partie", "told to the other party"),
    "closed": Text("clos", "closed"),
    "declared": Text("déclaré", "declared"),
    "decided": Text("décidé", "decided"),
    "done": Text("fait", "done"),
    "abandoned": Text("abandonné", "abandoned"),
    "collected": Text("recueilli", "collected"),
    "passed_up": Text("remonté", "passed up"),
    "answered": Text("répondu", "answered"),
    "asked": Text("demandé", "asked"),
    "given": Text("rendu", "given"),
    "planned": Text("prévu", "planned"),
    "in_progress": Text("en cours", "in progress"),
    "postponed": Text("reporté", "postponed"),
    "in_force": Text("en vigueur", "in force"),
    "recorded": Text("consigné", "recorded"),
    "held": Text("tenue", "held"),
    "granted": Text("accordé", "granted"),
    "refused": Text("refusé", "refused"),
    "notified": Text("signalé", "notified"),
    "solved": Text("résolu", "solved"),
}

_PLAN = {
    "planned": ("in_progress", "done", "postponed", "abandoned"),
    "in_progress": ("done", "postponed", "abandoned"),
    "postponed": ("planned", "in_progress", "abandoned"),
    "done": (),
    "abandoned": (),
}
_YEAR = Field("year", Text("année", "year"))
_THEME = Field("theme", Text("thème", "theme"), required=False)

KINDS: dict[str, Kind] = {
    kind.word: kind
    for kind in (
        Kind(
            "dispute",
            Text("litige", "dispute"),
            "Charte MIG, § 2.8",
            {
                "opened": ("amicable", "settled"),
                "amicable": ("settled", "referred"),
                "referred": ("settled", "closed"),
                "settled": (),
                "closed": (),
            },
            (Field("since", Text("depuis quel jour les faits", "since which day"), is_date=True),),
            wants_parties=True,
            wants_due=True,
        ),
        Kind(
            "claim",
            Text("réclamation ou procédure", "claim or proceedings"),
            "convention Tarn-et-Garonne, art. 9.2",
            {"opened": ("shared", "closed"), "shared": ("closed",), "closed": ()},
            (Field("claimant", Text("qui réclame", "who claims")),),
        ),
        Kind(
            "acquisition",
            Text("projet d'acquisition ou de numérisation", "acquisition or digitisation project"),
            "Charte MIG, § 3.2.4",
            {"declared": ("decided", "abandoned"), "decided": ("done", "abandoned"), "done": (), "abandoned": ()},
            (
                Field("area", Text("emprise", "area")),
                Field("contact", Text("contact", "contact")),
                Field("when", Text("date prévue", "planned date"), required=False),
            ),
        ),
        Kind(
            "need",
            Text("besoin", "need"),
            "convention OPenIG, art. 2-2",
            {"collected": ("passed_up", "closed"), "passed_up": ("answered", "closed"), "answered": (), "closed": ()},
            (Field("nature", Text("nature", "nature"), choices=("technical", "financial")),),
        ),
        Kind(
            "funding-opinion",
            Text("avis sur une demande de financement", "opinion on a funding application"),
            "convention OPenIG, art. 2-2",
            {"asked": ("given", "abandoned"), "given": (), "abandoned": ()},
            (Field("amount", Text("montant", "amount"), required=False),),
        ),
        Kind(
            "roadmap",
            Text("feuille de route", "roadmap item"),
            "convention OPenIG, art. 4",
            _PLAN,
            (_YEAR, _THEME),
        ),
        Kind(
            "regional-council",
            Text("conseil régional de l'information géographique", "regional council"),
            "convention OPenIG, art. 2-2",
            {"planned": ("held", "abandoned"), "held": (), "abandoned": ()},
            (_YEAR,),
            wants_body=False,
            wants_due=True,
        ),
        Kind(
            "service-agreement",
            Text("service rendu à un public", "service to an audience"),
            "convention OPenIG, art. 3-1",
            {"in_force": ("closed",), "closed": ()},
            (
                Field("audience", Text("public", "audience")),
                Field("agreement", Text("accord exprès entre les parties", "explicit agreement"), required=False),
            ),
        ),
        Kind(
            "current-action",
            Text("action en cours", "current action"),
            "convention OPenIG, art. 2-1",
            {"in_progress": ("done", "abandoned"), "done": (), "abandoned": ()},
        ),
        Kind(
            "task",
            Text("tâche d'un groupe de travail", "task of a working group"),
            "Charte MIG, § 2.4.3",
            _PLAN,
            wants_group=True,
        ),
        Kind(
            "transfer-difficulty",
            Text("difficulté de transmission à un prestataire", "difficulty of a transfer to a contractor"),
            "Charte MIG, § 2.4.2",
            {"opened": ("settled",), "settled": ()},
            (Field("contractor", Text("prestataire", "contractor")),),
        ),
        Kind(
            "standardisation",
            Text("travaux de standardisation", "standardisation work"),
            "convention Tarn-et-Garonne, art. 5",
            {"recorded": ("closed",), "closed": ()},
            (Field("standard", Text("standard", "standard")),),
        ),
        Kind(
            "promotion",
            Text("promotion et amélioration", "promotion and improvement"),
            "convention Tarn-et-Garonne, art. 4, 9.1",
            {"recorded": ("shared", "closed"), "shared": ("closed",), "closed": ()},
        ),
        Kind(
            "environmental-request",
            Text("demande au titre d'une mission d'environnement", "request for an environmental mission"),
            "Charte MIG, § 1.3",
            {"asked": ("granted", "refused"), "granted": (), "refused": ()},
            (
                Field("requester", Text("autorité qui demande", "authority that asks")),
                Field("mission", Text("mission de service public", "public service mission")),
            ),
        ),
        Kind(
            "incident",
            Text("incident de réseau ou d'équipement", "network or equipment incident"),
            "convention Aix-Marseille-Provence, art. 8",
            {"notified": ("solved",), "solved": ()},
            (Field("equipment", Text("réseau ou équipement", "network or equipment")),),
            wants_parties=True,
        ),
    )
}
