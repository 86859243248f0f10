"""Connected equipment and what carries it: supports, equipment, networks, platforms, and the annexes that list them.

Aix-Marseille-Provence convention: art. 1 (objects, hosting and depositing parties), art. 7 (only what an annex lists is
under the convention), art. 8 and 10 (networks, data), annexes 1 and 2. A body may host on one line and deposit on
another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from mig_idg.charter.periods import MODELS
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import conventions, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

TEXT = MODELS["aix-marseille"]
TYPES: dict[str, tuple[str, ...]] = {
    "support": ("land", "building", "street_furniture", "vehicle"),
    "equipment": (),
    "network": ("wired", "cellular", "lorawan", "other"),
    "platform": (),
}
ANNEXES = {"equipment": "annexe 1 A", "support": "annexe 1 B", "network": "annexe 1 C", "dataset": "annexe 2 D"}
ROUTES = ("lorawan_feed", "iot_platform", "data_platform", "api")
DOCUMENTS = {
    "data_charter": Text("la charte de la donnée", "the data charter"),
    "interface_clause": Text("la clause d'interface", "the interface clause"),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One object of the register; `wkt` is its geometry in EPSG:2154 (easting, northing; metres)."""

    id: str
    class_: str
    type: str
    owner: str
    description: str | None = None
    address: str | None = None
    maintenance: str | None = None
    energy: str | None = None
    peripherals: Collection[str] = ()
    wkt: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to: what the annex asks of each party."""

    name: str
    email: str
    phone: str | None = None

    def as_json(self) -> Jsonb:
        """As it is stored."""
        return Jsonb({"name": self.name, "email": self.email, "phone": self.phone})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an annex: an asset or a dataset, who hosts, who deposits, under what conditions."""

    annex: str
    host: str
    depositor: str
    asset: str | None = None
    dataset: str | None = None
    support: str | None = None
    network: str | None = None
    host_contact: Contact | None = None
    depositor_contact: Contact | None = None
    access: str | None = None
    licence: str | None = None
    extent: str | None = None
    format: str | None = None
    provision: str | None = None
    routes: Collection[str] = ()
    remark: str | None = None
    network_data_agreed: bool = False
    requests_per_day: int | None = None
    latency_floor: timedelta | None = None


@act
def register(conn: Conn, asset: Asset, record: Record) -> Done:
    """Make an asset known, or describe it anew from the day of the record."""
    _check(asset)
    words = Text(f"{asset.id} ({asset.type}) est au registre.", f"{asset.id} ({asset.type}) is in the register.")
    number = open_act(conn, record, verb="equipment register", article=TEXT.article("art. 1, 7"), words=words)
    values = {
        "class": asset.class_, "type": asset.type, "description": asset.description, "address": asset.address,
        "owner": asset.owner, "maintenance": asset.maintenance or asset.owner, "energy": asset.energy,
        "peripherals": list(asset.peripherals), "geometry": _geometry(conn, asset.wkt),
    }  # fmt: skip
    days = history.span(record.on)
    if not history.known(conn, "asset", {"asset": asset.id}):
        history.insert(conn, number, "asset", {"asset": asset.id, **values, "valid": days})
    else:
        history.put(conn, number, "asset", {"asset": asset.id}, values, days)
    return Done(number, "equipment register", TEXT.article("art. 1, 7"), words, {"asset": asset.id})


@act
def list_in_annex(conn: Conn, convention: str, line: Line, record: Record) -> Done:
    """Put a line in an annex: from the day of the record, what it names is under the convention (art. 7)."""
    found = conventions.convention(conn, convention)
    _check_line(conn, found, line, record.on)
    what = line.asset or line.dataset
    words = Text(
        f"{what} entre dans l'{ANNEXES[line.annex]} : accueil {line.host}, dépôt {line.depositor}.",
        f"{what} enters {ANNEXES[line.annex]}: host {line.host}, depositor {line.depositor}.",
    )
    article = TEXT.article(f"art. 7, {ANNEXES[line.annex]}")
    number = open_act(conn, record, verb="annex add", article=article, words=words)
    row = history.insert(conn, number, "annex_line", _values(convention, line) | {"valid": history.span(record.on)})
    opened = conn.execute("select line from registry.annex_line where id = %s", (row,)).fetchone()
    assert opened is not None
    return Done(number, "annex add", article, words, {"line": int(opened[0]), "convention": convention})


@act
def strike(conn: Conn, line: int, record: Record) -> Done:
    """Take a line out of its annex from the day of the record: it is no longer under the convention."""
    rows = [row for row in history.known(conn, "annex_line", {"line": line}) if record.on in row["valid"]]
    if not rows:
        known = [
            str(n) for (n,) in conn.execute("select distinct line from registry.annex_line where closed_by is null")
        ]
        raise UnknownWord(Text("Ligne d'annexe", "annex line"), str(line), known)
    what = rows[0]["asset"] or rows[0]["dataset"]
    words = Text(f"{what} sort de l'annexe (ligne n° {line}).", f"{what} leaves the annex (line no. {line}).")
    article = TEXT.article("art. 7")
    number = open_act(conn, record, verb="annex remove", article=article, words=words)
    history.end(conn, number, "annex_line", {"line": line}, history.span(record.on))
    return Done(number, "annex remove", article, words, {"line": line})


@act
def accept(conn: Conn, convention: str, organisation: str, document: str, record: Record) -> Done:
    """A party accepts the data charter or the interface clause: before any exchange outside open data (art. 2, 10)."""
    found = conventions.convention(conn, convention)
    if document not in DOCUMENTS:
        raise UnknownWord(Text("Document", "document"), document, DOCUMENTS, closed=True)
    _require_party(found, organisation)
    name = DOCUMENTS[document]
    words = Text(f"{organisation} accepte {name.fr}.", f"{organisation} accepts {name.en}.")
    article = TEXT.article("art. 2, 10")
    number = open_act(conn, record, verb="convention accept", article=article, words=words)
    key = {"convention": convention, "organisation": organisation, "document": document}
    if not history.known(conn, "exchange_acceptance", key):
        said = {"accepted_on": record.on, "piece": record.evidence.reference}
        history.insert(conn, number, "exchange_acceptance", key | said)
    return Done(number, "convention accept", article, words, key)


def lacking(conn: Conn, convention: str, on: date) -> dict[str, list[str]]:
    """The parties that have still to accept a document, by document; empty when restricted data may be exchanged."""
    found = conventions.convention(conn, convention)
    accepted = {
        (row["document"], row["organisation"])
        for row in history.known(conn, "exchange_acceptance", {"convention": convention})
        if row["accepted_on"] <= on
    }
    missing = {d: [body for body in sorted(found.signatures) if (d, body) not in accepted] for d in DOCUMENTS}
    return {document: bodies for document, bodies in missing.items() if bodies}


def assets(conn: Conn, on: date, *, class_: str | None = None) -> list[Row]:
    """The register on a day; `geometry` is GeoJSON in longitude, latitude (CRS84), or None."""
    if class_ is not None and class_ not in TYPES:
        raise UnknownWord(Text("Classe", "class"), class_, TYPES, closed=True)
    return ask(conn, "assets", {"on": on, "class": class_})


def lines(conn: Conn, on: date, *, convention: str | None = None, organisation: str | None = None) -> list[Row]:
    """The lines of the annexes on a day, with what they name; those of one convention, or that concern one body."""
    return ask(conn, "annex_lines", {"on": on, "convention": convention, "organisation": organisation})


def as_geojson(rows: Collection[Row]) -> dict[str, Any]:
    """Rows with a `geometry` as a FeatureCollection, in CRS84 (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "id": row.get("line") or row["asset"],
            "geometry": row["geometry"],
            "properties": {name: value for name, value in row.items() if name != "geometry"},
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def _check(asset: Asset) -> None:
    if asset.class_ not in TYPES:
        raise UnknownWord(Text("Classe", "class"), asset.class_, TYPES, closed=True)
    types = TYPES[asset.class_]
    if types and asset.type not in types:
        raise UnknownWord(Text("Type", "type"), asset.type, types, closed=True)


def _geometry(conn: Conn, wkt: str | None) -> Any:
    if wkt is None:
        return None
    import shapely

    try:
        return shapely.to_wkb(shapely.set_srid(shapely.from_wkt(wkt), 2154), hex=True, include_srid=True)
    except shapely.errors.GEOSException:
        raise InvalidParameter(
            "geometry",
            Text(f"« {wkt} » n'est pas une géométrie WKT.", f"“{wkt}” is not a WKT geometry."),
            remedy=Text("POINT (646000 6866000), en Lambert-93.", "POINT (646000 6866000), in EPSG:2154."),
        ) from None


def _require_party(found: conventions.Convention, organisation: str) -> None:
    if organisation not in found.signatures:
        raise UnknownWord(Text("Partie à la convention", "party to it"), organisation, sorted(found.signatures))


def _check_line(conn: Conn, found: conventions.Convention, line: Line, on: date) -> None:
    if line.annex not in ANNEXES:
        raise UnknownWord(Text("Annexe", "annex"), line.annex, ANNEXES, closed=True)
    if found.period(on) is None:
        raise Conflict(Text(f"« {found.id} » n'est pas en vigueur.", f"“{found.id}” is not in force."))
    for body in (line.host, line.depositor):
        _require_party(found, body)
    known = {row["asset"]: row["class"] for row in assets(conn, on)}
    for value, class_ in ((line.asset, line.annex), (line.support, "support"), (line.network, "network")):
        if value is not None and known.get(value) != class_:
            raise UnknownWord(
                Text(f"Objet de classe {class_}", class_), value, [a for a, c in known.items() if c == class_]
            )
    if line.annex == "dataset" and line.access == "restricted" and (missing := lacking(conn, found.id, on)):
        raise refused(
            TEXT.article("art. 2, 10, annexe 3"),
            Text(
                f"Avant d'échanger des données restreintes, il faut l'acceptation de : {_told(missing, 'fr')}.",
                f"Before restricted data are exchanged, these must be accepted: {_told(missing, 'en')}.",
            ),
            remedy=Text("« mig-idg convention accept … »", "“mig-idg convention accept …”"),
            rule="restricted_exchange_needs_the_data_charter",
        )
    here = lines(conn, on, convention=found.id)
    if any((line.asset or line.dataset) == (row["asset"] or row["dataset"]) for row in here):
        raise Conflict(Text("Cette annexe le nomme déjà.", "This annex names it already."))


def _told(missing: Mapping[str, list[str]], lang: str) -> str:
    names = {document: text.fr if lang == "fr" else text.en for document, text in DOCUMENTS.items()}
    return " ; ".join(f"{names[document]} ({', '.join(bodies)})" for document, bodies in missing.items())


def _values(convention: str, line: Line) -> dict[str, Any]:
    named = {
        name: getattr(line, name)
        for name in (
            "annex", "host", "depositor", "asset", "dataset", "support", "network", "access", "licence", "extent",
            "format", "provision", "remark", "network_data_agreed", "requests_per_day", "latency_floor",
        )
    }  # fmt: skip
    return named | {
        "convention": convention,
        "routes": list(line.routes),
        "host_contact": line.host_contact.as_json() if line.host_contact else None,
        "depositor_contact": line.depositor_contact.as_json() if line.depositor_contact else None,
    }
