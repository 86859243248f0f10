"""Exceptions to sharing: the grounds of § 3.3 explained, the smallest scope, a date of review."""

from __future__ import annotations

from mig_idg.charter.messages import GROUNDS
from mig_idg.errors import InvalidParameter, Text
from mig_idg.registry import exceptions
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Field, Said
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import DATASET

ARTICLE = "Charte MIG, § 3.3"
EXPLAINED = {
    "E1": Text("des personnes y sont reconnaissables, ou un secret protégé par la loi s'y lit",
               "persons can be recognised in them, or a secret that the law protects can be read"),
    "E2": Text("un texte interdit de les partager", "a text forbids sharing them"),
    "E3": Text("leur divulgation nuirait (sûreté, défense…) ; revue dans les douze mois",
               "their disclosure would harm (security, defence…); reviewed within twelve months"),
    "E4": Text("un organisme extérieur qui les a coproduites s'y oppose, et un texte l'y autorise : il faut les deux",
               "an outside body that co-produced them objects, and a text lets it: both are needed"),
    "E5": Text("leur licence d'achat ne permet pas de les diffuser ; elle peut nommer des bénéficiaires",
               "their licence does not let them be diffused; it may name beneficiaries"),
    "E6": Text("un tiers y a des droits (auteur, marque…), ou une loi s'applique",
               "a third party has rights in them (copyright, trademark…), or a law applies"),
    "E0": Text("autre donnée que la loi ne laisse ni communiquer ni diffuser",
               "other data that the law lets nobody communicate nor diffuse"),
}  # fmt: skip


def _grounds() -> list[Choice]:
    return [
        (code, Text(f"{code} — {GROUNDS[code].fr} : {words.fr}", f"{code} — {GROUNDS[code].en}: {words.en}"))
        for code, words in EXPLAINED.items()
    ]


def _declare(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    ground = said["ground"]
    told = exceptions.Exception_(
        ground=ground,
        legal_text=said["legal"],
        author=actor.name(actor.body),
        review=said["review"],
        attributes=tuple(word for word in (said["attributes"] or "").replace(",", " ").split() if word),
        objection_proved=said["objection"],
        law_allows=said["law"],
        beneficiaries=tuple(said["beneficiaries"]) if ground == "E5" else None,
        alleged=said["alleged"],
        until=said["until"],
    )
    if ground != "E5" and said["beneficiaries"]:
        raise InvalidParameter(
            "beneficiaries", Text("Seul le motif E5 nomme des bénéficiaires.", "Only ground E5 names beneficiaries.")
        )
    return exceptions.declare(conn, said["dataset"], told, record)


def _lift(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return exceptions.lift(conn, int(said["number"]), record)


def _review(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return exceptions.review(
        conn,
        int(said["number"]),
        said["review"],
        record,
        objection_proved=said["objection"] or None,
        law_allows=said["law"] or None,
    )


def answers_for_data(actor: Actor) -> bool:
    """A partner that owns or co-owns data."""
    facts = actor.facts.datasets.values()
    return actor.partner and any(one.owner == actor.body or actor.body in one.co_owners for one in facts)


WHOSE = Text("à un partenaire qui répond de la donnée", "a partner who answers for the data")
_NUMBER = Field("number", Text("Exception", "Exception"), "one", choices=choices.live_exceptions)
_REVIEW = Field("review", Text("À revoir le", "To be reviewed on"), "day",
                help=Text("Une exception n'est jamais sans fin : dites quand on la regarde de nouveau.",
                          "An exception is never for ever: say when it is looked at again."))  # fmt: skip
_OBJECTION = Field("objection", Text("E4 : l'opposition de l'organisme est établie",
                                     "E4: the body's objection is established"), "yes", required=False)  # fmt: skip
_LAW = Field("law", Text("E4 : un texte lui permet de s'opposer", "E4: a text lets it object"), "yes",
             required=False)  # fmt: skip

ACTS: tuple[Act, ...] = (
    Act(
        id="exception-declare",
        desk="owner",
        title=Text("Déclarer une exception", "Declare an exception"),
        article=ARTICLE,
        intro=Text(
            "La charte partage tout ce qui peut l'être ; une exception se fonde sur l'un de ces motifs, sur un texte, "
            "et couvre le moins possible : quelques attributs plutôt que toute la donnée.",
            "The charter shares all that can be; an exception rests on one of these grounds, on a text, and covers as "
            "little as it can: some attributes rather than the whole dataset.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.answered_for),
            Field("ground", Text("Motif", "Ground"), "radio", choices=choices.of(*_grounds())),
            Field("legal", Text("Texte qui la fonde", "Text it rests on"),
                  help=Text("Article de loi, licence, décision… : de quoi le retrouver.",
                            "Article of law, licence, decision…: enough to find it again.")),
            Field("attributes", Text("Attributs couverts", "Attributes covered"), required=False,
                  help=Text("Leurs noms, séparés par des virgules ; vide : toute la donnée se ferme.",
                            "Their names, with commas; empty: the whole dataset closes.")),
            _REVIEW,
            Field("beneficiaries", Text("E5 : bénéficiaires que la licence nomme", "E5: beneficiaries of the licence"),
                  "several", required=False, choices=choices.bodies),
            _OBJECTION,
            _LAW,
            Field("alleged", Text("Par précaution : trente jours au plus, le temps de vérifier",
                                  "As a precaution: thirty days at most, time to check"), "yes", required=False),
            Field("until", Text("Prend fin le (exclu)", "Ends on (excluded)"), "day", required=False),
        ),
        allowed=answers_for_data,
        whose=WHOSE,
        apply=_declare,
        button=Text("Voir qui perd l'accès", "See who loses access"),
    ),
    Act(
        id="exception-review",
        desk="owner",
        title=Text("Revoir une exception", "Review an exception"),
        article=ARTICLE,
        intro=Text("Le motif vaut toujours : dites jusqu'à quand.", "The ground still holds: say until when."),
        fields=(_NUMBER, _REVIEW, _OBJECTION, _LAW),
        allowed=answers_for_data,
        whose=WHOSE,
        apply=_review,
    ),
    Act(
        id="exception-lift",
        desk="owner",
        title=Text("Lever une exception", "Lift an exception"),
        article=ARTICLE,
        intro=Text("Le motif ne vaut plus : la donnée se partage de nouveau.",
                   "The ground no longer holds: the data are shared again."),
        fields=(_NUMBER,),
        allowed=answers_for_data,
        whose=WHOSE,
        apply=_lift,
    ),
)  # fmt: skip
