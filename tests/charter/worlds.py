"""Small partnerships drawn at random from a seed, dense enough that every rule is met often, and its near misses too."""

from datetime import date
from random import Random

from mig_idg import charter
from mig_idg.charter.scenario import parse

BODIES = ["OWN", "NANTERRE", "GARCHES", "ARGENTEUIL", "EPT4", "EPT5", "CD92", "BUREAU", "ASSO", "LATE", "GONE"]
EPTS = ["EPT4", "EPT5"]
COMMUNES = ["NANTERRE", "GARCHES", "ARGENTEUIL", "GONE"]
ATTRIBUTES = ["geom", "name", "x"]
STARTS = [*[None] * 6, "2025-01-01", "2026-01-01", "2026-06-01", "2026-06-02"]
ENDS = [*[None] * 6, "2026-05-31", "2026-06-01", "2026-06-02", "2027-01-01"]
DAYS = ["2025-12-31", "2026-05-31", *["2026-06-01"] * 5, "2026-06-02", "2026-12-31", "2027-01-01"]
ACTIONS = [
    *["view", "query", "download", "subscribe"] * 4,
    *["discover", "contribute", "configure", "publish_open", "redistribute"] * 2,
    *["grant", "validate", "audit", "takedown", "execute", "fly"],
]
STATES = {
    "mutualised": ["published", "published", "published", "draft", "archived"],
    "coproduced": [
        "validated",
        "validated",
        "validated",
        "proposed",
        "structured",
        "consolidated",
        "submitted",
        "rejected",
    ],
}


def some(r, words, chance=0.4):
    return [word for word in words if r.random() < chance]


def span(r):
    told = {}
    for key, bounds in (("from", STARTS), ("to", ENDS)):
        if (bound := r.choice(bounds)) is not None:
            told[key] = bound
    return told if told.get("from", "0") < told.get("to", "9") else {}


def world(r):
    """One partnership as the plain `world` of a scenario file, days as ISO text."""
    return {
        "charter": {"from": "2022-01-01", "to": r.choice([*["2027-01-01"] * 6, "2026-06-01"])},
        "memberships": [{"organisation": body, **span(r)} for body in some(r, BODIES, 0.7)],
        "ept_communes": [{"ept": e, "commune": c, **span(r)} for e in EPTS for c in some(r, COMMUNES, 0.8)],
        "sub_distributions": [
            {"ept": e, "commune": c, "acknowledged": r.random() < 0.8, **span(r)}
            for e in EPTS
            for c in some(r, COMMUNES, 0.7)
        ],
        "delegations": [
            {"delegator": d, "contractor": c, "acknowledged": r.random() < 0.8, **span(r)}
            for c in ("BUREAU", "ASSO", "GARCHES")
            for d in some(r, BODIES, 0.3)
        ],
        "third_party_transfers": [
            {"giver": g, "recipient": b, "dataset": "d", "acknowledged": r.random() < 0.8, **span(r)}
            for b in ("ASSO", "BUREAU", "GONE")
            for g in some(r, ["OWN", "NANTERRE", "CD92"], 0.4)
        ],
        "datasets": {"d": dataset(r)},
    }


def dataset(r):
    kind = r.choice(["mutualised", "coproduced"])
    told = {
        "kind": kind,
        "state": r.choice(STATES[kind]),
        "attributes": ATTRIBUTES,
        "metadata": r.choice(["public", "partners", "hidden"]),
        "working_group": some(r, BODIES),
        "exceptions": [exception(r) for _ in range(r.choice([0, 0, 0, 0, 1, 1, 2, 3]))],
    }
    # Fields that are for the other kind are drawn too: they must be ignored.
    told["owner"] = r.choice(["OWN", "OWN", "NANTERRE", "GONE"])
    told["co_owners"] = some(r, BODIES, 0.5)
    if r.random() < 0.9:
        told["terms"] = terms(r)
    if r.random() < 0.15:
        told["frozen_audience"] = some(r, BODIES)
    if r.random() < 0.15:
        told["takedown"] = r.choice(["public", "all"])
    if r.random() < 0.3:
        told["licence"] = r.choice(["LO-2.0", "ODbL-1.0", "restricted"])
    return told


def terms(r):
    return {
        "mode": r.choice(["all_partners", "all_partners", "all_partners", "named", "on_agreement", "closed"]),
        "named": some(r, BODIES, 0.5),
        "agreed": some(r, BODIES, 0.5),
        "actions": some(r, ["view", "query", "download", "subscribe", "redistribute", "discover", "grant"], 0.6),
        "hidden_attributes": some(r, ATTRIBUTES, 0.25),
        "extends_to_ept_communes": r.random() < 0.8,
        "allows_contractors": r.random() < 0.6,
        **(span(r) if r.random() < 0.4 else {}),
    }


def exception(r):
    ground = r.choice(["E0", "E1", "E2", "E3", "E4", "E4", "E5", "E5", "E6"])
    told = {"ground": ground, **span(r)}
    if r.random() < 0.75:
        told["attributes"] = [*some(r, ATTRIBUTES, 0.4), *some(r, ["ghost"], 0.05)]
    # Facts of E4 and beneficiaries of E5 are drawn for every ground: elsewhere they must count for nothing.
    told |= {"objection_proved": r.random() < 0.6, "law_allows": r.random() < 0.6}
    told["beneficiaries"] = some(r, BODIES, 0.5)
    return told


def question(r):
    """Who asks, in which roles, to do what, on which day: (organisation, roles, action, day)."""
    roles = some(r, ["pilot_staff", "technical_committee"], 0.35)
    return r.choice([None, *BODIES, *BODIES]), roles, r.choice(ACTIONS), r.choice(DAYS)


def draw(seed):
    """An endless supply of (world, its facts, its questions), the same for the same seed."""
    r = Random(seed)
    while True:
        told = world(r)
        yield told, facts(told), [question(r) for _ in range(12)]


def facts(told):
    """The facts of a plain world, made without the reader of scenario files."""
    return charter.Facts(
        charter=_span(told.get("charter", {})),
        memberships=tuple(charter.Membership(m["organisation"], _span(m)) for m in told.get("memberships", [])),
        ept_communes=tuple(charter.EptCommune(c["ept"], c["commune"], _span(c)) for c in told.get("ept_communes", [])),
        sub_distributions=tuple(
            charter.SubDistribution(a["ept"], a["commune"], a["acknowledged"], _span(a), _some(a), a.get("rows"))
            for a in told.get("sub_distributions", [])
        ),
        delegations=tuple(
            charter.Delegation(d["delegator"], d["contractor"], d["acknowledged"], _span(d), _some(d))
            for d in told.get("delegations", [])
        ),
        third_party_transfers=tuple(
            charter.Transfer(t["giver"], t["recipient"], t["dataset"], t["acknowledged"], _span(t))
            for t in told.get("third_party_transfers", [])
        ),
        datasets={id: _dataset(id, d) for id, d in told.get("datasets", {}).items()},
    )


def read(text):
    """The facts of a scenario's world written in YAML, without any question."""
    return parse(text + "\nquestions: []\n", "world.yml").facts


def request(organisation, roles, action, day, dataset="d"):
    return charter.AccessRequest(organisation, frozenset(roles), action, dataset, date.fromisoformat(day))


def _span(told):
    return charter.Span(*(date.fromisoformat(told[k]) if k in told else None for k in ("from", "to")))


def _some(told):
    return frozenset(told["datasets"]) if "datasets" in told else None


def _dataset(id, told):
    words = {k: frozenset(told.get(k, ())) for k in ("co_owners", "working_group")}
    plain = {k: told.get(k) for k in ("owner", "takedown", "licence")}
    terms = told.get("terms")
    frozen = told.get("frozen_audience")
    return charter.Dataset(
        id=id,
        kind=told["kind"],
        state=told["state"],
        attributes=tuple(told.get("attributes", ())),
        metadata=told.get("metadata", "public"),
        terms=None if terms is None else _terms(terms),
        exceptions=tuple(_exception(e) for e in told.get("exceptions", ())),
        frozen_audience=None if frozen is None else frozenset(frozen),
        **words,
        **plain,
    )


def _terms(told):
    sets = {k: frozenset(told.get(k, ())) for k in ("actions", "named", "agreed", "hidden_attributes")}
    flags = {k: told.get(k, False) for k in ("extends_to_ept_communes", "allows_contractors")}
    return charter.Terms(mode=told.get("mode", "closed"), span=_span(told), rows=told.get("rows"), **sets, **flags)


def _exception(told):
    return charter.Restriction(
        ground=told["ground"],
        attributes=frozenset(told.get("attributes", ())),
        objection_proved=told.get("objection_proved", False),
        law_allows=told.get("law_allows", False),
        beneficiaries=frozenset(told.get("beneficiaries", ())),
        span=_span(told),
    )
