"""`mig-idg collections check|diff|publish|list|prune|schema`: declarations, verified and published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli import messages, prune, redundancy
from mig_idg.cli.messages import registry_connection, say, say_json, settings, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.errors import InvalidDeclaration
    from mig_idg.publication.publish import Published

FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))

UNTOLD_OFFLINE = Text(
    "Sans la base, on ne peut dire si les organismes, les tables, les colonnes, les clés, les coordonnées des lignes et"
    " les images existent : « mig-idg collections check » le dira.",
    "Without the database, nobody can tell whether bodies, tables, columns, keys, coordinates of rows and rasters"
    " exist: “mig-idg collections check” will.",
)


@click.group(name="collections", help=t("Déclarations : une couche par fichier.", "Declarations: one layer a file."))
def command() -> None:
    """Group of the verbs on declarations."""


command.add_command(prune.command)


@command.command(help=t("Vérifie les déclarations, avec fichier et ligne.", "Checks declarations, with file and line."))
@FOLDER
@JSON
@click.option(
    "--offline",
    is_flag=True,
    help=t(
        "sans la base : forme et codes EPSG ; dit ce qu'on ne peut savoir ainsi",
        "without the database: form and EPSG codes; says what cannot be told so",
    ),
)
def check(folder: Path | None, as_json: bool, offline: bool) -> int:
    """Exit 0 when all is sound, 1 otherwise."""
    from mig_idg.publication import open_gate
    from mig_idg.publication.publish import check_folder, check_form
    from mig_idg.publication.record_gate import awaited
    from mig_idg.registry.publications import latest

    where = folder or settings().collections_dir
    untold = UNTOLD_OFFLINE if offline else None
    notes: list[Text] = []
    with _told(as_json, untold) as wrong:
        if offline:
            loaded = check_form(where)
            wrong.extend(loaded.errors)
            declared = list(loaded.declared)
        else:
            with registry_connection() as connection:
                checked = check_folder(connection, where, _rasters(), modules=settings().plugin_modules)
                wrong.extend(open_gate.refusals(connection, checked, required=_checks_required()))
                notes.extend(filter(None, (open_gate.asked(connection, one) for one in checked)))
                entries = {one.declared.declaration.id: one.entry for one in checked}
                notes.extend(redundancy.likenesses(connection, entries, latest(connection).collections))
            declared = [one.declared for one in checked]
        notes[:0] = [note for one in declared if (note := awaited(one)) is not None]
    if wrong:
        return 1
    if as_json:
        more: dict[str, Any] = {"untold": untold.in_(messages.lang())} if untold else {}
        told = [note.in_(messages.lang()) for note in notes]
        say_json({"ok": True, "collections": len(declared), "errors": [], "notes": told, **more})
        return 0
    count = len(declared)
    for note in notes:
        say(note, err=True)
    if untold:
        say(Text(f"{count} déclaration(s), forme correcte.", f"{count} declaration(s), sound in form."))
        say(untold)
    else:
        say(Text(f"{count} déclaration(s), tout est correct.", f"{count} declaration(s), all sound."))
    return 0


@command.command(
    help=t("Publie le dossier en une transaction numérotée.", "Publishes the folder as one numbered transaction.")
)
@FOLDER
@JSON
@click.option("--author", default=messages.author, help=t("qui publie", "who publishes"))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help=t("jour d'effet", "day of effect"))
@click.option("--second", help=t("second relecteur, pour un élargissement", "second reader, for a widening"))
def publish(folder: Path | None, as_json: bool, author: str, on: Any, second: str | None) -> int:
    """Check, tell who gains and loses, publish."""
    from mig_idg.cli.follow_up import finish
    from mig_idg.publication.publish import publish as run
    from mig_idg.registry.publications import latest

    day: date = on.date() if on else messages.today()
    with _told(as_json) as wrong, registry_connection() as connection:
        before = latest(connection).collections
        done = run(
            connection,
            folder or settings().collections_dir,
            author=f"{author} + {second}" if second else author,
            on=day,
            rasters=_rasters(),
            modules=settings().plugin_modules,
            checks_required=_checks_required(),
        )
        alike = redundancy.likenesses(connection, latest(connection).collections, before)
        connection.commit()
        _say_published(replace(done, notes=(*done.notes, *alike)), as_json)
        finish(connection, quiet=as_json)
    return 1 if wrong else 0


def _checks_required() -> bool:
    return settings().open_checks == "required"


def _say_published(done: Published, as_json: bool) -> None:
    if as_json:
        notes = [note.in_(messages.lang()) for note in done.notes]
        say_json({"ok": True, "publication": done.number, "collections": done.collections, "notes": notes})
    else:
        for note in done.notes:
            say(note, err=True)
        say(
            Text(
                f"Publication n° {done.number} : {len(done.collections)} collection(s).",
                f"Publication no. {done.number}: {len(done.collections)} collection(s).",
            )
        )


@command.command(
    help=t(
        "Dit ce que publier changerait : qui gagne et qui perd quoi, et par quel article. Rien n'est publié. "
        "Sort avec 0 dès que c'est dit, qu'il y ait ou non un changement ; 1 si une déclaration est fausse.",
        "Tells what publishing would change: who gains and who loses what, by which article. Nothing is published. "
        "Exits with 0 once told, whether anything changes or not; 1 when a declaration is wrong.",
    )
)
@FOLDER
@JSON
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help=t("jour considéré", "day considered"))
def diff(folder: Path | None, as_json: bool, on: Any) -> int:
    """Consequences of publishing the folder, before doing it; exit 1 only when the folder could not be published."""
    from mig_idg.publication.diff import difference

    day: date = on.date() if on else messages.today()
    with _told(as_json) as wrong, registry_connection() as connection:
        found = difference(connection, folder or settings().collections_dir, on=day, rasters=_rasters())
        connection.rollback()
    if wrong:
        return 1
    if as_json:
        say_json(found.plain)
        return 0
    for line in found.sentences:
        say(line)
    return 0


@command.command(name="list", help=t("Liste ce qui est publié.", "Lists what is published."))
@JSON
def list_(as_json: bool) -> int:
    """The generation in force."""
    from mig_idg.registry.publications import latest

    with registry_connection() as connection:
        publication = latest(connection)
    rows = [
        {
            "id": key,
            "title": entry["declaration"]["title"][messages.lang()],
            "kind": entry["declaration"]["kind"],
            "owner": entry["declaration"].get("owner"),
            "licence": entry["declaration"].get("licence"),
        }
        for key, entry in sorted(publication.collections.items())
    ]
    if as_json:
        say_json({"publication": publication.number, "published_at": publication.published_at, "collections": rows})
        return 0
    say(Text(f"Publication n° {publication.number}", f"Publication no. {publication.number}"))
    for row in rows:
        click.echo(
            f"  {row['id']:<22} {row['kind']:<11} {row['owner'] or '—':<16} {row['licence'] or '—':<10} {row['title']}"
        )
    return 0


@command.command(help=t("Écrit schema.json pour les éditeurs.", "Writes schema.json for editors."))
@FOLDER
def schema(folder: Path | None) -> int:
    """Generate `collections/schema.json` from the model."""
    import json

    from mig_idg.publication.model import json_schema

    target = (folder or settings().collections_dir) / "schema.json"
    target.write_text(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    say(str(target))
    return 0


@contextmanager
def _told(as_json: bool, untold: Text | None = None) -> Iterator[list[InvalidDeclaration]]:
    """Collect what is wrong and tell it, one line each, or as JSON."""
    from mig_idg.publication.publish import InvalidCollections

    wrong: list[InvalidDeclaration] = []
    try:
        yield wrong
    except InvalidCollections as error:
        wrong.extend(error.errors)
    if not wrong:
        return
    if as_json:
        errors = [{"file": e.file, "line": e.line, "message": e.text(messages.lang())} for e in wrong]
        say_json({"ok": False, "errors": errors, **({"untold": untold.in_(messages.lang())} if untold else {})})
        return
    for one in wrong:
        click.echo(one.text(messages.lang()), err=True)
    if untold:
        say(untold, err=True)


def _rasters() -> Path:
    return settings().raster_place().root
