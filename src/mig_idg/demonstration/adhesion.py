"""The demonstration's state of adhesion: real bodies, an invented state (said so on every page of the demonstration).

Every date but the charter's own is relative to the day it is adopted on; adopted again on a later day, it keeps alive
what would have ended meanwhile, and touches nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mig_idg.errors import Text
from mig_idg.registry import (
    committees,
    datasets,
    declared,
    delegations,
    ept,
    facts,
    history,
    instruments,
    membership,
    seed,
    withdrawal,
)
from mig_idg.registry.acts import Conn, Evidence, Record, act, open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.datasets import Version
from mig_idg.registry.membership import Piece
from mig_idg.registry.membership_status import PIECES
from mig_idg.registry.organisations import Organisation, describe

AUTHOR = "mig-idg demo"
NOTE = "état d'adhésion inventé pour la démonstration"

COMMUNES = (
    *("92002", "92007", "92020", "92023", "92049", "92071"),  # Vallée Sud-Grand Paris
    *("92026", "92050", "92062", "92063", "92073"),  # Paris Ouest La Défense
    *("92004", "92024", "92025", "92036"),  # Boucle Nord de Seine
    "92012",  # Grand Paris Seine Ouest, whose EPT is not a partner
)
EPTS = ("ept-t2", "ept-t4", "ept-t5")
OTHERS = ("paris-la-defense", "bspp", "drieat")
FOUNDERS = (seed.PILOT, *EPTS, *OTHERS, *COMMUNES)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays which situation of the charter in the demonstration, by body id."""

    owner: str = "92050"
    other_partner: str = "92026"
    late_joiner: str = "92064"
    ept: str = "ept-t4"
    served_commune: str = "92033"
    unanswered_commune: str = "92035"
    unserved_commune: str = "92076"
    argenteuil: str = "95018"
    commune_of_outside_ept: str = "92048"
    withdrawn: str = "92044"
    contractor: str = "bureau-etudes-demo"
    emergency_service: str = "bspp"
    group_member: str = "ept-t4"
    pilot: str = seed.PILOT


CAST = Cast()
VALIDATED = "adresses"


@act
def adopt(conn: Conn, on: date) -> bool:
    """Write the demonstration's adhesions, seen from the day `on`; False when they were there already.

    The charter is in force on that day, prolonged by an invented decision if its own term is past.
    """
    seed.potential_partners(conn)
    new = not history.known(conn, "membership", {"organisation": seed.PILOT})
    if new:
        _write(conn, on)
    _keep_alive(conn, on)
    return new


def _write(conn: Conn, on: date) -> None:
    start = seed.CHARTER_START
    words = Text("Partenariat de démonstration, inventé.", "An invented partnership, for demonstration.")
    open_act(conn, _record("démonstration", start), verb=declared.REHEARSAL, article="—", words=words)
    for organisation in (*FOUNDERS, CAST.withdrawn):
        _adhere(conn, organisation, start)
    _prolong(conn, on)
    _validate_addresses(conn, max(start + timedelta(days=31), on - timedelta(days=365)))
    _adhere(conn, CAST.late_joiner, max(start + timedelta(days=62), on - timedelta(days=100)))
    served = max(start + timedelta(days=62), on - timedelta(days=300))
    for giver, commune in ((CAST.ept, CAST.served_commune), ("ept-t5", CAST.argenteuil)):
        ept.sub_distribute(conn, giver, commune, _record("acte de l'EPT", served))
        ept.acknowledge(conn, giver, commune, _record("acceptation de la commune", served + timedelta(days=7)))
    ept.sub_distribute(conn, CAST.ept, CAST.unanswered_commune, _record("acte de l'EPT", served))
    _engage_contractor(conn, on)
    # The letter was received two months ago and is typed in today: accesses in between are reported.
    received = max(start + timedelta(days=93), on - timedelta(days=60))
    withdrawal.withdraw(conn, CAST.withdrawn, received, _record("courrier recommandé", received))


def _keep_alive(conn: Conn, on: date) -> None:
    _prolong(conn, on)
    if _delegation_ran_out(conn, on) and facts.load(conn, on).member(CAST.owner, on):
        _engage_contractor(conn, on)


def _delegation_ran_out(conn: Conn, on: date) -> bool:
    """Whether the contractor's last delegation reached its end; one that somebody ended stays ended."""
    row = conn.execute(
        "select max(upper(valid)), max(upper(valid)) filter (where closed_by is null)"
        " from registry.delegation where contractor = %s",
        (CAST.contractor,),
    ).fetchone()
    return row is not None and row[0] is not None and row[0] == row[1] and row[0] <= on


def _prolong(conn: Conn, on: date) -> None:
    """The charter runs past its own term by a decision invented for the demonstration, when the day is past it."""
    if facts.load(conn, on).in_force(on):
        return
    held = seed.CHARTER_END - timedelta(days=180)
    world = facts.load(conn, held)
    present = tuple(body for body in (seed.PILOT, *EPTS, *OTHERS) if world.member(body, held))
    sitting = Sitting("steering", present, f"compte-rendu ({NOTE})")
    if present:
        instruments.prolong(conn, date(on.year + 2, 1, 1), sitting, _record("compte-rendu", held))


def _adhere(conn: Conn, organisation: str, start: date) -> None:
    """The three steps of §2.2.1, one after the other."""
    asked, filed = start - timedelta(days=60), start - timedelta(days=30)
    membership.apply(conn, organisation, _record("demande d'adhésion", asked))
    for kind, words in PIECES.items():
        piece = Piece(kind, f"{words.fr} ({NOTE})", filed, filed)
        membership.add_piece(conn, organisation, piece, _record(words.fr, filed))
    membership.admit(conn, organisation, _record("dossier d'adhésion complet", start), instrument=instruments.CHARTER)


def _validate_addresses(conn: Conn, day: date) -> None:
    number = open_act(
        conn,
        _record("feuille de route", day - timedelta(days=30)),
        verb="coproduction",
        article="Charte MIG, § 3.2.2",
        words=Text(f"Coproduction de « {VALIDATED} ».", f"Coproduction of “{VALIDATED}”."),
    )
    conn.execute(
        "insert into registry.dataset (id, kind) values (%s, 'coproduced') on conflict do nothing", (VALIDATED,)
    )
    datasets.set_state(conn, number, VALIDATED, "coproduced", "submitted", seed.CHARTER_START)
    sitting = Sitting(
        "technical", (seed.PILOT, *EPTS, CAST.owner, CAST.other_partner, "bspp"), f"compte-rendu ({NOTE})"
    )
    # Invented, and before any publication: what `datasets.validate` asks of real data is not there yet.
    minutes = _record("compte-rendu", day)
    number = open_act(
        conn,
        minutes,
        verb="committee validate",
        article=datasets.VALIDATION,
        words=Text(f"Validation de « {VALIDATED} », inventée.", f"Validation of “{VALIDATED}”, invented."),
    )
    item = Item("dataset", VALIDATED, f"Validation de « {VALIDATED} », version 1")
    (ruling,) = committees.rule(conn, number, sitting, [item], minutes)
    datasets.freeze(conn, number, VALIDATED, Version("1", crs="EPSG:2154"), ruling.decision, day)


def _engage_contractor(conn: Conn, on: date) -> None:
    start, end = max(seed.CHARTER_START, on - timedelta(days=90)), on + timedelta(days=180)
    number = open_act(
        conn,
        _record("marché public", start),
        verb="partner register",
        article="Charte MIG, § 2.4.2",
        words=Text("Le prestataire de la démonstration est connu.", "The demonstration's contractor is known."),
    )
    describe(conn, number, Organisation(CAST.contractor, "Bureau d'études (démonstration)", "company"))
    # The day before lets a delegation that ended yesterday and the new one follow each other.
    done = delegations.add(
        conn, CAST.owner, CAST.contractor, f"démonstration-{on:%Y%m%d}", end, _record("marché", start)
    )
    delegations.acknowledge(conn, done.details["delegation"], _record("engagement du prestataire", start))


def _record(piece: str, on: date) -> Record:
    return Record(on, AUTHOR, Evidence("démonstration", f"{piece} ({NOTE})", on))
