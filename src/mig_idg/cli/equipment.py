"""`mig-idg equipment|annex|intervention …`: connected equipment, its annexes, work on a host's supports."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import DAY, JSON, ON, act, read_evidence, reading, report, show_table
from mig_idg.cli.messages import author, lang, say, say_json, t
from mig_idg.errors import InvalidParameter, Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record
    from mig_idg.registry.equipment import Contact

NUMBER = click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
CONVENTION = click.argument("convention")
BODY = click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("d'un organisme", "of a body"))
REASONS = click.option("--reasons", required=True, help=t("pourquoi", "why"))


@click.group(
    name="equipment", help=t("Supports, équipements connectés, réseaux.", "Supports, connected equipment, networks.")
)
def command() -> None:
    """Group of the verbs on the register of equipment, with its annexes and interventions."""


@command.command(help=t("Inscrit ou décrit un objet.", "Registers or describes an object."))
@click.argument("asset", metavar=t("OBJET", "OBJECT"))
@click.option("--class", "class_", required=True, help="support, equipment, network, platform")
@click.option("--type", "type_", required=True, help=t("building, lorawan…", "building, lorawan…"))
@click.option("--owner", required=True, help=t("propriétaire", "owner"))
@click.option("--description", help=t("description succincte", "short description"))
@click.option("--address", help=t("adresse", "address"))
@click.option("--maintenance", help=t("responsable de la maintenance", "who maintains it"))
@click.option("--energy", help=t("énergie", "energy"))
@click.option("--peripheral", "peripherals", multiple=True, help=t("un périphérique", "a peripheral"))
@click.option("--geometry", help=t("WKT en Lambert-93 (EPSG:2154)", "WKT in EPSG:2154"))
@act
def register(
    conn: Conn, record: Record, asset: str, class_: str, type_: str, owner: str, description: str | None,
    address: str | None, maintenance: str | None, energy: str | None, peripherals: tuple[str, ...],
    geometry: str | None,
) -> Done:  # fmt: skip
    """From the day of --on."""
    from mig_idg.registry import equipment
    from mig_idg.registry.organisations import resolve

    said = equipment.Asset(
        asset, class_, type_, resolve(conn, owner), description, address,
        resolve(conn, maintenance) if maintenance else None, energy, peripherals, geometry,
    )  # fmt: skip
    return equipment.register(conn, said, record)


@command.command(name="list", help=t("Le registre à une date.", "The register at a date."))
@click.option("--class", "class_", help="support, equipment, network, platform")
@click.option("--geojson", is_flag=True, help=t("en GeoJSON", "as GeoJSON"))
@ON
@JSON
def list_(class_: str | None, geojson: bool, on: date, as_json: bool) -> int:
    """Each object with its owner and who maintains it."""
    from mig_idg.registry import equipment

    with reading() as conn:
        rows = equipment.assets(conn, on, class_=class_)
    if geojson:
        say_json(equipment.as_geojson(rows))
        return 0
    heads = {
        "asset": t("objet", "object"),
        "class": t("classe", "class"),
        "type": "type",
        "address": t("adresse", "address"),
        "owner": t("propriétaire", "owner"),
        "maintenance": t("maintenance", "maintenance"),
    }
    show_table(rows, heads, as_json)
    return 0


@click.group(help=t("Lignes des annexes d'une convention.", "Lines of a convention's annexes."))
def annex() -> None:
    """Only what an annex lists is under the convention."""


@annex.command(help=t("Inscrit une ligne.", "Adds a line."))
@CONVENTION
@click.option("--annex", "annex_", required=True, help="equipment, support, network, dataset")
@click.option("--asset", help=t("l'objet du registre", "the object of the register"))
@click.option("--dataset", help=t("le jeu de données", "the dataset"))
@click.option("--host", required=True, help=t("partie accueillante", "hosting party"))
@click.option("--depositor", required=True, help=t("partie déposante", "depositing party"))
@click.option("--support", help=t("le support qui l'accueille", "the support that carries it"))
@click.option("--network", help=t("le réseau qu'il emprunte", "the network it uses"))
@click.option(
    "--host-contact",
    metavar=t("NOM,E-MAIL[,TÉL]", "NAME,E-MAIL[,PHONE]"),
    help=t("contact accueillant", "host's contact"),
)
@click.option(
    "--depositor-contact",
    metavar=t("NOM,E-MAIL[,TÉL]", "NAME,E-MAIL[,PHONE]"),
    help=t("contact déposant", "depositor's contact"),
)
@click.option("--access", help="open, restricted")
@click.option("--licence", help=t("licence", "licence"))
@click.option("--extent", help=t("étendue", "extent"))
@click.option("--format", "format_", help=t("format", "format"))
@click.option("--provision", help=t("api ou cold (données froides)", "api or cold"))
@click.option("--route", "routes", multiple=True, help="lorawan_feed, iot_platform, data_platform, api")
@click.option("--remark", help=t("remarque", "remark"))
@click.option(
    "--network-data", is_flag=True, help=t("l'accueillant exploite les données du réseau", "host may exploit")
)
@click.option("--per-day", type=int, help=t("messages par jour au plus", "messages a day at most"))
@click.option(
    "--latency", type=int, metavar=t("SECONDES", "SECONDS"), help=t("pas plus récent que", "not more recent than")
)
@act
def add(
    conn: Conn, record: Record, convention: str, annex_: str, asset: str | None, dataset: str | None, host: str,
    depositor: str, support: str | None, network: str | None, host_contact: str | None, depositor_contact: str | None,
    access: str | None, licence: str | None, extent: str | None, format_: str | None, provision: str | None,
    routes: tuple[str, ...], remark: str | None, network_data: bool, per_day: int | None, latency: int | None,
) -> Done:  # fmt: skip
    """Under the convention from the day of --on."""
    from mig_idg.registry import equipment
    from mig_idg.registry.organisations import resolve

    line = equipment.Line(
        annex_, resolve(conn, host), resolve(conn, depositor), asset, dataset, support, network, _contact(host_contact),
        _contact(depositor_contact), access, licence, extent, format_, provision, routes, remark, network_data, per_day,
        timedelta(seconds=latency) if latency is not None else None,
    )  # fmt: skip
    return equipment.list_in_annex(conn, convention, line, record)


@annex.command(help=t("Retire une ligne.", "Removes a line."))
@NUMBER
@act
def remove(conn: Conn, record: Record, number: int) -> Done:
    """No longer under the convention from that day."""
    from mig_idg.registry import equipment

    return equipment.strike(conn, number, record)


@annex.command(
    name="import", help=t("Charge une annexe tenue dans un tableur.", "Loads an annex kept in a spreadsheet.")
)
@CONVENTION
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--annex", "annex_", required=True, help="equipment, support")
@click.option("--encoding", help=t("encodage, s'il n'est pas UTF-8", "encoding, when it is not UTF-8"))
@ON
@click.option("--evidence", required=True, help=t("la pièce", "the piece"))
@JSON
def import_(
    convention: str, file: Path, annex_: str, encoding: str | None, on: date, evidence: str, as_json: bool
) -> int:
    """All lines or none; what is wrong is told with its line and column."""
    from mig_idg.deposits import annex as annex_file
    from mig_idg.registry.acts import Record

    record = Record(on, author(), read_evidence(evidence, on))
    with reading() as conn:
        done = annex_file.load(conn, file, convention, annex_, record, encoding=encoding)
    if as_json:
        say_json([one.as_json() for one in done])
    else:
        for one in done:
            report(one, as_json=False)
        say(Text(f"{len(done)} lignes inscrites.", f"{len(done)} lines recorded."))
    return 0


@annex.command(name="list", help=t("Les lignes des annexes à une date.", "Lines of the annexes at a date."))
@click.option("--convention", help=t("d'une convention", "of one convention"))
@BODY
@click.option("--geojson", is_flag=True, help=t("en GeoJSON", "as GeoJSON"))
@ON
@JSON
def lines(convention: str | None, body: str | None, geojson: bool, on: date, as_json: bool) -> int:
    """Host, depositor, support, network."""
    from mig_idg.registry import equipment
    from mig_idg.registry.organisations import resolve

    with reading() as conn:
        who = resolve(conn, body) if body else None
        rows = equipment.lines(conn, on, convention=convention, organisation=who)
    if geojson:
        say_json(equipment.as_geojson(rows))
        return 0
    heads = {
        "line": t("ligne", "line"),
        "convention": "convention",
        "annex": t("annexe", "annex"),
        "asset": t("objet", "object"),
        "dataset": t("jeu de données", "dataset"),
        "host": t("accueil", "host"),
        "depositor": t("dépôt", "depositor"),
        "support": "support",
    }
    show_table(rows, heads, as_json)
    return 0


@click.group(help=t("Interventions sur les supports d'un accueillant.", "Work on a host's supports."))
def intervention() -> None:
    """Asked, agreed or refused, done or stopped."""


@intervention.command(help=t("Demande à intervenir.", "Asks to work on a support."))
@CONVENTION
@click.argument("support")
@click.option("--by", required=True, metavar=t("ORGANISME", "BODY"), help=t("le déposant", "the depositor"))
@click.option("--from", "starts", type=DAY, required=True, help=t("du", "from"))
@click.option("--to", "ends", type=DAY, required=True, help=t("au", "to"))
@click.option("--modalities", required=True, help=t("modalités techniques", "technical modalities"))
@click.option("--conditions", help=t("conditions demandées", "conditions asked"))
@click.option("--commissioning", help=t("mise en service", "commissioning"))
@click.option("--operator", "operators", multiple=True, help=t("opérateur tiers", "third operator"))
@act
def ask(
    conn: Conn, record: Record, convention: str, support: str, by: str, starts: date, ends: date, modalities: str,
    conditions: str | None, commissioning: str | None, operators: tuple[str, ...],
) -> Done:  # fmt: skip
    """Only on a support of the annex."""
    from mig_idg.registry import interventions
    from mig_idg.registry.organisations import resolve

    asked = interventions.Intervention(support, starts, ends, modalities, conditions, commissioning, operators)
    return interventions.request(conn, convention, resolve(conn, by), asked, record)


@intervention.command(help=t("L'accueillant donne son accord.", "The host agrees."))
@NUMBER
@click.option("--conditions", help=t("ses conditions", "its conditions"))
@act
def agree(conn: Conn, record: Record, number: int, conditions: str | None) -> Done:
    """Said again, new conditions replace the former."""
    from mig_idg.registry import interventions

    return interventions.agree(conn, number, record, conditions=conditions)


@intervention.command(help=t("L'accueillant refuse.", "The host refuses."))
@NUMBER
@REASONS
@act
def refuse(conn: Conn, record: Record, number: int, reasons: str) -> Done:
    """With its reasons."""
    from mig_idg.registry import interventions

    return interventions.refuse(conn, number, reasons, record)


@intervention.command(help=t("L'accueillant fait stopper l'intervention.", "The host stops it."))
@NUMBER
@REASONS
@act
def stop(conn: Conn, record: Record, number: int, reasons: str) -> Done:
    """With its reasons, told to the depositor."""
    from mig_idg.registry import interventions

    return interventions.stop(conn, number, reasons, record)


@intervention.command(help=t("L'intervention est faite.", "It is done."))
@NUMBER
@act
def done(conn: Conn, record: Record, number: int) -> Done:
    """Refused without the host's agreement."""
    from mig_idg.registry import interventions

    return interventions.finish(conn, number, record)


@intervention.command(
    name="demand-removal", help=t("L'accueillant exige la désinstallation.", "The host demands removal.")
)
@NUMBER
@click.option("--by-day", type=DAY, required=True, help=t("au plus tard le", "by"))
@REASONS
@act
def demand_removal(conn: Conn, record: Record, number: int, by_day: date, reasons: str) -> Done:
    """Of what was installed."""
    from mig_idg.registry import interventions

    return interventions.demand_removal(conn, number, by_day, reasons, record)


@intervention.command(name="list", help=t("Les interventions à une date.", "Interventions at a date."))
@BODY
@click.option("--ics", type=click.Path(path_type=Path), help=t("écrit un agenda iCalendar", "writes an iCalendar file"))
@ON
@JSON
def planned(body: str | None, ics: Path | None, on: date, as_json: bool) -> int:
    """Soonest first."""
    from mig_idg.registry import interventions
    from mig_idg.registry.organisations import resolve

    with reading() as conn:
        who = resolve(conn, body) if body else None
        rows = interventions.listing(conn, on, organisation=who)
    if ics is not None:
        ics.write_bytes(interventions.calendar(rows, on, lang()))
        say(Text(f"{len(rows)} interventions écrites dans {ics}.", f"{len(rows)} interventions written to {ics}."))
        return 0
    if not as_json:
        rows = [row | {"state": interventions.STATES[row["state"]].in_(lang())} for row in rows]
    heads = {
        "intervention": t("numéro", "number"),
        "support": "support",
        "depositor": t("déposant", "depositor"),
        "host": t("accueillant", "host"),
        "starts_on": t("du", "from"),
        "ends_on": t("au", "to"),
        "state": t("état", "state"),
        "conditions": t("conditions", "conditions"),
    }
    show_table(rows, heads, as_json)
    return 0


command.add_command(annex)
command.add_command(intervention)


def _contact(word: str | None) -> Contact | None:
    from mig_idg.registry.equipment import Contact

    if word is None:
        return None
    parts = [part.strip() for part in word.split(",")]
    if len(parts) not in (2, 3) or "@" not in parts[1]:
        raise InvalidParameter(
            "contact",
            Text(f"« {word} » n'est pas un contact.", f"“{word}” is not a contact."),
            remedy=Text("NOM,E-MAIL ou NOM,E-MAIL,TÉLÉPHONE.", "NAME,E-MAIL or NAME,E-MAIL,PHONE."),
        )
    return Contact(parts[0], parts[1], parts[2] if len(parts) == 3 else None)
