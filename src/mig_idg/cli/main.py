"""`mig-idg`: the directory of commands. A module is loaded only when its word is said."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from mig_idg.cli.messages import guarded, t
from mig_idg.errors import did_you_mean, nearest

# word: (module, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", t("la démonstration, en une commande", "the demonstration, in one command")),
    "serve": ("serve", t("sert ce qui est publié", "serves what is published")),
    "collections": (
        "collections",
        t("déclarations : vérifier, comparer, publier", "declarations: check, diff, publish"),
    ),
    "record": (
        "record",
        t("fiches de métadonnées : lire, vérifier", "metadata records: read, check"),
    ),
    "harvest": ("harvest", t("moissonnage d'autres catalogues", "harvesting of other catalogues")),
    "import": ("import_", t("charge un fichier dans une collection", "loads a file into a collection")),
    "standards": ("standards", t("contrôle des fichiers par standard", "files checked against standards")),
    "deposit": ("deposit", t("dépose un fichier, le suit, le signe", "deposits a file, follows it, signs it")),
    "versions": ("layer_versions", t("versions d'une couche", "versions of a layer")),
    "consolidation": ("consolidation", t("une base à partir de celles de chacun", "one base from everyone's")),
    "why": ("why", t("explique une décision, article par article", "explains a decision, article by article")),
    "charter": ("charter", t("règles de la charte, scénarios", "rules of the charter, scenarios")),
    "partner": ("partner", t("adhésions et retraits", "admissions and withdrawals")),
    "ept": ("ept", t("EPT et communes membres (§ 3.6)", "EPTs and their communes (§ 3.6)")),
    "exception": ("exception", t("exceptions à la mutualisation (§ 3.3)", "exceptions to sharing (§ 3.3)")),
    "terms": ("terms", t("modalités du propriétaire", "the owner's terms")),
    "open": ("open_", t("données ouvertes : contrôles, obligations", "open data: checks, duties")),
    "grant": ("grant", t("demandes d'accès et accords", "requests and agreements")),
    "delegate": ("delegate", t("délégations aux prestataires", "delegations to contractors")),
    "transfer": ("transfer", t("mises à disposition de tiers", "transfers to third parties")),
    "takedown": ("takedown", t("retraits de la diffusion", "takedowns")),
    "committee": ("committee", t("séances et décisions des comités", "meetings and decisions")),
    "convention": ("convention", t("conventions : signature, durée, fin", "conventions: signature, term, end")),
    "equipment": (
        "equipment",
        t("équipements connectés, annexes, interventions", "connected equipment, annexes, work"),
    ),
    "sensors": ("sensors", t("mesures des capteurs", "measurements of sensors")),
    "case": ("case", t("dossiers : litiges, projets, besoins, tâches", "cases: disputes, projects, needs, tasks")),
    "partnership": ("partnership", t("échéances, bilan annuel, orientations", "deadlines, annual report")),
    "notices": ("notices", t("messages aux organismes : suivre, envoyer", "messages to bodies: follow, send")),
    "proposals": (
        "proposals",
        t("changements proposés aux couches coproduites", "changes proposed to coproduced layers"),
    ),
    "remarks": ("remarks", t("remarques, questions, demandes de publication", "remarks, questions, requests")),
    "token": ("token", t("jetons d'accès", "access tokens")),
    "journal": ("journal", t("journal des décisions", "journal of decisions")),
    "job": ("job", t("travaux : suivre, abandonner, exécuter", "jobs: follow, cancel, run")),
    "db": ("db", t("migrations de la base", "database migrations")),
    "backup": ("backup", t("sauvegarde et restauration du service", "the service, saved and restored")),
    "config": ("config", t("configuration effective", "effective configuration")),
}


class Directory(click.Group):
    """Finds a command by its word; proposes the nearest for an unknown one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All words, in the order they are told."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command behind a word, its module loaded now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mig_idg.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of words with their one line, without loading any module."""
        with formatter.section(t("Commandes", "Commands")):
            formatter.write_dl([(word, line) for word, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a proposal when the word is unknown."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = did_you_mean(nearest(args[0], COMMANDS))
            hint = f" {t(near.fr, near.en)}" if near else ""
            raise click.UsageError(t(f"Commande inconnue : « {args[0]} ».", f"Unknown command: “{args[0]}”.") + hint)
        return super().resolve_command(ctx, args)


@click.command(
    cls=Directory,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help=t(
        "mig-idg : les couches mutualisées d'un territoire, servies par les API de l'OGC sous leur charte.",
        "mig-idg: the pooled layers of a territory, served through OGC APIs under their charter.",
    ),
)
@click.version_option(package_name="mig-idg", prog_name="mig-idg")
def directory() -> None:
    """All commands."""


def main() -> None:
    """The console script."""
    os.umask(0o027)
    sys.exit(guarded(directory))
