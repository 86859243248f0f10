"""The states of a deposit, and who may move it where: one table (charter/rules.md §2).

A dataset's own states (published, suspended by a takedown, archived) stay those of the registry; a deposit is one file
on its way there. A contribution to a coproduction stops at `signed_off`: the group consolidates it, nobody is served.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mig_idg.errors import Conflict, Text

State = Literal["receiving", "draft", "refused", "checked", "signed_off", "published", "archived", "withdrawn"]
Who = Literal["depositor", "referent", "service"]

STATES: dict[State, Text] = {
    "receiving": Text("en cours d'envoi", "being sent"),
    "draft": Text("reçu, à contrôler", "received, to be checked"),
    "refused": Text("refusé au contrôle", "refused by the check"),
    "checked": Text("contrôlé, à signer", "checked, to be signed"),
    "signed_off": Text("signé par le référent", "signed off by the referent"),
    "published": Text("publié", "published"),
    "archived": Text("remplacé par un dépôt plus récent", "replaced by a later deposit"),
    "withdrawn": Text("retiré", "withdrawn"),
}
WHO: dict[Who, Text] = {
    "depositor": Text("le déposant", "the depositor"),
    "referent": Text("le référent technique ou son suppléant", "the technical referent or the deputy"),
    "service": Text("le service", "the service"),
}
BOTH = ("mutualised", "coproduced")


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a state to another: its name, who takes it, what it is."""

    name: str
    before: State
    after: State
    who: Who
    words: Text
    kinds: tuple[str, ...] = BOTH


_CERTIFY = Text("certifier le fichier, répondre au questionnaire", "certify the file, answer the checklist")
_CHECK = Text("demander un nouveau contrôle", "ask for another check")
_WITHDRAW = Text("retirer le dépôt", "withdraw the deposit")
MOVES: tuple[Move, ...] = (
    Move("receive", "receiving", "draft", "depositor", Text("envoyer la fin du fichier", "send the rest of the file")),
    *(Move("certify", state, state, "depositor", _CERTIFY) for state in ("draft", "refused", "checked")),
    *(Move("check", state, "draft", "depositor", _CHECK) for state in ("draft", "refused", "checked")),
    Move("accept", "draft", "checked", "service", Text("contrôler : le fichier convient", "check: the file is fit")),
    Move("refuse", "draft", "refused", "service", Text("contrôler : le fichier est fautif", "check: it is faulty")),
    Move("sign", "checked", "signed_off", "referent", Text("signer (§ 2.1.3)", "sign off (§ 2.1.3)")),
    Move("retry", "signed_off", "signed_off", "depositor",
         Text("relancer la publication", "start the publication again"), ("mutualised",)),
    Move("publish", "signed_off", "published", "service", Text("publier", "publish"), ("mutualised",)),
    Move("supersede", "published", "archived", "service",
         Text("remplacer par un dépôt plus récent", "replace by a later deposit"), ("mutualised",)),
    *(Move("withdraw", state, "withdrawn", "depositor", _WITHDRAW)
      for state in ("receiving", "draft", "refused", "checked", "signed_off")),
)  # fmt: skip


def moves_from(state: str, kind: str) -> tuple[Move, ...]:
    """What can happen next to a deposit in this state."""
    return tuple(move for move in MOVES if move.before == state and kind in move.kinds)


def move(name: str, state: str, kind: str) -> Move:
    """The move of that name from this state. Raises Conflict, which says who can do what instead."""
    for one in moves_from(state, kind):
        if one.name == name:
            return one
    raise elsewhere(name, state, kind)


def elsewhere(name: str, state: str, kind: str) -> Conflict:
    """The answer to a move that the state does not allow."""
    words = STATES.get(state, Text(state, state))  # type: ignore[call-overload]
    after = moves_from(state, kind)
    fr = "; ".join(f"{WHO[one.who].fr} : {one.words.fr}" for one in after)
    en = "; ".join(f"{WHO[one.who].en}: {one.words.en}" for one in after)
    return Conflict(
        Text(f"Ce dépôt est « {words.fr} » : « {name} » n'y est pas possible.",
             f"This deposit is “{words.en}”: “{name}” is not possible."),
        remedy=Text(f"Suites possibles — {fr}.", f"What can follow — {en}.") if after else None,
        extra={"state": state},
    )  # fmt: skip
