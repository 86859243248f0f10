"""`mig-idg versions …`: what the rows of a layer were, what changed between two versions, which one is in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli.acts import JSON, show_table
from mig_idg.cli.messages import author, lang, registry_connection, say, say_json, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.publication.model import Declaration
    from mig_idg.store.versions import Version

COLLECTION = click.argument("collection")
NUMBER = click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=click.IntRange(min=1))
AUTHOR = click.option("--author", default=author, help=t("qui agit", "who acts"))


@click.group(
    name="versions",
    help=t(
        "Versions des lignes d'une couche : chacune reste ce qu'elle fut (Charte MIG, § 3.4).",
        "Versions of a layer's rows: each stays what it was (MIG charter, § 3.4).",
    ),
)
def command() -> None:
    """Group of the verbs on versions."""


@command.command(name="list", help=t("Les versions d'une couche, la dernière d'abord.", "Its versions, newest first."))
@COLLECTION
@JSON
def list_(collection: str, as_json: bool) -> int:
    """Pruned ones among them."""
    from mig_idg.store import versions

    with registry_connection() as connection:
        _declared(connection, collection)
        found = versions.known(connection, collection)
    if as_json:
        say_json([one.as_json() for one in found])
        return 0
    heads = {
        "number": t("numéro", "number"),
        "state": t("état", "state"),
        "label": t("nom", "name"),
        "valid_from": t("valide dès", "valid from"),
        "act": t("acte", "act"),
        "author": t("par", "by"),
        "rows": t("entités", "features"),
        "changes": t("+ / ~ / -", "+ / ~ / -"),
    }
    show_table([_line(one) for one in found], heads, as_json)
    return 0


@command.command(help=t("Une version, avec tout ce qui en est connu.", "A version, with all that is known of it."))
@COLLECTION
@NUMBER
@JSON
def show(collection: str, number: int, as_json: bool) -> int:
    """Exit 1 when it was pruned: its line stays, its rows are gone."""
    from mig_idg.store import versions

    with registry_connection() as connection:
        _declared(connection, collection)
        found = next((one for one in versions.known(connection, collection) if one.number == number), None)
    if found is None:
        raise versions.missing(collection, number)
    if as_json:
        say_json(found.as_json())
    else:
        show_table([{"k": key, "v": value} for key, value in found.as_json().items()],
                   {"k": t("donnée", "item"), "v": t("valeur", "value")}, as_json)  # fmt: skip
    return 1 if found.pruned_at else 0


@command.command(help=t("Ce qui change d'une version à une autre.", "What changes from one version to another."))
@COLLECTION
@click.argument("before", metavar=t("DE", "FROM"), type=click.IntRange(min=1))
@click.argument("after", metavar=t("À", "TO"), type=click.IntRange(min=1))
@click.option("--features", is_flag=True, help=t("entité par entité", "feature by feature"))
@JSON
def compare(collection: str, before: int, after: int, features: bool, as_json: bool) -> int:
    """Counts, and with --features the identifier of each feature; all rows, as the administrator sees them."""
    from mig_idg.store import versions, vintages

    with registry_connection() as connection:
        _declared(connection, collection)
        for number in (before, after):
            versions.find(connection, collection, number)
        counted = vintages.difference(connection, collection, before, after)
        rows = [
            {"id": id, "change": change}
            for id, change in (vintages.changed_features(connection, collection, before, after) if features else ())
        ]
    said = {"added": counted.added, "changed": counted.changed, "removed": counted.removed}
    if as_json:
        more = {"features": rows} if features else {}
        say_json({"collection": collection, "from": before, "to": after, **said, **more})
        return 0
    say(
        Text(
            f"De {before} à {after} : {counted.added} ajoutées, {counted.changed} modifiées, "
            f"{counted.removed} retirées.",
            f"From {before} to {after}: {counted.added} added, {counted.changed} changed, {counted.removed} removed.",
        )
    )
    if features:
        show_table(rows, {"id": t("entité", "feature"), "change": t("changement", "change")}, as_json)
    return 0


@command.command(
    help=t(
        "Fait une version de ce qui a été écrit ligne à ligne depuis la dernière.",
        "Makes a version of what was written row by row since the last one.",
    )
)
@COLLECTION
@click.option("--label", help=t("son nom, « 2026-T3 »", "its name, “2026-Q3”"))
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help=t("jour dont elle dit l'état (aujourd'hui)", "the day whose state it tells (today)"),
)
@AUTHOR
@JSON
def publish(collection: str, label: str | None, valid_from: Any, author: str, as_json: bool) -> int:
    """Exit 1 when nothing changed since the version in force."""
    from mig_idg.cli.follow_up import finish
    from mig_idg.deposits.intake.republish import republish
    from mig_idg.publication import versions

    day: date | None = valid_from.date() if valid_from else None
    with registry_connection() as connection:
        declaration = _declared(connection, collection)
        made = versions.cut(connection, declaration, author, label=label, valid_from=day)
        if made is None:
            say(
                Text(
                    f"Rien n'a changé dans « {collection} » depuis la version en vigueur.",
                    f"Nothing changed in “{collection}” since the version in force.",
                ),
                err=as_json,
            )
            return 1
        republish(connection, collection, author=author)
        connection.commit()
        _say_in_force(made, as_json)
        finish(connection, quiet=as_json)
    return 0


@command.command(
    help=t(
        "Remet une version en vigueur ; ce qui n'était d'aucune est d'abord gardé. Une coproduction validée le "
        "refuse : sa version est celle du comité technique (Charte MIG, § 3.4).",
        "Puts a version in force again; what belonged to none is kept first. A validated coproduction refuses: its "
        "version is the technical committee's (MIG charter, § 3.4).",
    )
)
@COLLECTION
@NUMBER
@AUTHOR
@JSON
def restore(collection: str, number: int, author: str, as_json: bool) -> int:
    """In one transaction: readers have the version before, or this one."""
    from mig_idg.cli.follow_up import finish
    from mig_idg.deposits.intake.republish import republish
    from mig_idg.publication import versions

    with registry_connection() as connection:
        done = versions.put_in_force(connection, _declared(connection, collection), number, author)
        republish(connection, collection, author=author)
        connection.commit()
        _say_in_force(done, as_json)
        finish(connection, quiet=as_json)
    return 0


@command.command(
    help=t(
        "Abandonne les lignes des versions les plus anciennes ; celles qui furent validées restent.",
        "Gives up the rows of the oldest versions; those that were validated stay.",
    )
)
@COLLECTION
@click.option("--keep", type=click.IntRange(min=1), help=t("combien garder (déclaré)", "how many to keep (declared)"))
@click.option("--dry-run", is_flag=True, help=t("dire ce qui partirait, sans rien retirer", "say what would go"))
@AUTHOR
@JSON
def prune(collection: str, keep: int | None, dry_run: bool, author: str, as_json: bool) -> int:
    """Exit 0, whether there was something to prune or not."""
    from mig_idg.publication import versions

    with registry_connection() as connection:
        gone = versions.prune(connection, _declared(connection, collection), author, keep=keep, dry=dry_run)
    if as_json:
        say_json({"dry_run": dry_run, "versions": [one.number for one in gone]})
        return 0
    numbers = ", ".join(str(one.number) for one in gone) or t("aucune", "none")
    if dry_run:
        say(Text(f"Versions qui partiraient : {numbers}.", f"Versions that would go: {numbers}."))
    else:
        say(Text(f"Versions abandonnées : {numbers}.", f"Versions given up: {numbers}."))
    return 0


def _declared(connection: Any, collection: str) -> Declaration:
    """The declaration in force. Raises UnknownWord, with the nearest name."""
    from mig_idg.deposits.consolidation.contributions import published

    return published(connection, collection)


def _line(one: Version) -> dict[str, Any]:
    from mig_idg.store.versions import ACTS

    state = t("en vigueur", "in force") if one.in_force else t("abandonnée", "given up") if one.pruned_at else ""
    if one.validated:
        state = " · ".join(
            word for word in (state, t(f"validée ({one.validated})", f"validated ({one.validated})")) if word
        )
    return {
        **one.as_json(),
        "state": state,
        "act": ACTS[one.act].in_(lang()),
        "changes": f"{one.added} / {one.changed} / {one.removed}",
    }


def _say_in_force(one: Version, as_json: bool) -> None:
    if as_json:
        say_json(one.as_json())
        return
    say(
        Text(
            f"Version {one.number} de « {one.collection} » en vigueur : {one.rows} entités "
            f"({one.added} ajoutées, {one.changed} modifiées, {one.removed} retirées).",
            f"Version {one.number} of “{one.collection}” in force: {one.rows} features "
            f"({one.added} added, {one.changed} changed, {one.removed} removed).",
        )
    )
