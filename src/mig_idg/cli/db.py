"""`mig-idg db migrate|status`: the database brought to this version."""

from __future__ import annotations

import click

from mig_idg.cli.messages import database_urls, registry_connection, say, say_json, t


@click.group(name="db", help=t("Migrations de la base : vers l'avant seulement.", "Database migrations: forward only."))
def command() -> None:
    """Group of two verbs."""


@command.command(help=t("Applique ce qui manque.", "Applies what is missing."))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def migrate(as_json: bool) -> None:
    """Run the pending scripts, telling each."""
    from mig_idg.database.migrate import migrate as run

    with registry_connection() as connection:
        done = run(connection, progress=lambda name: None if as_json else click.echo(f"  {name}"))
    if as_json:
        say_json({"applied": done})
    else:
        click.echo(
            t(f"{len(done)} script(s) appliqué(s) ; la base est à jour.", f"{len(done)} script(s) applied; up to date.")
        )


@command.command(help=t("Dit ce qui est appliqué et ce qui manque (1 s'il en manque).", "Tells what is applied."))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def status(as_json: bool) -> int:
    """List every script; exit 1 when one is pending."""
    from mig_idg.database.migrate import status as read

    with registry_connection() as connection:
        current = read(connection)
    if as_json:
        say_json({"pending": current.pending, "applied": [s.name for s in current.migrations if s.applied]})
    else:
        for script in (*current.migrations, *current.replaceable):
            click.echo(f"  {'✓' if script.applied else '·'} {script.name}")
    return 1 if current.pending else 0


@command.command(help=t("Réécrit sql/schema.sql d'après la base.", "Writes sql/schema.sql from the database."))
def dump() -> int:
    """The structure of the database, for reviewers."""
    from mig_idg.database.migrate import sql_folder
    from mig_idg.database.schema import dump as read

    with database_urls() as (owner, _):
        _, text = read(owner)
    target = sql_folder() / "schema.sql"
    target.write_text(text, "utf-8")
    say(str(target))
    return 0
