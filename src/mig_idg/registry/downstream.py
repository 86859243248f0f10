"""Who harvests us, and what became of their copies of data that were taken down (000 art. 7; T-12, T-13).

They are told in the same transaction as the withdrawal; a probe asks their own page of the record until it is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from mig_idg.errors import Conflict, InvalidParameter, NotFound, Text
from mig_idg.registry import outbox
from mig_idg.registry.addresses import ADDRESS
from mig_idg.registry.outbox import Conn, Letter, Recipient


def declare(conn: Conn, name: str, title: str, email: str | None, page: str | None, author: str) -> None:
    """Enter a harvester, or change what is known of it. `page` is the address of a record there, with `{id}`."""
    if email is not None and ADDRESS.fullmatch(email) is None:
        raise InvalidParameter(
            "--email", Text("Une adresse électronique est attendue.", "An e-mail address is expected.")
        )
    if page is not None and (not page.startswith(("http://", "https://")) or "{id}" not in page):
        raise InvalidParameter(
            "--page",
            Text("L'adresse d'une fiche chez lui, où « {id} » est notre identifiant.",
                 "The address of a record there, where “{id}” is our identifier."),
        )  # fmt: skip
    try:
        with conn.transaction():
            conn.execute(
                "insert into harvest.downstream (name, title, email, page, author) values (%s, %s, %s, %s, %s)"
                " on conflict (name) do update set title = excluded.title, email = excluded.email,"
                " page = excluded.page, author = excluded.author, ended = null",
                (name, title, email, page, author),
            )
    except psycopg.errors.CheckViolation:
        raise InvalidParameter(
            "NAME", Text("Un nom court : minuscules, chiffres, tirets.", "A short name: lower case, digits, hyphens.")
        ) from None


def end(conn: Conn, name: str, now: datetime) -> None:
    """It harvests us no more; what it was told stays known."""
    if not conn.execute(
        "update harvest.downstream set ended = %s where name = %s and ended is null", (now, name)
    ).rowcount:
        raise NotFound(Text(f"Aucun moissonneur « {name} ».", f"There is no harvester “{name}”."))


def listing(conn: Conn) -> list[dict[str, Any]]:
    """The known harvesters, with how many copies they still have."""
    return _rows(
        conn,
        "select d.name, d.title, d.email, d.page, d.since,"
        " count(c.takedown) filter (where c.state <> 'gone') as awaited from harvest.downstream d"
        " left join harvest.copy c on c.downstream = d.name where d.ended is null"
        " group by d.name order by d.name",
    )


def copies(conn: Conn, *, awaited: bool = False) -> list[dict[str, Any]]:
    """What became of each copy; `awaited`: those that are not gone."""
    return _rows(
        conn,
        "select c.takedown, c.dataset, c.downstream, d.title, d.page, c.told, c.state, c.checked, c.reply"
        " from harvest.copy c join harvest.downstream d on d.name = c.downstream"
        " where not %(awaited)s or c.state <> 'gone' order by c.takedown, c.downstream",
        {"awaited": awaited},
    )


def tell(conn: Conn, act: int, takedown: int, dataset: str, since: str, reason: str | None) -> list[str]:
    """Tell the known harvesters of a withdrawal, in its own transaction; their names.

    They harvest as the public: of data that the public could not know of, nobody is told.
    """
    known = _rows(
        conn,
        "select visibility from registry.dataset_metadata where dataset = %(dataset)s and closed_by is null"
        " and valid @> %(since)s::date",
        {"dataset": dataset, "since": since},
    )
    if any(row["visibility"] != "public" for row in known):
        return []
    names = []
    for one in _rows(conn, "select name, email from harvest.downstream where ended is null order by name"):
        conn.execute(
            "insert into harvest.copy (takedown, downstream, dataset) values (%s, %s, %s) on conflict do nothing",
            (takedown, one["name"], dataset),
        )
        said = f" {reason}" if reason else ""
        letter = Letter(
            "takedown copies",
            Text(f"Retrait de « {dataset} » : effacez votre copie", f"“{dataset}” is taken down: delete your copy"),
            Text(
                f"« {dataset} » est retiré de la diffusion depuis le {since}.{said}\nEffacez la copie et la fiche que"
                " vous en avez, et ne les diffusez plus. Notre adresse répond 410 ; nous vérifierons la vôtre.",
                f"“{dataset}” has been taken down since {since}.{said}\nDelete the copy and the record that you have of"
                " it, and distribute them no more. Our address answers 410; we will check yours.",
            ),
            link=f"/collections/{dataset}",
            act=act,
        )
        outbox.post(conn, f"takedown-{takedown} {one['name']}", letter, [Recipient(one["email"], login=None)])
        names.append(one["name"])
    return names


def checked(conn: Conn, takedown: int, name: str, state: str, reply: str, now: datetime) -> None:
    """What the page of a harvester answered."""
    if not conn.execute(
        "update harvest.copy set state = %s, reply = %s, checked = %s where takedown = %s and downstream = %s",
        (state, reply[:500], now, takedown, name),
    ).rowcount:
        raise Conflict(Text("Cette copie n'est plus connue.", "This copy is not known any more."))


def _rows(conn: Conn, statement: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), values).fetchall()
