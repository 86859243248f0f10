"""The demonstration's accounts: one for each situation of the charter, tokens in `demo-accounts.json` (mode 600)."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from mig_idg.cli.messages import lang, say, t
from mig_idg.demonstration.adhesion import CAST
from mig_idg.errors import Text
from mig_idg.registry import tokens
from mig_idg.registry.seed import PILOT

if TYPE_CHECKING:
    from mig_idg.database import Connection
    from mig_idg.settings import Settings

FILE = "demo-accounts.json"


@dataclass(frozen=True, slots=True)
class Part:
    """A situation of the charter, and who is in it."""

    account: str
    organisation: str | None
    note: Text
    roles: tuple[str, ...] = ()


PARTS = (
    Part("owner", CAST.owner, Text("Nanterre, propriétaire de la vidéosurveillance", "Nanterre, owner of the cameras")),
    Part("other-partner", CAST.other_partner, Text("Courbevoie, partenaire adhérent", "Courbevoie, a partner")),
    Part("late-joiner", CAST.late_joiner, Text("Saint-Cloud, adhérente depuis peu", "Saint-Cloud, joined lately")),
    Part("ept", CAST.ept, Text("EPT Paris Ouest La Défense, copropriétaire", "EPT Paris Ouest La Défense, co-owner")),
    Part("served-commune", CAST.served_commune,
         Text("Garches, servie par son EPT (§ 3.6)", "Garches, served by its EPT (§ 3.6)")),
    Part("argenteuil", CAST.argenteuil,
         Text("Argenteuil, hors département, servie par l'EPT T5", "Argenteuil, outside the département, through T5")),
    Part("unserved-commune", CAST.unserved_commune,
         Text("Vaucresson, que son EPT ne sert pas", "Vaucresson, not served by its EPT")),
    Part("outside-ept-commune", CAST.commune_of_outside_ept,
         Text("Meudon, dont l'EPT n'est pas partenaire", "Meudon, whose EPT is no partner")),
    Part("withdrawn", CAST.withdrawn, Text("Levallois-Perret, retirée du partenariat", "Levallois-Perret, withdrew")),
    Part("contractor", CAST.contractor,
         Text("bureau d'études, délégation de Nanterre", "consultancy, delegated by Nanterre")),
    Part("emergency", CAST.emergency_service,
         Text("sapeurs-pompiers, ERP complets", "fire brigade, whole ERP")),
    Part("group-member", CAST.group_member,
         Text("membre d'un groupe de travail", "member of a working group")),
    Part("committee", CAST.other_partner,
         Text("membre du comité technique", "member of the technical committee"), ("technical_committee",)),
    Part("pilot", PILOT, Text("administratrice du pilote", "administrator of the pilot"),
         ("pilot_staff", "administrator")),
)  # fmt: skip
PUBLIC = Text("sans compte : tout le monde", "no account: everybody")


@dataclass(frozen=True, slots=True)
class Account:
    """A line of `demo-accounts.json`; the public has neither login nor token."""

    login: str | None
    token: str | None
    organisation: str | None
    roles: tuple[str, ...]
    note: str


def open_all(connection: Connection[Any], home: Path, *, author: str) -> dict[str, Account]:
    """Open the accounts that are missing; a token that still enters is kept, another is issued and written down."""
    kept = _written(home)
    live = tokens.load(connection).by_hash
    cast = {"public": Account(None, None, None, (), PUBLIC.in_(lang()))}
    for part in PARTS:
        login = f"demo-{part.account}"
        token = kept.get(part.account)
        if not token or tokens.fingerprint(token) not in live:
            tokens.open_account(
                connection, login, name=part.note.fr, organisation=part.organisation, roles=part.roles, author=author
            )
            _, token = tokens.issue(connection, login, author=author, label="démonstration")
        cast[part.account] = Account(login, token, part.organisation, part.roles, part.note.in_(lang()))
    _write(home, cast)
    return cast


def show(cast: dict[str, Account], settings: Settings) -> None:
    """The table of accounts, tokens left in the file; and one address that QGIS opens as it is."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in (t("compte", "account"), t("organisme", "body"), t("rôles", "roles"), t("situation", "situation")):
        table.add_column(title)
    for name, account in cast.items():
        table.add_row(name, account.organisation or "—", ", ".join(account.roles) or "—", account.note)
    Console(highlight=False, width=None if os.isatty(1) else 130).print(table)
    say(
        Text(
            f"Identifiants et jetons : {settings.home / FILE} (lisible par vous seul).",
            f"Logins and tokens: {settings.home / FILE} (readable by you alone).",
        )
    )
    address = f"{settings.public_url}/t/{cast['owner'].token}/"
    say(Text(f"Pour QGIS, en tant que Nanterre : {address}", f"For QGIS, as Nanterre: {address}"))


def _written(home: Path) -> dict[str, str]:
    """Account to token, as an earlier start wrote them; nothing when the file is not there or not ours."""
    try:
        found = json.loads((home / FILE).read_text("utf-8"))
        return {name: said["token"] for name, said in found.items() if said.get("token")}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def _write(home: Path, cast: dict[str, Account]) -> None:
    """Never readable by others, not even while it is being written."""
    draft = home / f"{FILE}.draft"
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump({name: asdict(account) for name, account in cast.items()}, file, ensure_ascii=False, indent=2)
        file.write("\n")
    draft.replace(home / FILE)
