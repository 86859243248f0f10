"""The table of rules said a second time, naively, from plain dictionaries: the judge of the differential test.

Written from the table of `charter/scenarios.md` alone, one `if` per line of it, sharing nothing with `mig_idg.charter`:
no index, no dataclass, no rule book. Slow and flat on purpose.
"""

# ruff: noqa: SIM102 (one nested `if` per clause of the table, so that each can be read beside it)

READ = ["view", "query", "download", "subscribe"]
OTHERS = [
    "discover",
    "execute",
    "contribute",
    "configure",
    "publish_open",
    "redistribute",
    "grant",
    "validate",
    "audit",
    "takedown",
]


def live(fact, day):
    """ISO days compare as text; half-open; absent is unbounded."""
    return (fact.get("from") or "0000") <= day and day < (fact.get("to") or "9999")


def adherent(world, body, day):
    if not live(world.get("charter", {}), day):
        return False
    return any(m["organisation"] == body and live(m, day) for m in world.get("memberships", []))


def in_audience(terms, body):
    mode = terms.get("mode", "closed")
    if mode == "all_partners":
        return True
    if mode == "named":
        return body in terms.get("named", [])
    if mode == "on_agreement":
        return body in terms.get("agreed", [])
    return False


def serving_epts(world, body, day):
    found = []
    for act in world.get("sub_distributions", []):
        if act["commune"] != body or not act.get("acknowledged") or not live(act, day):
            continue
        links = [
            link for link in world.get("ept_communes", []) if link["ept"] == act["ept"] and link["commune"] == body
        ]
        if any(live(link, day) for link in links) and adherent(world, act["ept"], day):
            found.append(act["ept"])
    return found


def deny(rule):
    return {"outcome": "deny", "rule": rule, "hidden": [], "obligations": [], "other": []}


def ask(world, body, roles, action, name, day):
    datasets = world.get("datasets", {})
    if action not in READ + OTHERS or name not in datasets:
        return deny("A0")
    d = datasets[name]
    mutualised, coproduced = d["kind"] == "mutualised", d["kind"] == "coproduced"
    reading = action in READ
    partner = body is not None and adherent(world, body, day)
    owner = mutualised and body is not None and d.get("owner") == body

    # A1
    masked = set()
    reads = reading or action == "execute"
    if reads or action in ("redistribute", "publish_open", "contribute"):
        for e in d.get("exceptions", []):
            if not live(e, day):
                continue
            if e["ground"] == "E4" and not (e.get("objection_proved") and e.get("law_allows")):
                continue
            if owner and (reads or action == "contribute"):
                continue
            if reads and e["ground"] == "E5" and body in e.get("beneficiaries", []):
                continue
            if not e.get("attributes"):
                return deny("A1")
            masked |= set(e["attributes"])
        if masked and set(d.get("attributes", [])) <= masked:
            return deny("A1")

    # A2
    if (reads or action == "redistribute") and not owner:
        if d.get("takedown") == "all":
            return deny("A2")
        if d.get("takedown") == "public" and not partner:
            return deny("A2")

    terms = d.get("terms")
    if terms is not None and not live(terms, day):
        terms = None
    frozen = d.get("frozen_audience")
    bases = []  # (rule, hidden, obligations)

    if owner and partner and action != "validate":
        bases.append(("B1", set(), ["LOG"]))
    if "pilot_staff" in roles and partner and action in ("discover", "configure", "audit", "takedown"):
        bases.append(("B2", set(), ["LOG"]))
    if mutualised and d["state"] == "published" and partner and terms is not None:
        listed = terms.get("actions", [])
        empty = action == "execute" and not {"view", "query", "download"} & set(listed)
        if action in listed and not empty and in_audience(terms, body) and (frozen is None or body in frozen):
            hidden = set(terms.get("hidden_attributes", []))
            bases.append(("B3", hidden, ["LOG", "MENTION_MIG", "DISCLAIMER", "OWNER_CREDIT"]))
    if coproduced and d["state"] == "validated" and partner:
        if body in d.get("co_owners", []):
            if reading or action in ("contribute", "redistribute", "publish_open"):
                codes = ["LOG", "MENTION_MIG", "DISCLAIMER"]
                codes += {"redistribute": ["THIRD_PARTY_NOTICE"], "publish_open": ["NOTIFY_CO_OWNERS"]}.get(action, [])
                bases.append(("B4", set(), codes))
        elif reading:
            bases.append(("B4b", set(), ["LOG", "MENTION_MIG", "DISCLAIMER"]))
    b5 = False
    if coproduced and d["state"] in ("proposed", "structured", "consolidated", "submitted") and partner:
        if body in d.get("working_group", []) and (reading or action == "contribute"):
            b5 = True
            bases.append(("B5", set(), ["LOG", "DRAFT_ONLY"]))
    if coproduced and d["state"] == "submitted" and partner and "technical_committee" in roles and not b5:
        if reading or action == "validate":
            bases.append(("B5b", set(), ["LOG", "DRAFT_ONLY"]))
    epts = serving_epts(world, body, day)
    if reading and coproduced and d["state"] == "validated" and epts:
        bases.append(("B6", set(), ["LOG", "MENTION_MIG", "DISCLAIMER", "RESPONSIBLE:" + epts[0]]))
    if reading and mutualised and d["state"] == "published" and terms is not None and frozen is None:
        if terms.get("extends_to_ept_communes") and action in terms.get("actions", []):
            addressed = [ept for ept in epts if in_audience(terms, ept)]
            if addressed:
                codes = ["LOG", "MENTION_MIG", "DISCLAIMER", "OWNER_CREDIT", "RESPONSIBLE:" + addressed[0]]
                bases.append(("B6b", set(terms.get("hidden_attributes", [])), codes))
    if reading and not partner:
        first = True
        for mandate in world.get("delegations", []):
            if mandate["contractor"] != body or not mandate.get("acknowledged") or not live(mandate, day):
                continue
            delegator = mandate["delegator"]
            if not adherent(world, delegator, day):
                continue
            own = ask(world, delegator, [], action, name, day)
            if own["outcome"] != "permit" or own["rule"] not in ("B1", "B3", "B4"):
                continue
            if own["rule"] == "B3" and not terms.get("allows_contractors"):
                continue
            codes = ["LOG", "MENTION_MIG", "DISCLAIMER", "THIRD_PARTY_NOTICE", "DELETE_AT_END"]
            codes.append("RESPONSIBLE:" + delegator)
            bases.append(("B7" if first else None, set(own["hidden"]), codes))
            first = False
    if reading and body is not None:
        for transfer in world.get("third_party_transfers", []):
            if transfer["recipient"] != body or transfer["dataset"] != name:
                continue
            if not transfer.get("acknowledged") or not live(transfer, day):
                continue
            giver = transfer["giver"]
            by_owner = mutualised and giver == d.get("owner")
            by_co_owner = coproduced and d["state"] == "validated" and giver in d.get("co_owners", [])
            if by_owner or (by_co_owner and adherent(world, giver, day)):
                bases.append(("B8", set(), ["LOG", "MENTION_MIG", "DISCLAIMER", "THIRD_PARTY_NOTICE"]))
                break
    if reading and d["state"] in ("published", "validated"):
        if d.get("licence") == "LO-2.0":
            bases.append(("B9", set(), ["ATTRIBUTION", "LAST_UPDATE_DATE"]))
        if d.get("licence") == "ODbL-1.0":
            bases.append(("B9", set(), ["ATTRIBUTION", "SHARE_ALIKE", "KEEP_OPEN"]))
    if action == "discover":
        metadata = d.get("metadata", "public")
        in_group = partner and body in d.get("working_group", [])
        if metadata == "public" or (metadata == "partners" and partner) or (owner and partner) or in_group:
            bases.append(("B10", set(), []))
    if action == "execute":
        for one in ("view", "query", "download"):
            own = ask(world, body, roles, one, name, day)
            if own["outcome"] == "permit":
                stated = not any(rule == "B10b" for rule, _, _ in bases)
                bases.append(("B10b" if stated else None, set(own["hidden"]), ["LOG"]))

    if not bases:
        return deny("B11")
    hidden = sorted((hidden for _, hidden, _ in bases), key=lambda names: (len(names), sorted(names)))[0]
    return {
        "outcome": "permit",
        "rule": bases[0][0],
        "hidden": sorted(hidden | masked),
        "obligations": sorted(bases[0][2]),
        "other": [rule for rule, _, _ in bases[1:] if rule is not None],
    }
