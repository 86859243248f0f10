"""`mig-idg exception …`: what is not shared, on which ground of § 3.3, and until when that is looked at again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import DAY, JSON, ON, UNTIL, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

NUMBER = click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
OBJECTION = click.option(
    "--objection-proved/--no-objection", default=None, help=t("E4 : l'opposition", "E4: objection")
)
LAW = click.option("--law-allows/--law-forbids", default=None, help=t("E4 : un texte la permet", "E4: the law allows"))


@click.group(
    name="exception",
    help=t("Exceptions à la mutualisation (Charte MIG, § 3.3).", "Exceptions to sharing (MIG charter, § 3.3)."),
)
def command() -> None:
    """Group of the verbs on exceptions."""


@command.command(help=t("Ferme une collection, ou des attributs.", "Closes a collection, or attributes."))
@click.argument("collection")
@click.option("--ground", required=True, help="E0, E1, E2, E3, E4, E5, E6")
@click.option("--legal", required=True, help=t("le texte de loi", "the legal text"))
@click.option("--attribute", "attributes", multiple=True, help=t("absent : toute la donnée", "absent: all of it"))
@click.option("--review", type=DAY, required=True, help=t("date de revue", "review date"))
@click.option("--beneficiary", "beneficiaries", multiple=True, help=t("E5 : que la licence nomme", "E5: licensees"))
@click.option("--no-beneficiary", is_flag=True, help=t("E5 : la licence ne nomme personne", "E5: nobody is licensed"))
@click.option("--alleged", is_flag=True, help=t("par précaution, 30 jours au plus", "as a precaution, 30 days at most"))
@OBJECTION
@LAW
@UNTIL
@act
def declare(
    conn: Conn,
    record: Record,
    collection: str,
    ground: str,
    legal: str,
    attributes: tuple[str, ...],
    review: date,
    beneficiaries: tuple[str, ...],
    no_beneficiary: bool,
    alleged: bool,
    objection_proved: bool | None,
    law_allows: bool | None,
    until: date | None,
) -> Done:
    """Every exception has a ground, a legal text, the smallest scope, an author, a review date."""
    from mig_idg.registry import exceptions
    from mig_idg.registry.organisations import resolve

    named = tuple(resolve(conn, body) for body in beneficiaries)
    exception = exceptions.Exception_(
        ground=ground,
        legal_text=legal,
        author=record.author,
        review=review,
        attributes=attributes,
        objection_proved=bool(objection_proved),
        law_allows=bool(law_allows),
        beneficiaries=named if named or no_beneficiary else None,
        alleged=alleged,
        until=until,
    )
    return exceptions.declare(conn, collection, exception, record)


@command.command(help=t("Lève une exception.", "Lifts an exception."))
@NUMBER
@act
def lift(conn: Conn, record: Record, number: int) -> Done:
    """Its ground no longer holds."""
    from mig_idg.registry import exceptions

    return exceptions.lift(conn, number, record)


@command.command(help=t("Maintient une exception jusqu'à une prochaine revue.", "Keeps an exception until a review."))
@NUMBER
@click.option("--next", "next_review", type=DAY, required=True, help=t("prochaine revue", "next review"))
@OBJECTION
@LAW
@act
def review(
    conn: Conn,
    record: Record,
    number: int,
    next_review: date,
    objection_proved: bool | None,
    law_allows: bool | None,
) -> Done:
    """An allegation whose evidence came is confirmed here."""
    from mig_idg.registry import exceptions

    return exceptions.review(
        conn, number, next_review, record, objection_proved=objection_proved, law_allows=law_allows
    )


@command.command(name="list", help=t("Les exceptions en vigueur, à revoir d'abord.", "Exceptions in force."))
@click.option("--collection", help=t("d'une seule collection", "of one collection"))
@ON
@JSON
def list_(collection: str | None, on: date, as_json: bool) -> int:
    """Those whose review is due come first."""
    from mig_idg.registry import datasets, exceptions

    with reading() as conn:
        if collection:
            datasets.kind_of(conn, collection)
        rows = exceptions.listing(conn, on, collection)
    heads = {
        "exception": t("numéro", "number"),
        "dataset": "collection",
        "ground": t("motif", "ground"),
        "attributes": t("attributs", "attributes"),
        "state": t("état", "state"),
        "legal_text": t("texte", "text"),
        "review": t("revue", "review"),
        "due": t("échue", "due"),
    }
    show_table(rows, heads, as_json)
    return 0
