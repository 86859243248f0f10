"""What the charter itself says, before any act: Annex 1, the pilot, its own term; and who belongs to which EPT."""

from __future__ import annotations

from datetime import date

from mig_idg import territory
from mig_idg.errors import Text
from mig_idg.registry import history, instruments, organisations
from mig_idg.registry.acts import Conn, Evidence, Record, act, open_act
from mig_idg.registry.organisations import Organisation

CHARTER_START = date(2022, 1, 1)
CHARTER_END = date(2027, 1, 1)
EPT_START = date(2016, 1, 1)
PILOT = "departement-92"
TITLE = "Charte partenariale de la Mutualisation de l'Information Géographique"
ANNEX_1 = Record(CHARTER_START, "mig-idg", Evidence("annexe", "Charte MIG, Annexe 1 et § 2.1.2", CHARTER_START))


@act
def potential_partners(conn: Conn, record: Record = ANNEX_1) -> bool:
    """Make Annex 1, the pilot and Argenteuil known, with the charter's term; False when nothing was to be added.

    Being listed opens no right (004 §2.1.1): nobody is a partner yet.
    """
    if conn.execute("select exists (select from registry.act where verb = 'seed')").fetchone() == (True,):
        return False
    words = Text("Annexe 1, partenaire-pilote et durée de la charte.", "Annex 1, the pilot, and the charter's term.")
    number = open_act(conn, record, verb="seed", article="Charte MIG, § 2.1, § 2.7, Annexe 1", words=words)
    for place in territory.PLACES.values():
        organisations.describe(conn, number, _described(place))
    for commune in territory.COMMUNES.values():
        link = {"ept": commune.ept, "commune": commune.id, "valid": history.span(EPT_START)}
        history.insert(conn, number, "territorial_membership", link)
    history.insert(conn, number, "pilotage", {"organisation": PILOT, "valid": history.span(CHARTER_START)})
    instruments.found(conn, number, CHARTER_START, CHARTER_END, TITLE)
    return True


def _described(place: territory.Place) -> Organisation:
    # The pilot is not in Annex 1 yet is counted among the adherents (§1.4): a founding member asks no admission.
    listed = place.annex_1 if isinstance(place, territory.Commune) else True
    insee = place.code if isinstance(place, territory.Commune) else None
    return Organisation(place.id, place.name, place.kind, listed, insee, place.siren)
