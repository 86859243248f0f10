"""`mig-idg terms …`: the owner's terms of access, use and diffusion (004 glossary, §3.2.1)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, UNTIL, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record


@click.group(
    name="terms",
    help=t("Modalités du propriétaire (Charte MIG, § 3.2.1).", "The owner's terms (MIG charter, § 3.2.1)."),
)
def command() -> None:
    """Group of the verbs on terms."""


@command.command(name="set", help=t("Le propriétaire fixe ses modalités, à compter de --on.", "The owner sets terms."))
@click.argument("collection")
@click.option("--mode", required=True, help="all_partners, named, on_agreement, closed")
@click.option("--action", "actions", multiple=True, help="view, query, download, subscribe…")
@click.option("--named", multiple=True, help=t("un organisme destinataire", "a body in the audience"))
@click.option("--agreed", multiple=True, help=t("un organisme agréé", "a body agreed to"))
@click.option("--hide", "hidden", multiple=True, help=t("un attribut réservé", "an attribute kept back"))
@click.option("--ept-communes", is_flag=True, help=t("étendu aux communes des EPT", "extends to EPT communes"))
@click.option("--contractors", is_flag=True, help=t("ouvert aux prestataires", "open to contractors"))
@click.option("--own-territory", is_flag=True, help=t("chacun lit ses lignes", "each reads its own rows"))
@click.option("--by", help=t("au nom de (défaut : le propriétaire)", "on behalf of (default: the owner)"))
@UNTIL
@act
def set_(
    conn: Conn,
    record: Record,
    collection: str,
    mode: str,
    actions: tuple[str, ...],
    named: tuple[str, ...],
    agreed: tuple[str, ...],
    hidden: tuple[str, ...],
    ept_communes: bool,
    contractors: bool,
    own_territory: bool,
    by: str | None,
    until: date | None,
) -> Done:
    """The former terms stay in history; data without terms are closed."""
    from mig_idg.registry import terms
    from mig_idg.registry.organisations import resolve

    wanted = terms.Terms(
        mode=mode,
        actions=actions,
        named=tuple(resolve(conn, body) for body in named),
        agreed=tuple(resolve(conn, body) for body in agreed),
        hidden_attributes=hidden,
        extends_to_ept_communes=ept_communes,
        allows_contractors=contractors,
        own_territory=own_territory,
    )
    return terms.set_terms(conn, collection, wanted, record, by=resolve(conn, by) if by else None, until=until)


@command.command(help=t("Les modalités d'une collection, passées et présentes.", "A collection's terms, all along."))
@click.argument("collection")
@JSON
def show(collection: str, as_json: bool) -> int:
    """Oldest first."""
    from mig_idg.registry import terms

    with reading() as conn:
        rows = terms.past_and_present(conn, collection)
    heads = {
        "from": t("du", "from"),
        "to": t("au", "to"),
        "set_by": t("par", "by"),
        "mode": "mode",
        "actions": "actions",
        "named": t("destinataires", "named"),
        "hidden_attributes": t("réservés", "kept back"),
        "extends_to_ept_communes": t("communes d'EPT", "EPT communes"),
        "allows_contractors": t("prestataires", "contractors"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(
    name="open",
    help=t(
        "Un copropriétaire ouvre une donnée coproduite validée, quinze jours après en avoir informé les autres (--on).",
        "A co-owner opens validated coproduced data, fifteen days after it told the others (--on).",
    ),
)
@click.argument("collection")
@click.option("--by", required=True, help=t("le copropriétaire qui ouvre", "the co-owner that opens"))
@click.option("--licence", default="LO-2.0", help=t("LO-2.0 (défaut), ODbL-1.0", "LO-2.0 (default), ODbL-1.0"))
@click.option(
    "--decision",
    type=int,
    help=t("ODbL : numéro de la décision du comité technique", "ODbL: number of the technical committee's decision"),
)
@act
def open_(conn: Conn, record: Record, collection: str, by: str, licence: str, decision: int | None) -> Done:
    """The evidence is the notice sent to the co-owners."""
    from mig_idg.publication.open_gate import read_published
    from mig_idg.registry import licences
    from mig_idg.registry.organisations import resolve

    read_published(conn, collection)
    return licences.publish_open(conn, collection, resolve(conn, by), record, licence=licence, decision=decision)


@command.command(
    name="take-back",
    help=t("Renonce à ouvrir, avant le jour de l'ouverture.", "Gives an opening up, before the day it opens."),
)
@click.argument("collection")
@click.option("--by", required=True, help=t("le copropriétaire qui ouvrait", "the co-owner that was to open"))
@act
def take_back(conn: Conn, record: Record, collection: str, by: str) -> Done:
    """Once open, a take-down is the way."""
    from mig_idg.registry import licences
    from mig_idg.registry.organisations import resolve

    return licences.take_back(conn, collection, resolve(conn, by), record)


@command.command(help=t("Les données coproduites ouvertes, et par qui.", "Coproduced data opened, and by whom."))
@JSON
def openings(as_json: bool) -> int:
    """By whom, from which day, under which licence."""
    from mig_idg.registry import licences

    with reading() as conn:
        rows = licences.openings(conn)
    heads = {
        "dataset": "collection",
        "by": t("par", "by"),
        "licence": t("licence", "licence"),
        "opens": t("ouverte le", "opens"),
        "notified": t("informés", "told"),
    }
    show_table(rows, heads, as_json)
    return 0
