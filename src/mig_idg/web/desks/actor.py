"""Who acts on a page, and for which body: one at a time, the account's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mig_idg import territory
from mig_idg.charter import Facts
from mig_idg.errors import Lang, Refused, SignInNeeded, Text
from mig_idg.guard.principal import Principal
from mig_idg.guard.request import Request
from mig_idg.guard.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person acting for one body, on the facts of one moment."""

    principal: Principal
    snapshot: Snapshot
    lang: Lang

    @property
    def login(self) -> str:
        """The account."""
        return self.principal.login or ""

    @property
    def body(self) -> str:
        """The body acted for; empty for an account without one."""
        return self.principal.organisation or ""

    @property
    def facts(self) -> Facts:
        """The facts that decide."""
        return self.snapshot.facts

    @property
    def day(self) -> date:
        """The legal day."""
        return self.snapshot.day

    @property
    def partner(self) -> bool:
        """Whether the body is a partner today, the charter being in force."""
        return self.snapshot.partner(self.principal)

    @property
    def pilot(self) -> bool:
        """Whether the person keeps the registry for the pilot (004 § 2.1.2); the charter may have ended meanwhile."""
        return "pilot_staff" in self.principal.roles and self.facts.member(self.principal.organisation, self.day)

    @property
    def committee(self) -> bool:
        """Whether the person sits in the technical committee, or keeps its records."""
        return self.pilot or ("technical_committee" in self.principal.roles and self.partner)

    @property
    def ept(self) -> bool:
        """Whether the body is an EPT."""
        return territory.is_ept(self.body) or any(link.ept == self.body for link in self.facts.ept_communes)

    @property
    def communes(self) -> tuple[str, ...]:
        """The member communes of the EPT acted for, today."""
        return tuple(
            link.commune for link in self.facts.ept_communes if link.ept == self.body and link.span.covers(self.day)
        )

    def may(self, action: str, dataset: str) -> bool:
        """What the charter lets the person do with a dataset."""
        return self.snapshot.decide(self.principal, action, dataset).permitted

    @property
    def seen(self) -> tuple[str, ...]:
        """The datasets that the person may know of."""
        return tuple(one.id for one in self.snapshot.visible(self.principal))

    @property
    def owned(self) -> tuple[str, ...]:
        """The datasets whose access the body decides on: those it owns, a partner."""
        facts = self.facts.datasets
        return tuple(id for id in self.seen if id in facts and facts[id].owner == self.body and self.may("grant", id))

    def title(self, dataset: str) -> Text:
        """The title of a dataset that the person knows of, or its id."""
        known = self.snapshot.collections.get(dataset)
        return known.title if known is not None else Text(dataset, dataset)

    def name(self, body: str | None) -> str:
        """The name of a body."""
        if body is None:
            return "le public" if self.lang == "fr" else "the public"
        return self.facts.names.get(body) or territory.name_of(body)


def actor(request: Request) -> Actor:
    """Who asks for a desk. Raises SignInNeeded for the public, Refused for a token of a narrow scope."""
    principal = request.principal
    if principal.public:
        error = SignInNeeded(
            Text("Les bureaux sont ceux des organismes du partenariat.", "Desks are the bodies' own."),
            remedy=Text("Connectez-vous au nom de votre organisme.", "Sign in for your body."),
        )
        error.headers["www-authenticate"] = "Bearer"
        raise error
    if principal.collections is not None or principal.actions is not None or principal.motive is not None:
        raise Refused(
            Text(
                "Ce jeton est limité à certaines données ou actions : il n'ouvre pas les bureaux.",
                "This token is limited to some data or actions: it does not open the desks.",
            ),
            remedy=Text("Connectez-vous avec un jeton sans limite.", "Sign in with a token without a scope."),
        )
    return Actor(principal, request.snapshot, request.lang)
