"""`mig-idg token issue|revoke|list` and `account`: who enters, for which body, until when."""

from __future__ import annotations

from datetime import timedelta

import click

from mig_idg.cli import messages
from mig_idg.cli.messages import registry_connection, say, say_json, t
from mig_idg.errors import Conflict, Text

JSON = click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))


@click.group(name="token", help=t("Jetons d'accès et comptes.", "Access tokens and accounts."))
def command() -> None:
    """Group of the verbs on credentials."""


@command.command(help=t("Ouvre un compte, ou change son organisme et ses rôles.", "Opens or changes an account."))
@click.argument("login")
@click.option("--name", required=True, help=t("nom de la personne ou du service", "name of the person or service"))
@click.option("--organisation", help=t("l'organisme pour lequel il agit", "the body it acts for"))
@click.option("--role", "roles", multiple=True, help="pilot_staff, technical_committee, administrator")
@click.option("--service", is_flag=True, help=t("compte de service", "service account"))
@click.option("--oidc", nargs=2, metavar="ISSUER SUBJECT", help=t("sujet OpenID Connect", "OpenID Connect subject"))
@click.option("--author", default=messages.author, help=t("qui agit", "who acts"))
def account(
    login: str, name: str, organisation: str | None, roles: tuple[str, ...], service: bool,
    oidc: tuple[str, str] | None, author: str,
) -> int:  # fmt: skip
    """Open or change an account."""
    from mig_idg.registry import tokens
    from mig_idg.registry.organisations import resolve

    with registry_connection() as connection:
        body = resolve(connection, organisation) if organisation else None
        tokens.open_account(
            connection, login, name=name, organisation=body, roles=roles,
            kind="service" if service else "person", author=author, oidc=oidc,
        )  # fmt: skip
    say(Text(f"Compte « {login} » ouvert.", f"Account “{login}” open."))
    return 0


@command.command(help=t("Ferme un compte et tous ses jetons.", "Closes an account and all its tokens."))
@click.argument("login")
def close(login: str) -> int:
    """End an account."""
    from mig_idg.registry import tokens

    with registry_connection() as connection:
        tokens.close_account(connection, login)
    say(Text(f"Compte « {login} » fermé.", f"Account “{login}” closed."))
    return 0


@command.command(help=t("Crée un jeton ; il n'est montré qu'une fois.", "Creates a token; it is shown once."))
@click.argument("login")
@click.option("--label", default="", help=t("à quoi il sert", "what it is for"))
@click.option("--days", type=click.IntRange(1, 366), default=365, help=t("durée en jours", "lifetime in days"))
@click.option("--collection", "collections", multiple=True, help=t("limité à ces collections", "limited to these"))
@click.option("--action", "actions", multiple=True, help=t("limité à ces actions", "limited to these actions"))
@click.option("--author", default=messages.author, help=t("qui agit", "who acts"))
@JSON
def issue(
    login: str,
    label: str,
    days: int,
    collections: tuple[str, ...],
    actions: tuple[str, ...],
    author: str,
    as_json: bool,
) -> int:
    """A new token of an account."""
    from mig_idg.registry import tokens

    with registry_connection() as connection:
        handle, secret = tokens.issue(
            connection, login, author=author, label=label, lifetime=timedelta(days=days),
            collections=collections or None, actions=actions or None,
        )  # fmt: skip
    if as_json:
        say_json({"id": handle, "token": secret, "login": login, "days": days})
    else:
        click.echo(secret)
        say(
            Text(
                f"Jeton {handle} : notez-le, il ne sera plus montré.",
                f"Token {handle}: note it, it is not shown again.",
            ),
            err=True,
        )
    return 0


@command.command(
    name="break-glass",
    help=t("Lire une donnée comme son propriétaire : quelques heures, un motif, et il en est averti.",
           "Read a dataset as its owner: a few hours, a reason, and the owner is told."),
)  # fmt: skip
@click.argument("login")
@click.option("--collection", required=True, help=t("la donnée", "the dataset"))
@click.option("--motive", required=True, help=t("pourquoi, en une phrase", "why, in one sentence"))
@click.option("--hours", type=click.IntRange(1, 24), default=2, help=t("durée", "for how long"))
@click.option("--author", default=messages.author, help=t("qui agit", "who acts"))
@JSON
def break_glass(login: str, collection: str, motive: str, hours: int, author: str, as_json: bool) -> int:
    """A short token, noted in the journal with its reason at each use; the owner is told at once."""
    from mig_idg.registry import datasets, tokens

    with registry_connection() as connection:
        owner = datasets.owner_of(connection, collection, messages.today())
        if owner is None:
            raise Conflict(
                Text(f"« {collection} » n'a pas un propriétaire unique.", f"“{collection}” has no single owner."),
                remedy=Text("Une donnée coproduite se lit comme copropriétaire.", "Read it as a co-owner."),
            )
        handle, secret = tokens.break_glass(
            connection, login, collection, owner, motive=motive, hours=hours, author=author
        )
    if as_json:
        say_json({"id": handle, "token": secret, "owner": owner, "hours": hours})
    else:
        click.echo(secret)
        say(Text(f"Valable {hours} h ; {owner} en est averti.", f"Valid for {hours} h; {owner} is told."), err=True)
    return 0


@command.command(help=t("Ce dont un organisme doit être averti.", "What a body must be told."))
@click.argument("organisation")
@JSON
def notices(organisation: str, as_json: bool) -> int:
    """Notices to a body, latest first."""
    from mig_idg.registry import tokens
    from mig_idg.registry.organisations import resolve

    with registry_connection() as connection:
        rows = tokens.notices(connection, resolve(connection, organisation))
    if as_json:
        say_json(rows)
    else:
        for row in rows:
            click.echo(f"  {row['at']:%Y-%m-%d %H:%M}  {row[messages.lang()]}")
    return 0


@command.command(help=t("Révoque un jeton, sur-le-champ et partout.", "Revokes a token, at once and everywhere."))
@click.argument("handle", metavar="ID")
def revoke(handle: str) -> int:
    """End a token now."""
    from mig_idg.registry import tokens

    with registry_connection() as connection:
        tokens.revoke(connection, handle)
    say(Text(f"Jeton {handle} révoqué.", f"Token {handle} revoked."))
    return 0


@command.command(name="list", help=t("Liste les jetons, sans leur secret.", "Lists tokens, without their secret."))
@JSON
def list_(as_json: bool) -> int:
    """Every token ever issued."""
    from mig_idg.registry import tokens

    with registry_connection() as connection:
        rows = tokens.listing(connection)
    if as_json:
        say_json(rows)
        return 0
    for row in rows:
        state = t("révoqué", "revoked") if row["revoked"] or row["closed"] else t("actif", "active")
        click.echo(
            f"  {row['id']}  {row['login']:<20} {row['organisation'] or '—':<16} {state:<8} {row['expires']:%Y-%m-%d}"
        )
    return 0
