"""Whom each act is told to: the bodies that it names, and nobody else.

One table, verb by verb. What is told are the words of the act, which those bodies may know: they are its parties, the
owners of the dataset, or every partner when the charter itself changes (Charte MIG, § 2.4.1, § 2.7). An act that is not
here is told by its receipt only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mig_idg.charter.citations import cited
from mig_idg.errors import Text
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Conn, Letter

_OWNERS = """
select organisation from registry.ownership
where dataset = %(dataset)s and closed_by is null and valid @> %(on)s::date
union
select organisation from registry.co_owner where dataset = %(dataset)s
"""
_PILOT = "select organisation from registry.pilotage where closed_by is null and valid @> %(on)s::date"
_OWNERS_AND_PILOT = f"{_OWNERS} union {_PILOT}"
_DELEGATION = "select unnest(array[delegator, contractor]) from registry.delegation where number = %(delegation)s"
_TRANSFER = "select unnest(array[giver, recipient]) from registry.third_party_transfer where number = %(transfer)s"
_INTERVENTION = "select unnest(array[depositor, host]) from registry.intervention where number = %(intervention)s"
_CASE = "select unnest(parties || organisation) from registry.follow_up where number = %(case)s"
_PARTIES = """
select organisation from registry.instrument_party
where closed_by is null and instrument = coalesce(%(convention)s,
  (select instrument from registry.instrument_notice where notice = %(notice)s limit 1))
"""
_PARTNERS = """
select organisation from registry.membership
where state = 'adherent' and closed_by is null and valid @> %(on)s::date
"""
_NAMED = "select unnest(%(bodies)s::text[])"

# A verb, or its first word: the question that answers bodies, and the details of the act that name some themselves.
WHO: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "grant ask": (_NAMED, ("owner",)),
    "grant answer": (_NAMED, ("requester",)),
    "exception": (_OWNERS_AND_PILOT, ()),
    "takedown": (_OWNERS_AND_PILOT, ()),
    "terms set": (_NAMED, ("owner",)),
    "terms open": (_NAMED, ("notified",)),
    "terms take-back": (_OWNERS, ()),
    "delegate": (_DELEGATION, ()),
    "transfer": (_TRANSFER, ()),
    "intervention": (_INTERVENTION, ()),
    "case": (_CASE, ()),
    "convention": (_PARTIES, ()),
    "ept": (_NAMED, ("ept", "commune")),
    "partner": (_NAMED, ("organisation",)),
    "committee join": (_NAMED, ("organisation",)),
    "committee leave": (_NAMED, ("organisation",)),
    "committee facilitate": (_NAMED, ("organisation",)),
    "committee prolong": (_PARTNERS, ()),
    "committee amend": (_PARTNERS, ()),
    "committee record": (_NAMED, ("present",)),
    "committee": (_OWNERS, ()),
}
_ASKED = ("dataset", "exception", "takedown", "delegation", "transfer", "intervention", "case", "convention", "notice")
_ABOUT = {
    "grant": Text("demande d'accès", "request of access"),
    "exception": Text("exception à la mutualisation", "exception to sharing"),
    "takedown": Text("retrait de la diffusion", "takedown"),
    "terms": Text("modalités d'accès", "terms of access"),
    "delegate": Text("délégation à un prestataire", "delegation to a contractor"),
    "transfer": Text("mise à disposition d'un tiers", "transfer to a third party"),
    "intervention": Text("intervention sur un support", "work on a support"),
    "case": Text("dossier suivi", "case"),
    "convention": Text("convention", "convention"),
    "ept": Text("données mises à disposition par un EPT", "data made available by an EPT"),
    "partner": Text("adhésion et mandats", "membership and mandates"),
    "committee": Text("décision d'un comité", "decision of a committee"),
}
_ROLES = {"intervention": (*outbox.REFERENTS, "host_contact", "depositor_contact")}


def bodies(conn: Conn, verb: str, details: Mapping[str, Any], on: date) -> list[str]:
    """The bodies that an act is told to, on its day."""
    question, names = WHO.get(verb) or WHO.get(verb.split()[0]) or ("", ())
    if not question:
        return []
    said: list[str] = []
    for name in names:
        value = details.get(name)
        said += [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]
    values = {**{name: details.get(name) for name in _ASKED}, "on": on, "bodies": said}
    values["dataset"] = values["dataset"] or _dataset(conn, details)
    return sorted({body for (body,) in conn.execute(question.encode(), values) if body})


def announce(conn: Conn, number: int, verb: str, article: str, words: Text, details: Mapping[str, Any]) -> None:
    """Put in the outbox what an act says to those it concerns, in the act's own transaction."""
    row = conn.execute("select effective from registry.act where id = %s", (number,)).fetchone()
    if row is None:
        return
    # Who leaves is told by those who spoke for it until that day.
    on: date = details["effective"] - timedelta(days=1) if verb == "partner withdraw" else row[0]
    concerned = bodies(conn, verb, details, on)
    if not concerned:
        return
    word = verb.split()[0]
    about, where = _ABOUT[word], cited(article)
    letter = Letter(
        verb,
        Text(f"{about.fr.capitalize()} : acte n° {number}", f"{about.en.capitalize()}: act no. {number}"),
        Text(f"{words.fr}\n[{where.fr}]", f"{words.en}\n[{where.en}]"),
        link="/desk/messages",
        act=number,
    )
    roles = _ROLES.get(word, outbox.REFERENTS)
    outbox.post(conn, f"act-{number}", letter, outbox.speakers(conn, concerned, on, roles))


def _dataset(conn: Conn, details: Mapping[str, Any]) -> str | None:
    """The dataset of an exception or a takedown that the act names by its number."""
    for name, table in (("exception", "dataset_exception"), ("takedown", "takedown")):
        if details.get(name) is not None:
            question = f"select dataset from registry.{table} where number = %s limit 1"
            row = conn.execute(question.encode(), (details[name],)).fetchone()
            return row[0] if row else None
    return None
