"""`mig-idg harvest check|run|plan|list|show|errors|duplicates|decide`: what other catalogues describe, found here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, reading, show_table
from mig_idg.cli.messages import author, lang, say, say_json, settings, t
from mig_idg.errors import NotFound, Text

if TYPE_CHECKING:
    from datetime import date

    from mig_idg.harvest.declared import Loaded
    from mig_idg.harvest.run import Outcome

FOLDER = click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path),
    help=t("dossier des sources (défaut : IDG_HARVEST_DIR)", "folder of sources (default: IDG_HARVEST_DIR)"),
)  # fmt: skip
NAMES = click.argument("names", metavar=t("[SOURCE]…", "[SOURCE]…"), nargs=-1)


@click.group(
    name="harvest",
    help=t("Moissonnage : les fiches des autres catalogues, retrouvées ici.", "Harvesting other catalogues."),
)
def command() -> None:
    """The group."""


@command.command(help=t("Vérifie les sources déclarées.", "Checks the declared sources."))
@FOLDER
@JSON
def check(folder: Path | None, as_json: bool) -> int:
    """Exit 1 when a file is wrong."""
    loaded = _loaded(folder)
    if as_json:
        say_json({"sources": list(loaded.sources), "errors": [error.text(lang()) for error in loaded.errors]})
    else:
        for error in loaded.errors:
            say(error.text(lang()), err=True)
        say(Text(f"{len(loaded.sources)} source(s) en ordre, {len(loaded.errors)} à corriger.",
                 f"{len(loaded.sources)} sound source(s), {len(loaded.errors)} to mend."))  # fmt: skip
    return 1 if loaded.errors else 0


@command.command(help=t("Moissonne les sources (toutes par défaut).", "Harvests sources (all by default)."))
@NAMES
@click.option("--full", is_flag=True, help=t("tout relire, même l'inchangé", "read all again, unchanged or not"))
@FOLDER
@JSON
def run(names: tuple[str, ...], full: bool, folder: Path | None, as_json: bool) -> int:
    """Exit 1 when a source failed: what was known of it stays."""
    return _harvested(names, folder, as_json, full=full, rehearse=False)


@command.command(
    help=t(
        "Dit ce qu'un moissonnage changerait, sans rien écrire.", "Says what a harvest would change; writes nothing."
    )
)
@NAMES
@FOLDER
@JSON
def plan(names: tuple[str, ...], folder: Path | None, as_json: bool) -> int:
    """Exit 1 when a source cannot be read."""
    return _harvested(names, folder, as_json, full=True, rehearse=True)


@command.command(name="list", help=t("Les sources : dernière passe, comptes, erreurs.", "Sources and their last run."))
@FOLDER
@JSON
def list_(folder: Path | None, as_json: bool) -> int:
    """Declared sources, with where they stand."""
    from mig_idg.harvest.documents import source_row
    from mig_idg.registry import harvested

    loaded = _loaded(folder)
    with reading() as connection:
        standing = {one["source"]: one for one in harvested.sources(connection)}
    rows = [source_row(id, loaded.sources.get(id), standing.get(id), lang()) for id in {**loaded.sources, **standing}]
    heads = {
        "source": "source", "type": "type", "every": t("rythme", "rhythm"), "status": t("état", "status"),
        "run": t("passe", "run"), "finished": t("terminée", "finished"), "live": t("fiches", "records"),
        "archived": t("archivées", "archived"), "failures": t("échecs", "failures"),
    }  # fmt: skip
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Une source : ses passes ; une passe avec --run.", "One source: its runs; one with --run."))
@click.argument("source")
@click.option("--run", "number", type=click.IntRange(1), help=t("numéro de la passe", "number of the run"))
@click.option("--records", is_flag=True, help=t("ses fiches, archivées comprises", "its records, archived ones too"))
@JSON
def show(source: str, number: int | None, records: bool, as_json: bool) -> int:
    """Exit 1 when there is no such source or run."""
    from mig_idg.harvest.documents import run_row
    from mig_idg.registry import harvested

    with reading() as connection:
        found = harvested.runs(connection, source, number)
        told = harvested.records(connection, source, None) if records else []
    if not found:
        raise NotFound(Text(f"Aucune passe pour « {source} ».", f"No run for “{source}”."),
                       remedy=Text("« mig-idg harvest list » montre les sources.",
                                   "“mig-idg harvest list” shows the sources."))  # fmt: skip
    if records:
        rows = [{"id": one["id"], "title": one["document"]["title"], "state": one["state"], "missed": one["missed"],
                 "identifier": one["identifier"]} for one in told]  # fmt: skip
        heads = {"id": t("fiche", "record"), "title": t("titre", "title"), "state": t("état", "state"),
                 "missed": t("absences", "missed"), "identifier": t("identifiant", "identifier")}  # fmt: skip
        show_table(rows, heads, as_json)
        return 0
    heads = {"run": t("passe", "run"), "status": t("état", "status"), "full": t("entière", "full"),
             "started": t("début", "started"), "finished": t("fin", "finished"), "counts": t("comptes", "counts"),
             "findings": t("constats", "findings"), "problem": t("pourquoi", "why")}  # fmt: skip
    show_table([run_row(one, lang()) for one in found], heads, as_json)
    return 0


@command.command(help=t("Les constats d'une passe (la dernière par défaut).", "What was wrong in a run (the last)."))
@click.argument("source")
@click.option("--run", "number", type=click.IntRange(1), help=t("numéro de la passe", "number of the run"))
@JSON
def errors(source: str, number: int | None, as_json: bool) -> int:
    """Exit 1 when there are errors."""
    from mig_idg.harvest.documents import finding_row
    from mig_idg.registry import harvested

    with reading() as connection:
        runs = harvested.runs(connection, source, number)
        if not runs:
            raise NotFound(Text(f"Aucune passe pour « {source} ».", f"No run for “{source}”."))
        found = harvested.findings(connection, source, runs[0]["number"])
    heads = {
        "level": t("niveau", "level"),
        "code": "code",
        "record": t("fiche", "record"),
        "text": t("constat", "what"),
    }
    show_table([finding_row(one, lang()) for one in found], heads, as_json)
    return 1 if any(one["level"] == "error" for one in found) else 0


def _loaded(folder: Path | None) -> Loaded:
    from mig_idg.harvest.declared import load

    return load(folder or settings().harvest_dir)


def _harvested(names: tuple[str, ...], folder: Path | None, as_json: bool, *, full: bool, rehearse: bool) -> int:
    from mig_idg.app.harvesting import loading
    from mig_idg.harvest.declared import chosen
    from mig_idg.harvest.documents import outcome_document
    from mig_idg.harvest.work import harvest

    loaded = _loaded(folder)
    sources = chosen(loaded, names)
    if not names:
        for error in loaded.errors:
            say(error.text(lang()), err=True)
    outcomes = []
    with reading() as connection:
        connection.commit()
        for source in sources:
            outcome = harvest(connection, source, settings().public_url, loading, full=full, rehearse=rehearse)
            outcomes.append(outcome)
            if not as_json:
                _tell(outcome)
    if as_json:
        say_json([outcome_document(one, lang()) for one in outcomes])
    return 1 if any(one.failed for one in outcomes) or (loaded.errors and not names) else 0


def _tell(outcome: Outcome) -> None:
    if outcome.failed:
        assert outcome.problem is not None
        say(Text(f"{outcome.source} : échec, rien n'a changé. {outcome.problem.fr}",
                 f"{outcome.source}: failed, nothing changed. {outcome.problem.en}"))  # fmt: skip
        return
    one = outcome.difference.counts
    say(Text(
        f"{outcome.source} : {one['added']} nouvelle(s), {one['changed']} changée(s), {one['returned']} revenue(s), "
        f"{one['unchanged']} inchangée(s), {one['missing']} absente(s) dont {one['archived']} archivée(s), "
        f"{one['ours']} de ce catalogue.",
        f"{outcome.source}: {one['added']} new, {one['changed']} changed, {one['returned']} returned, "
        f"{one['unchanged']} unchanged, {one['missing']} missing of which {one['archived']} archived, "
        f"{one['ours']} of this catalogue."))  # fmt: skip
    words = (("added", "+"), ("changed", "~"), ("returned", "↺"), ("missing", "?"), ("archived", "−"))
    if outcome.number is None:
        for name, sign in words:
            for identifier in getattr(outcome.difference, name):
                say(f"  {sign} {identifier}  {outcome.titles.get(identifier, '')}")
    for finding in outcome.findings[:20]:
        say(f"  {finding.level} {finding.code} {finding.record or ''} : {finding.words.in_(lang())}")


VERDICTS = ("same", "complements", "keep_both")


@command.command(
    help=t("Les doublons probables, ici et ailleurs, avec leur score et pourquoi.", "Likely duplicates, scored."),
)
@click.argument("datasets", metavar=t("[DONNÉE]…", "[DATASET]…"), nargs=-1)
@click.option("--least", type=click.FloatRange(0, 1), default=0.6, show_default=True, help=t("score", "score"))
@JSON
def duplicates(datasets: tuple[str, ...], least: float, as_json: bool) -> int:
    """An advice: the exit code is 0 whatever is found. What was decided is no longer shown."""
    from mig_idg.harvest.duplicates import elsewhere, likely, ours
    from mig_idg.registry import harvested, publications

    with reading() as connection:
        here = ours(publications.latest(connection).collections)
        known = [*here, *elsewhere(harvested.records(connection))]
        decided = harvested.pairs(connection)
    asked = [one for one in known if one.id in datasets] if datasets else here
    missing = set(datasets) - {one.id for one in asked}
    if missing:
        name = min(missing)
        raise NotFound(Text(f"Aucune donnée « {name} ».", f"There is no dataset “{name}”."))
    rows = [
        {"score": one.score, "dataset": one.one.id, "like": one.other.id, "title": one.other.title,
         "from": one.other.place or t("ici", "here"), "why": [reason.in_(lang()) for reason in one.reasons]}
        for one in likely(asked, known, decided, least)
    ]  # fmt: skip
    heads = {"score": "score", "dataset": t("donnée", "dataset"), "like": t("ressemble à", "looks like"),
             "title": t("titre", "title"), "from": t("d'où", "from"), "why": t("pourquoi", "why")}  # fmt: skip
    show_table(rows, heads, as_json)
    return 0


@command.command(
    help=t("Retient ce qu'on décide de deux données qui se ressemblent.", "Records what is decided of a pair.")
)
@click.argument("one")
@click.argument("other")
@click.option("--verdict", required=True, type=click.Choice(VERDICTS), help=t("la décision", "the decision"))
@click.option("--reason", required=True, help=t("pourquoi", "why"))
@ON
def decide(one: str, other: str, verdict: str, reason: str, on: date) -> int:
    """Exit 1 when one of them is not known."""
    from mig_idg.errors import InvalidParameter
    from mig_idg.registry import harvested, publications

    if one == other:
        raise InvalidParameter("OTHER", Text("Deux données différentes sont attendues.", "Two datasets are expected."))
    if not reason.strip():
        raise InvalidParameter("--reason", Text("Une raison est attendue.", "A reason is expected."))
    with reading() as connection:
        known = {*publications.latest(connection).collections}
        known |= {row["id"] for row in harvested.records(connection, None, None)}
        for name in (one, other):
            if name not in known:
                raise NotFound(Text(f"Aucune donnée « {name} ».", f"There is no dataset “{name}”."))
        harvested.decide(connection, one, other, verdict, reason, author(), on)
    say(Text(f"« {one} » et « {other} » : {verdict}, retenu.", f"“{one}” and “{other}”: {verdict}, recorded."))
    return 0
