"""`mig-idg record show|check|complete|export`: the metadata records of what is published."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli.messages import database_urls, lang, say, say_json, settings, t
from mig_idg.errors import NotFound, Text

if TYPE_CHECKING:
    from mig_idg.app.asked_here import AskedHere

FORMS = ("json", "iso19139", "iso19115-3", "dcat", "ttl", "dcat-jsonld", "jsonld", "dc")
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


@command.command(
    help=t(
        "Complète une déclaration par une fiche ISO 19139 ou 19115-3 : seules les clés qui manquent sont ajoutées.",
        "Completes a declaration with an ISO 19139 or 19115-3 record: only the keys that are missing are added.",
    )
)
@click.argument("collection", metavar="COLLECTION")
@click.argument("file", metavar=t("FICHE", "RECORD"), type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=t("dossier des déclarations", "folder of declarations"),
)
@click.option("--check", "only_check", is_flag=True, help=t("dit, n'écrit rien", "says, writes nothing"))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def complete(collection: str, file: Path, folder: Path | None, only_check: bool, as_json: bool) -> int:
    """The declaration is written whole, or stays as it was. Then `collections check`, and `publish`."""
    from mig_idg.catalogue.completion import completed
    from mig_idg.catalogue.iso_reader import read

    path = _declaration(folder or settings().collections_dir, collection)
    try:
        body = file.read_bytes()
    except OSError:
        raise NotFound(Text(f"Le fichier {file} ne se lit pas.", f"File {file} cannot be read.")) from None
    done = completed(path.read_text("utf-8"), str(path), read(body))
    if done.added and not only_check:
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_text(done.text, "utf-8")
        os.replace(aside, path)
    if as_json:
        say_json({"file": str(path), "added": dict(done.added), "kept": list(done.kept), "written": not only_check})
        return 0
    for key, value in done.added.items():
        say(Text(f"  ajouté : {key} = {value}", f"  added: {key} = {value}"))
    for key in done.kept:
        say(Text(f"  déjà dit par la déclaration : {key}", f"  already declared: {key}"))
    say(Text(f"{len(done.added)} clé(s) pour {path}.", f"{len(done.added)} key(s) for {path}."))
    return 0


def _declaration(folder: Path, collection: str) -> Path:
    """The file that declares a collection. Raises NotFound."""
    from mig_idg.publication.load import load_folder

    for one in load_folder(folder).declared:
        if one.declaration.id == collection:
            return Path(one.file)
    raise NotFound(
        Text(f"Aucune déclaration saine de « {collection} » dans {folder}.",
             f"No sound declaration of “{collection}” in {folder}."),
        remedy=Text("« collections check --offline » dit ce qui ne va pas.", "See “collections check --offline”."),
    )  # fmt: skip


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
