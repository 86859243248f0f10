"""`mig-idg consolidation …`: contributions become one base, its conflicts are decided, the layer takes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli.acts import JSON, ON, UNTIL, read_evidence, show_table
from mig_idg.cli.messages import author, lang, registry_connection, say, say_json, settings, t
from mig_idg.errors import InvalidParameter, Text

if TYPE_CHECKING:
    from mig_idg.deposits.consolidation.recipe import Recipe

RUN = click.argument("run", metavar=t("NUMÉRO", "NUMBER"), type=int)
RECIPE = click.argument("recipe", metavar=t("RECETTE", "RECIPE"))
RECIPES = click.option(
    "--recipes",
    type=click.Path(path_type=Path),
    help=t("dossier des recettes (IDG_RECIPES_DIR)", "folder of recipes (IDG_RECIPES_DIR)"),
)
AUTHOR = click.option("--author", default=author, help=t("qui agit", "who acts"))


@click.group(
    name="consolidation",
    help=t(
        "Une base à partir de celles de chacun (Charte MIG, § 2.4.2, § 3.4).",
        "One base from everyone's (§ 2.4.2, § 3.4).",
    ),
)
def command() -> None:
    """Group of the verbs on consolidation."""


@command.command(help=t("Contrôle les recettes.", "Checks the recipes."))
@click.argument("recipe", metavar=t("[RECETTE]", "[RECIPE]"), required=False)
@RECIPES
@JSON
def check(recipe: str | None, recipes: Path | None, as_json: bool) -> int:
    """Each recipe with its version and its contributors."""
    from mig_idg.deposits.consolidation import recipe as model

    found = [model.find(_folder(recipes), recipe)] if recipe else list(model.folder(_folder(recipes)).values())
    rows = [
        {"recipe": one.id, "version": one.version, "target": one.target, "contributors": len(one.contributors),
         "digest": one.digest[:12]}
        for one in found
    ]  # fmt: skip
    heads = {
        "recipe": t("recette", "recipe"),
        "version": "version",
        "target": t("cible", "target"),
        "contributors": t("contributeurs", "contributors"),
        "digest": t("empreinte", "digest"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Consolide : contributions, recette, base.", "Runs it: contributions, recipe, base."))
@RECIPE
@click.option("--contribution", "files", multiple=True, metavar=t("QUI=FICHIER", "WHO=FILE"),
              help=t("la contribution d'un organisme", "the contribution of a body"))  # fmt: skip
@click.option(
    "--deposits", is_flag=True, help=t("les dépôts signés de la collection", "the signed deposits of the collection")
)
@click.option("--collections", is_flag=True, help=t("les collections que la recette nomme", "the collections it names"))
@RECIPES
@ON
@AUTHOR
@JSON
def run(
    recipe: str, files: tuple[str, ...], deposits: bool, collections: bool, recipes: Path | None, on: date, author: str,
    as_json: bool,
) -> int:  # fmt: skip
    """Only what has not been read yet is read; the same contributions give the same base."""
    from mig_idg.deposits.consolidation import contributions, runs
    from mig_idg.deposits.consolidation import recipe as model

    said = model.find(_folder(recipes), recipe)
    with registry_connection() as connection:
        given = _files(connection, files)
        with connection.transaction():
            if deposits:
                place = settings().home / "deposits"
                given += [
                    one
                    for one in contributions.of_deposits(connection, said.target, lambda id: place / id)
                    if one.contributor in said.contributors
                ]
            if collections:
                given += _collections(connection, said)
        connection.commit()
        made = runs.run(connection, said, given, author, on, _told(as_json))
    if as_json:
        say_json(made.as_json())
        return 0
    say(
        Text(
            f"Consolidation n° {made.run} : {made.rows} entités, base {made.sha256[:12]}, {made.read} lues.",
            f"Run no. {made.run}: {made.rows} features, base {made.sha256[:12]}, {made.read} read.",
        )
    )
    _tell_counts(made.counts)
    for body in made.lacking:
        say(Text(f"  {body} n'a rien donné.", f"  {body} gave nothing."))
    for one in made.excluded:
        say(Text(f"  {one['contributor']} écarté : {one['reason']} ({one['article']}).",
                 f"  {one['contributor']} left out: {one['reason']} ({one['article']})."))  # fmt: skip
    return 0


@command.command(name="list", help=t("Les consolidations, la dernière d'abord.", "The runs, newest first."))
@click.option("--collection", help=t("d'une collection", "of a collection"))
@JSON
def list_(collection: str | None, as_json: bool) -> int:
    """With their base's SHA-256."""
    from mig_idg.deposits.consolidation import runs

    with registry_connection() as connection:
        rows = runs.listing(connection, collection)
    if not as_json:
        rows = [
            {**row, "sha256": row["sha256"][:12], "finished_at": f"{row['finished_at']:%Y-%m-%d %H:%M}"} for row in rows
        ]
    heads = {
        "run": t("numéro", "number"),
        "recipe": t("recette", "recipe"),
        "recipe_version": "version",
        "dataset": "collection",
        "rows": t("entités", "features"),
        "sha256": "sha256",
        "finished_at": t("faite le", "done at"),
        "adopted_at": t("adoptée le", "adopted at"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Le rapport d'une consolidation, par contributeur.", "The report of a run, by contributor."))
@RUN
@click.option("--html", type=click.Path(path_type=Path), help=t("écrit une page", "writes a page"))
@click.option(
    "--geojson", type=click.Path(path_type=Path), help=t("écrit les anomalies en GeoJSON", "writes findings as GeoJSON")
)
@JSON
def report(run: int, html: Path | None, geojson: Path | None, as_json: bool) -> int:
    """Exit 1 while conflicts are undecided."""
    from mig_idg.deposits.consolidation import report as reporting
    from mig_idg.deposits.consolidation import runs

    with registry_connection() as connection:
        told = reporting.report(connection, run, lang())
        rows = runs.conflicts(connection, run, limit=1_000_000) if html or geojson else []
    features = reporting.as_geojson(rows, lang())
    if geojson is not None:
        import json

        geojson.write_text(json.dumps(features, ensure_ascii=False, default=str), encoding="utf-8")
        say(Text(f"{len(rows)} anomalies écrites dans {geojson}.", f"{len(rows)} findings written to {geojson}."))
    if html is not None:
        from mig_idg.web.consolidation import page

        html.write_text(page(told, features, lang()), encoding="utf-8")
        say(Text(f"Rapport écrit dans {html}.", f"Report written to {html}."))
    if as_json:
        say_json(told)
    elif html is None and geojson is None:
        _tell(told)
    return 1 if told["undecided"] else 0


@command.command(help=t("Les conflits d'une consolidation.", "The conflicts of a run."))
@RUN
@click.option("--kind", help=t("un genre seulement", "one kind only"))
@click.option("--body", "contributor", help=t("d'un contributeur", "of a contributor"))
@click.option("--undecided", is_flag=True, help=t("sans décision", "without a decision"))
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, help=t("au plus", "at most"))
@JSON
def conflicts(run: int, kind: str | None, contributor: str | None, undecided: bool, limit: int, as_json: bool) -> int:
    """With the resolution that is proposed."""
    from mig_idg.deposits.consolidation import runs
    from mig_idg.deposits.consolidation.findings import CONFLICTS, KINDS, RESOLUTION_WORDS

    kinds = [kind] if kind else list(CONFLICTS)
    with registry_connection() as connection:
        rows = runs.conflicts(connection, run, kinds=kinds, contributor=contributor, undecided=undecided, limit=limit)
    if not as_json:
        rows = [
            {**row, "identity": row["identity"][:12], "words": KINDS[row["kind"]].in_(lang()),
             "proposal": RESOLUTION_WORDS[row["proposal"]].in_(lang())}
            for row in rows
        ]  # fmt: skip
    heads = {
        "identity": t("conflit", "conflict"),
        "words": t("ce que c'est", "what it is"),
        "contributor": t("premier", "first"),
        "key": t("clé", "key"),
        "other_contributor": t("second", "second"),
        "other_key": t("autre clé", "other key"),
        "proposal": t("proposé", "proposed"),
        "resolution": t("décidé", "decided"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(
    help=t("Décide d'un conflit, ou de tous ceux d'un genre.", "Decides of a conflict, or of all of a kind.")
)
@RUN
@click.argument("conflict", metavar=t("[CONFLIT]", "[CONFLICT]"), required=False)
@click.argument("resolution", metavar=t("[RÉSOLUTION]", "[RESOLUTION]"), required=False)
@click.option(
    "--accept", "kind", metavar=t("GENRE", "KIND"), help=t("comme proposé, pour ce genre", "as proposed, for this kind")
)
@click.option("--reason", required=True, help=t("pourquoi", "why"))
@AUTHOR
@JSON
def decide(
    run: int, conflict: str | None, resolution: str | None, kind: str | None, reason: str, author: str, as_json: bool
) -> int:
    """Remembered at the next runs."""
    from mig_idg.deposits.consolidation import decisions

    if kind is None and (conflict is None or resolution is None):
        raise InvalidParameter(
            "conflict",
            Text(
                "Nommez un conflit et sa résolution, ou --accept GENRE.",
                "Name a conflict and its resolution, or --accept KIND.",
            ),
        )
    with registry_connection() as connection, connection.transaction():
        if kind is not None:
            done = decisions.accept_proposals(connection, run, kind, reason, author)
        else:
            decisions.decide(connection, run, str(conflict), str(resolution), reason, author)
            done = 1
    if as_json:
        say_json({"run": run, "decided": done})
    else:
        say(Text(f"{done} décisions consignées ; consolidez de nouveau.", f"{done} decisions recorded; run it again."))
    return 0


@command.command(
    help=t("Écarte un contributeur, et retire ses entités.", "Leaves a contributor out, and removes its features.")
)
@RECIPE
@click.argument("contributor", metavar=t("ORGANISME", "BODY"))
@click.option("--reason", required=True, help=t("pourquoi", "why"))
@click.option("--article", required=True, help=t("sur quel texte", "on which text"))
@RECIPES
@ON
@UNTIL
@AUTHOR
@JSON
def exclude(
    recipe: str, contributor: str, reason: str, article: str, recipes: Path | None, on: date, until: date | None,
    author: str, as_json: bool,
) -> int:  # fmt: skip
    """Exactly its features leave the layer at once; the next runs do without it."""
    from mig_idg.deposits.consolidation import adoption, decisions
    from mig_idg.deposits.consolidation import recipe as model
    from mig_idg.registry.organisations import resolve

    said = model.find(_folder(recipes), recipe)
    with registry_connection() as connection, connection.transaction():
        body = resolve(connection, contributor)
        decisions.exclude(connection, said.id, body, reason, article, author, on, until)
        removed = adoption.remove_contributor(connection, said.target, body, author)
    if as_json:
        say_json({"recipe": said.id, "contributor": body, "removed": removed})
    else:
        say(Text(f"{body} écarté : {removed} entités retirées.", f"{body} left out: {removed} features removed."))
    return 0


@command.command(help=t("Donne la base à la collection.", "Gives the base to the collection."))
@RUN
@click.option("--evidence", required=True, help=t("la pièce", "the piece"))
@ON
@AUTHOR
@JSON
def adopt(run: int, evidence: str, on: date, author: str, as_json: bool) -> int:
    """The coproduction is then consolidated; a validated layer waits for its next validation."""
    from mig_idg.deposits.consolidation import adoption
    from mig_idg.registry.acts import Record

    record = Record(on, author, read_evidence(evidence, on))
    with registry_connection() as connection:
        done = adoption.adopt(connection, run, record)
    if as_json:
        say_json(done.as_json())
    elif done.waiting:
        say(Text(f"La base n° {run} attend la validation de la prochaine version.",
                 f"Base no. {run} waits for the validation of the next version."))  # fmt: skip
    else:
        say(
            Text(
                f"« {done.dataset} » : {done.added} ajoutées, {done.changed} modifiées, {done.removed} retirées.",
                f"“{done.dataset}”: {done.added} added, {done.changed} changed, {done.removed} removed.",
            )
        )
    return 0


@command.command(
    help=t(
        "Écrit la base d'une consolidation (GeoJSON, une entité par ligne).",
        "Writes the base of a run (GeoJSON lines).",
    )
)
@RUN
@click.option("--output", type=click.Path(path_type=Path), required=True, help=t("le fichier", "the file"))
def export(run: int, output: Path) -> int:
    """The same contributions and decisions give the same bytes."""
    from mig_idg.deposits.consolidation import runs

    with registry_connection() as connection, connection.transaction():
        size = 0
        with output.open("wb") as file:
            for line in runs.export(connection, run):
                size += file.write(line)
    say(Text(f"{output} : {size} octets.", f"{output}: {size} bytes."))
    return 0


@command.command(help=t("D'où vient une entité de la collection.", "Where a feature of the collection comes from."))
@click.argument("collection")
@click.argument("feature", metavar=t("IDENTIFIANT", "IDENTIFIER"))
@JSON
def origin(collection: str, feature: str, as_json: bool) -> int:
    """Contributor, source version, processing. Exit 1 when it is not known."""
    from mig_idg.deposits.consolidation import adoption

    with registry_connection() as connection:
        found = adoption.origins(connection, collection, feature)
    if as_json:
        say_json(found)
    elif found is None:
        say(Text("Aucune consolidation n'a donné cette entité.", "No consolidation gave this feature."))
    else:
        for name, value in found.items():
            say(f"{name}: {value}")
    return 0 if found else 1


def _folder(recipes: Path | None) -> Path:
    return recipes or settings().recipes_dir


def _files(connection: Any, files: tuple[str, ...]) -> list[Any]:
    from mig_idg.deposits.consolidation.contributions import of_file
    from mig_idg.registry.organisations import resolve

    given = []
    for word in files:
        who, equal, path = word.partition("=")
        if not equal or not Path(path).is_file():
            raise InvalidParameter(
                "--contribution",
                Text(
                    f"« {word} » ne nomme pas un organisme et un fichier.", f"“{word}” does not name a body and a file."
                ),
                remedy=Text("--contribution 92050=bal-92050.csv", "--contribution 92050=bal-92050.csv"),
            )
        given.append(of_file(resolve(connection, who), Path(path)))
    return given


def _collections(connection: Any, recipe: Recipe) -> list[Any]:
    from mig_idg.deposits.consolidation.contributions import of_collection

    named = [(body, one.collection) for body, one in recipe.contributors.items() if one.collection]
    return [of_collection(connection, body, collection) for body, collection in named]


def _told(as_json: bool) -> Any:
    def told(what: str, done: int, whole: int) -> None:
        if not as_json:
            say(f"  {done + 1}/{whole} {what}", err=True)

    return told


def _tell_counts(counts: dict[str, int]) -> None:
    from mig_idg.deposits.consolidation.findings import KINDS

    for kind, count in counts.items():
        say(f"  {KINDS[kind].in_(lang())} : {count}" if lang() == "fr" else f"  {KINDS[kind].in_(lang())}: {count}")


def _tell(told: dict[str, Any]) -> None:
    say(f"{told['recipe']} → {told['dataset']} : {told['rows']} ({told['sha256'][:12]})")
    for one in told["contributors"]:
        say(Text(f"\n{one['contributor']} — {one['source']} : {one['rows']} données, {one['kept']} gardées",
                 f"\n{one['contributor']} — {one['source']}: {one['rows']} given, {one['kept']} kept"))  # fmt: skip
        for kind in one["findings"]:
            say(f"  {kind['words']} : {kind['count']} ({kind['decided']} ✓)")
            for line in kind["examples"][:3]:
                where = t(f"ligne {line.get('line', '—')}", f"line {line.get('line', '—')}")
                say(f"    {line['identity']}  {where}  {line['key'] or line.get('column', '')}  → {line['proposal']}")
    say(Text(f"\n{told['undecided']} conflits à décider.", f"\n{told['undecided']} conflicts to decide."))
