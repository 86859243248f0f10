"""`mig-idg config show`: the effective configuration, secrets masked."""

from __future__ import annotations

import click

from mig_idg.cli.messages import say_json, settings, t


@click.group(name="config", help=t("Configuration effective.", "Effective configuration."))
def command() -> None:
    """Group of one verb."""


@command.command(help=t("Montre chaque réglage et sa valeur, secrets masqués.", "Shows each setting, secrets masked."))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def show(as_json: bool) -> int:
    """Every setting with its variable, value and meaning."""
    chosen = settings()
    rows = {
        f"IDG_{name.upper()}": str(getattr(chosen, name)) if getattr(chosen, name) is not None else None
        for name in type(chosen).model_fields
    }
    if as_json:
        say_json(rows)
        return 0
    for name, value in rows.items():
        field = type(chosen).model_fields[name.removeprefix("IDG_").lower()]
        click.echo(f"{name:<26} {value or '—':<24} {field.description or ''}")
    return 0
