"""`mig-idg record show|check|export`: the metadata records of what is published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli.messages import database_urls, lang, say, say_json, settings, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.app.asked_here import AskedHere

FORMS = ("json", "iso19139", "dcat", "ttl", "dcat-jsonld", "jsonld", "dc")
EXTENSIONS = {"json": "json", "jsonld": "jsonld", "dcat-jsonld": "jsonld", "ttl": "ttl", "dcat": "rdf"}
FORM = click.option(
    "--format", "form", type=click.Choice(FORMS), default="json", show_default=True, help=t("sa forme", "its form")
)
WHOLE = click.option(
    "--whole",
    is_flag=True,
    help=t("les collections cachées aussi, avec tout ce que voit leur propriétaire", "hidden collections too"),
)


@click.group(
    name="record",
    help=t(
        "Fiches de métadonnées : les lire, dire ce qui leur manque, les écrire dans des fichiers.",
        "Metadata records: read them, say what they lack, write them to files.",
    ),
)
def command() -> None:
    """The group."""


@command.command(
    help=t("La fiche d'une collection, telle que le public la reçoit.", "The record of a collection, for the public.")
)
@click.argument("collection", metavar="COLLECTION")
@FORM
@WHOLE
def show(collection: str, form: str, whole: bool) -> int:
    """Print one record."""
    with database_urls() as (_, app):
        click.echo(_body(_asked(app, whole), collection, form))
    return 0


@command.command(
    help=t(
        "Ce qui manque aux fiches, champ par champ, avec l'exigence. Code 1 s'il manque un champ obligatoire.",
        "What records lack, field by field, with the requirement. Exit 1 when a required field is missing.",
    )
)
@click.argument("collections", metavar="[COLLECTION]…", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def check(collections: tuple[str, ...], as_json: bool) -> int:
    """Every published collection, hidden ones too: whoever runs this reads the declarations."""
    import orjson

    with database_urls() as (_, app):
        asked = _asked(app, whole=True)
        names = collections or tuple(asked.snapshot.collections)
        found: dict[str, list[dict[str, Any]]] = {
            name: orjson.loads(_body(asked, name, "json"))["completeness"] for name in names
        }
    if as_json:
        say_json(found)
    else:
        for name, lacks in found.items():
            _tell(name, lacks)
    return 1 if any(lack["required"] for lacks in found.values() for lack in lacks) else 0


@command.command(
    help=t("Écrit un fichier par fiche dans un dossier.", "Writes one file for each record into a folder.")
)
@click.argument("folder", metavar=t("DOSSIER", "FOLDER"), type=click.Path(file_okay=False, path_type=Path))
@FORM
@WHOLE
def export(folder: Path, form: str, whole: bool) -> int:
    """All records that the public may know of (or all), in one form."""
    from mig_idg.guard.principal import PUBLIC

    with database_urls() as (_, app):
        asked = _asked(app, whole)
        folder.mkdir(parents=True, exist_ok=True)
        names = [one.id for one in asked.snapshot.visible(PUBLIC)]
        for name in names:
            (folder / f"{name}.{EXTENSIONS.get(form, 'xml')}").write_text(_body(asked, name, form), "utf-8")
    say(Text(f"{len(names)} fiche(s) dans {folder}.", f"{len(names)} record(s) in {folder}."))
    return 0


def _asked(url: str, whole: bool) -> AskedHere:
    from mig_idg.app.asked_here import AskedHere
    from mig_idg.app.logging import configure

    configure()
    return AskedHere(settings(), url, lang(), whole=whole)


def _body(asked: AskedHere, collection: str, form: str) -> str:
    body = asked.get(f"/collections/{collection}/record", {"f": form}).body
    assert isinstance(body, bytes)
    return body.decode()


def _tell(name: str, lacks: list[dict[str, Any]]) -> None:
    if not lacks:
        say(Text(f"{name} : fiche complète.", f"{name}: a whole record."))
        return
    say(Text(f"{name} :", f"{name}:"))
    for lack in lacks:
        weight = Text("obligatoire", "required") if lack["required"] else Text("conseillé", "advised")
        say(f"  {lack['field']} ({weight.in_(lang())}, {lack['clause']}) : {lack['text']}")
