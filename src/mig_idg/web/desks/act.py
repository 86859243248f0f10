"""What a declared act is: its fields, who may do it, and what it calls of the registry. The rest is one mechanism."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mig_idg.errors import Refused, Text
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.registry.refusals import refused
from mig_idg.web.desks.actor import Actor

Kind = Literal["text", "long", "day", "email", "one", "several", "radio", "yes", "number"]
Desk = Literal["mine", "owner", "ept", "committees", "partnership", "pilot"]
Choice = tuple[str, Text]
Said = Mapping[str, Any]
NAMED = ("who", "organisation", "owner", "requester", "ept", "commune", "giver", "recipient", "delegator", "contractor")
"""How fields and details name bodies."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the choices of a field depend on: who acts, and the registry as it stands."""

    actor: Actor
    conn: Conn


Choices = Callable[[Scene], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `choices` are the only values that it takes: what is not the person's is not among them."""

    name: str
    label: Text
    kind: Kind = "text"
    help: Text | None = None
    required: bool = True
    choices: Choices | None = None
    most: int = 500
    default: str = ""


SEE = Text("Voir l'effet", "See the effect")


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the registry as a page offers it.

    `allowed` says whether the person may do it at all; `whose` says to whom it belongs, for those who may not. `apply`
    calls the registry's own function, the one that the command line calls. `dated`: its day of effect may be another
    than today (what is recorded on a piece). `evidence`: a piece or its reference is needed. `of_owner` says whether
    what was typed touches rows too, which the clerk may not: a job then does it with the owner's rights, and a preview
    does `rehearse` in place of `apply`. `more` is what a preview tells beside.
    """

    id: str
    desk: Desk
    title: Text
    article: str
    intro: Text
    fields: tuple[Field, ...]
    allowed: Callable[[Actor], bool]
    whose: Text
    apply: Callable[[Conn, Said, Record, Actor], Done]
    dated: bool = False
    evidence: bool = False
    button: Text = SEE
    of_owner: Callable[[Conn, Said], bool] | None = None
    rehearse: Callable[[Conn, Said, Record, Actor], Done] | None = None
    more: Callable[[Conn, Said, Actor], tuple[tuple[Text, str], ...]] | None = None

    def concerned(self, done: Done, said: Said, actor: Actor) -> list[str]:
        """The bodies that the act names: its receipt is for them too."""
        named = {said.get(name) for name in NAMED} | {done.details.get(name) for name in NAMED}
        known = actor.facts.names
        return sorted({actor.body} - {""} | {one for one in named if isinstance(one, str) and one in known})

    def require_allowed(self, actor: Actor) -> None:
        """Raise Refused, with the article, for who may not."""
        if not self.allowed(actor):
            raise self.not_yours(actor)

    def not_yours(self, actor: Actor) -> Refused:
        """The refusal of an act that is somebody else's."""
        name = actor.name(actor.body) if actor.body else actor.login
        return refused(
            self.article,
            Text(
                f"{name} ne peut pas faire cet acte : il revient {self.whose.fr}.",
                f"{name} may not do this act: it is for {self.whose.en}.",
            ),
            rule="act_is_not_yours",
        )
