"""What the database refuses by itself, whoever writes: every case is plain SQL, without our Python."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

ACT = (
    "insert into registry.act (verb, article, effective, author, evidence_kind, evidence_reference, evidence_date,"
    " summary) values ('essai', '004', '2026-01-01', 'greffier', 'lettre', '1', '2026-01-01', '') returning id"
)


class Ledger:
    """Plain inserts, each under an act of its own."""

    def __init__(self, conn):
        self.conn = conn

    def act(self):
        return self.conn.execute(ACT).fetchone()[0]

    def add(self, table, **values):
        values = {"act": self.act(), **values}
        columns = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        sql = f"insert into registry.{table} ({columns}) values ({marks})"
        has_id = table not in ("body", "dataset", "working_group", "instrument")
        row = self.conn.execute(sql + (" returning id" if has_id else ""), tuple(values.values()))
        return row.fetchone()[0] if has_id else None

    def identity(self, table, **values):
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self.conn.execute(f"insert into registry.{table} ({columns}) values ({marks})", tuple(values.values()))

    def body(self, id, kind="commune"):
        self.identity("body", id=id)
        self.add("organisation", organisation=id, name=id, kind=kind)

    def dataset(self, id, kind="mutualised", owner=None):
        self.identity("dataset", id=id, kind=kind)
        if owner:
            self.add("ownership", dataset=id, organisation=owner)

    def adhere(self, organisation, valid="[2022-01-01,)", **more):
        case = self.conn.execute("select nextval('registry.case_number')").fetchone()[0]
        day = "2021-12-01"
        self.add_pieces(organisation, case, day)
        self.accept(organisation, day)
        said = {"listed": True, "state": "adherent", **more}
        return self.add("membership", organisation=organisation, application=case, valid=valid, **said)

    def add_pieces(self, organisation, case, day, kinds=("deliberation", "form", "email_return", "postal_return")):
        for kind in kinds:
            said = {"kind": kind, "reference": "1", "dated_on": day, "received_on": day}
            self.add("piece", organisation=organisation, application=case, **said)

    def accept(self, organisation, day="2021-12-01"):
        self.identity_once("instrument", id="c", kind="charter", version="1", title="Charte")
        self.add("instrument_acceptance", organisation=organisation, instrument="c", accepted_on=day, piece="1")

    def identity_once(self, table, **values):
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        sql = f"insert into registry.{table} ({columns}) values ({marks}) on conflict do nothing"
        self.conn.execute(sql, tuple(values.values()))

    def meeting(self, committee="technical", day="2026-01-10", present=()):
        number = self.add("meeting", committee=committee, committee_kind=committee, held_on=day, minutes="1")
        for organisation in present:
            self.add("attendance", meeting=number, organisation=organisation)
        return number

    def decide(self, meeting, committee="technical", subject="dataset", about="adr", nature="decision", item=1):
        said = {"subject": subject, "subject_id": about, "nature": nature, "motion": "?"}
        return self.add("decision", meeting=meeting, committee_kind=committee, item=item, **said)


@pytest.fixture
def ledger(bare):
    book = Ledger(bare)
    for id in ("A", "B", "C"):
        book.body(id)
    book.body("T4", "ept")
    book.body("ACME", "company")
    return book


def refused(conn, name):
    """The block breaks the constraint of this name."""
    return _Refused(conn, name)


class _Refused:
    def __init__(self, conn, name):
        self.conn, self.name = conn, name

    def __enter__(self):
        self.point = self.conn.transaction()
        self.point.__enter__()

    def __exit__(self, kind, error, trace):
        assert kind is not None, f"nothing refused it: {self.name}"
        self.point.__exit__(kind, error, trace)
        assert issubclass(kind, psycopg.errors.IntegrityError), error
        assert error.diag.constraint_name == self.name, (error.diag.constraint_name, str(error))
        return True


def test_there_is_one_pilot_at_any_date(ledger):
    ledger.add("pilotage", organisation="A", valid="[2022-01-01,2026-01-01)")
    ledger.add("pilotage", organisation="B", valid="[2026-01-01,)")
    with refused(ledger.conn, "one_pilot_at_any_date"):
        ledger.add("pilotage", organisation="C", valid="[2025-12-31,2026-01-01)")


def test_two_memberships_of_a_body_do_not_overlap(ledger):
    ledger.adhere("A", "[2022-01-01,2025-01-01)")
    with refused(ledger.conn, "one_standing_at_any_date"):
        case = ledger.conn.execute("select nextval('registry.case_number')").fetchone()[0]
        ledger.add_pieces("A", case, "2021-12-01")
        said = {"listed": True, "state": "adherent"}
        ledger.add("membership", organisation="A", application=case, valid="[2024-12-31,)", **said)


@pytest.mark.parametrize("missing", ["deliberation", "form", "email_return", "postal_return"])
def test_an_adherent_has_all_its_pieces(ledger, missing):
    case = ledger.conn.execute("select nextval('registry.case_number')").fetchone()[0]
    kinds = {"deliberation", "form", "email_return", "postal_return"} - {missing}
    ledger.add_pieces("A", case, "2021-12-01", kinds)
    ledger.accept("A")
    with refused(ledger.conn, "adherent_has_all_pieces"):
        said = {"listed": True, "state": "adherent"}
        ledger.add("membership", organisation="A", application=case, valid="[2022-01-01,)", **said)


def test_a_membership_does_not_start_before_its_last_piece_came(ledger):
    case = ledger.conn.execute("select nextval('registry.case_number')").fetchone()[0]
    ledger.add_pieces("A", case, "2022-01-02")
    ledger.accept("A")
    with refused(ledger.conn, "adhesion_starts_when_all_is_received"):
        said = {"listed": True, "state": "adherent"}
        ledger.add("membership", organisation="A", application=case, valid="[2022-01-01,)", **said)


def test_nobody_adheres_without_accepting_an_instrument(ledger):
    case = ledger.conn.execute("select nextval('registry.case_number')").fetchone()[0]
    ledger.add_pieces("A", case, "2021-12-01")
    with refused(ledger.conn, "adherent_accepted_the_charter"):
        said = {"listed": True, "state": "adherent"}
        ledger.add("membership", organisation="A", application=case, valid="[2022-01-01,)", **said)


def test_a_company_is_never_an_applicant(ledger):
    with refused(ledger.conn, "only_public_authorities_adhere"):
        ledger.add("membership", organisation="ACME", listed=False, state="opinion_pending")


def test_a_body_outside_annex_1_is_not_adherent_without_an_approval(ledger):
    with refused(ledger.conn, "admission_is_decided_by_the_steering_committee"):
        ledger.adhere("A", listed=False)


def test_a_body_of_annex_1_is_never_refused(ledger):
    with refused(ledger.conn, "listed_bodies_are_admissible"):
        decision = ledger.decide(ledger.meeting("steering"), "steering", "admission", "A")
        said = {"state": "refused", "decision": decision, "reasons": "non", "notified_on": "2026-01-12"}
        ledger.add("membership", organisation="A", listed=True, **said)


@pytest.mark.parametrize(
    "said",
    [{"reasons": None, "notified_on": "2026-01-12"}, {"reasons": "  ", "notified_on": "2026-01-12"}, {"reasons": "x"}],
)
def test_a_refusal_has_reasons_and_a_notice(ledger, said):
    ledger.adhere("B")
    meeting = ledger.meeting("steering", present=["B"])
    decision = ledger.decide(meeting, "steering", "admission", "A")
    with refused(ledger.conn, "refusal_has_reasons_and_notice"):
        ledger.add("membership", organisation="A", listed=False, state="refused", decision=decision, **said)


def test_the_opinion_comes_before_the_decision(ledger):
    ledger.adhere("B")
    decision = ledger.decide(ledger.meeting("steering", present=["B"]), "steering", "admission", "A")
    with refused(ledger.conn, "opinion_comes_before_the_decision"):
        ledger.add("membership", organisation="A", listed=False, state="approved", decision=decision)


def test_one_voice_against_refuses(ledger):
    ledger.adhere("B")
    ledger.decide(ledger.meeting(day="2026-01-09", present=["B"]), subject="admission", about="A", nature="opinion")
    decision = ledger.decide(ledger.meeting("steering", present=["B"]), "steering", "admission", "A")
    ledger.add("vote", decision=decision, organisation="B", voice="against")
    with refused(ledger.conn, "admission_is_decided_by_the_steering_committee"):
        ledger.add("membership", organisation="A", listed=False, state="approved", decision=decision)


def test_an_abstention_is_not_an_opposition(ledger):
    ledger.adhere("B")
    ledger.decide(ledger.meeting(day="2026-01-09", present=["B"]), subject="admission", about="A", nature="opinion")
    decision = ledger.decide(ledger.meeting("steering", present=["B"]), "steering", "admission", "A")
    ledger.add("vote", decision=decision, organisation="B", voice="abstention")
    ledger.add("membership", organisation="A", listed=False, state="approved", decision=decision)


def test_a_meeting_where_nobody_sat_adopts_nothing(ledger):
    ledger.adhere("B")
    ledger.decide(ledger.meeting(day="2026-01-09", present=["B"]), subject="admission", about="A", nature="opinion")
    decision = ledger.decide(ledger.meeting("steering"), "steering", "admission", "A")
    with refused(ledger.conn, "admission_is_decided_by_the_steering_committee"):
        ledger.add("membership", organisation="A", listed=False, state="approved", decision=decision)


def test_only_partners_of_the_day_sit(ledger):
    ledger.adhere("A", "[2022-01-01,2026-01-10)")
    with refused(ledger.conn, "only_partners_sit"):
        ledger.meeting(day="2026-01-10", present=["A"])


def test_only_those_present_vote(ledger):
    ledger.adhere("A")
    ledger.adhere("B")
    decision = ledger.decide(ledger.meeting(present=["A"]))
    with refused(ledger.conn, "only_those_present_vote"):
        ledger.add("vote", decision=decision, organisation="B", voice="for")


def test_a_committee_rules_on_its_own_subjects_only(ledger):
    with refused(ledger.conn, "decision_committee_kind_subject_nature_fkey"):
        ledger.decide(ledger.meeting("steering"), "steering", "dataset", "adr")


def test_shared_data_have_one_owner_at_any_date(ledger):
    ledger.dataset("d", owner="A")
    with refused(ledger.conn, "one_owner_at_any_date"):
        ledger.add("ownership", dataset="d", organisation="B")


def test_coproduced_data_have_no_owner(ledger):
    ledger.dataset("adr", "coproduced")
    with refused(ledger.conn, "ownership_dataset_kind_fkey"):
        ledger.add("ownership", dataset="adr", organisation="A")


def test_a_dataset_never_changes_kind(ledger):
    ledger.dataset("d")
    with refused(ledger.conn, "history_is_not_rewritten"):
        ledger.conn.execute("update registry.dataset set kind = 'coproduced' where id = 'd'")


def validated(ledger, owners=("A", "B")):
    """`adr` in version 1, its co-owners frozen; gives the decision."""
    for organisation in owners:
        ledger.adhere(organisation)
    ledger.dataset("adr", "coproduced")
    decision = ledger.decide(ledger.meeting(present=owners))
    act = ledger.act()
    ledger.add("dataset_version", act=act, dataset="adr", version="1")
    ledger.add("inventory_entry", act=act, dataset="adr", version="1", decision=decision)
    for organisation in owners:
        said = {"organisation": organisation, "decision": decision, "since": "2026-01-10"}
        ledger.add("co_owner", act=act, dataset="adr", version="1", **said)
    return decision


def test_the_list_of_co_owners_is_frozen_at_validation(ledger):
    decision = validated(ledger)
    with refused(ledger.conn, "co_owners_are_frozen_at_validation"):
        said = {"organisation": "C", "decision": decision, "since": "2026-01-10"}
        ledger.add("co_owner", dataset="adr", version="1", **said)


@pytest.mark.parametrize("change", ["update registry.co_owner set organisation = 'C'", "delete from registry.co_owner"])
def test_a_co_owner_is_never_removed(ledger, change):
    validated(ledger)
    with refused(ledger.conn, "history_is_not_rewritten"):
        ledger.conn.execute(change)


def test_nothing_is_validated_without_a_decision(ledger):
    ledger.dataset("adr", "coproduced")
    with refused(ledger.conn, "validation_names_its_decision"):
        ledger.add("dataset_state", dataset="adr", kind="coproduced", state="validated")


def test_nothing_is_validated_without_its_frozen_co_owners(ledger):
    ledger.adhere("A")
    ledger.dataset("adr", "coproduced")
    decision = ledger.decide(ledger.meeting(present=["A"]))
    with refused(ledger.conn, "validated_has_frozen_co_owners"):
        ledger.add("dataset_state", dataset="adr", kind="coproduced", state="validated", decision=decision)


def test_an_opposed_decision_validates_nothing(ledger):
    ledger.adhere("A")
    ledger.dataset("adr", "coproduced")
    decision = ledger.decide(ledger.meeting(present=["A"]))
    ledger.add("vote", decision=decision, organisation="A", voice="against")
    ledger.add("dataset_version", dataset="adr", version="1")
    with refused(ledger.conn, "validation_by_the_technical_committee"):
        said = {"organisation": "A", "decision": decision, "since": "2026-01-10"}
        ledger.add("co_owner", dataset="adr", version="1", **said)


@pytest.mark.parametrize(("kind", "state"), [("mutualised", "validated"), ("coproduced", "published")])
def test_a_state_is_one_of_its_kind(ledger, kind, state):
    ledger.dataset("d", kind)
    with refused(ledger.conn, "state_of_its_kind"):
        ledger.add("dataset_state", dataset="d", kind=kind, state=state, decision=None)


def test_only_the_owner_sets_terms(ledger):
    ledger.dataset("d", owner="A")
    ledger.add("terms", dataset="d", set_by="A", mode="all_partners", actions=["view"], valid="[2026-01-01,2026-02-01)")
    with refused(ledger.conn, "only_the_owner_sets_terms"):
        ledger.add("terms", dataset="d", set_by="B", mode="closed", actions=[], valid="[2026-02-01,)")


def test_coproduced_data_have_no_terms(ledger):
    ledger.dataset("adr", "coproduced")
    with refused(ledger.conn, "terms_dataset_kind_fkey"):
        ledger.add("terms", dataset="adr", set_by="A", mode="closed", actions=[])


def test_only_the_owner_answers_a_request(ledger):
    ledger.dataset("d", owner="A")
    said = {"dataset": "d", "requester": "B", "purpose": "étude", "state": "granted"}
    with refused(ledger.conn, "only_the_owner_answers"):
        ledger.add("agreement", answered_by="C", **said)


def exception(**said):
    base = {"dataset": "d", "ground": "E1", "legal_text": "CRPA L311-6", "author": "x", "review_on": "2027-01-01"}
    return {**base, "state": "active", "valid": "[2026-01-01,)", **said}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"ground": "E7"}, "dataset_exception_ground_check"),
        ({"legal_text": " "}, "dataset_exception_legal_text_check"),
        ({"author": ""}, "dataset_exception_author_check"),
        ({"attributes": []}, "dataset_exception_attributes_check"),
        ({"ground": "E4"}, "e4_has_both_facts"),
        ({"ground": "E4", "objection_proved": True}, "e4_has_both_facts"),
        ({"ground": "E4", "law_allows": True}, "e4_has_both_facts"),
        ({"ground": "E5"}, "e5_names_its_beneficiaries"),
        ({"state": "alleged"}, "precaution_lasts_thirty_days"),
        ({"state": "alleged", "valid": "[2026-01-01,2026-02-01)"}, "precaution_lasts_thirty_days"),
    ],
)
def test_an_exception_has_all_it_needs(ledger, said, name):
    ledger.dataset("d", owner="A")
    with refused(ledger.conn, name):
        ledger.add("dataset_exception", **exception(**said))


@pytest.mark.parametrize("column", ["legal_text", "author", "review_on", "ground"])
def test_an_exception_leaves_nothing_unsaid(ledger, column):
    ledger.dataset("d", owner="A")
    with pytest.raises(psycopg.errors.NotNullViolation), ledger.conn.transaction():
        ledger.add("dataset_exception", **exception(**{column: None}))


def test_an_ept_serves_its_own_communes_only(ledger):
    ledger.add("territorial_membership", ept="T4", commune="A", valid="[2016-01-01,2025-01-01)")
    said = {"ept": "T4", "state": "offered"}
    ledger.add("sub_distribution", commune="A", valid="[2024-12-31,)", **said)
    for commune, valid in (("B", "[2024-12-31,)"), ("A", "[2025-01-01,)")):
        with refused(ledger.conn, "an_ept_serves_its_own_communes"):
            ledger.add("sub_distribution", commune=commune, valid=valid, **said)


def test_a_commune_belongs_to_one_ept(ledger):
    ledger.body("T5", "ept")
    ledger.add("territorial_membership", ept="T4", commune="A")
    with refused(ledger.conn, "one_ept_per_commune"):
        ledger.add("territorial_membership", ept="T5", commune="A")


def test_a_delegation_that_is_accepted_says_when(ledger):
    with refused(ledger.conn, "delegate_acknowledgement_is_dated"):
        ledger.add("delegation", delegator="A", contractor="ACME", contract="1", acknowledged=True)


def test_a_transfer_that_is_accepted_says_when(ledger):
    ledger.dataset("d", owner="A")
    said = {"giver": "A", "recipient": "ACME", "dataset": "d", "notice_sha256": "0" * 64}
    with refused(ledger.conn, "transfer_acknowledgement_is_dated"):
        ledger.add("third_party_transfer", acknowledged=True, **said)


def test_a_takedown_leaves_a_tombstone(ledger):
    ledger.dataset("d", owner="A")
    said = {"dataset": "d", "scope": "public", "requester": "x", "channel": "courriel"}
    with refused(ledger.conn, "takedown_leaves_a_tombstone"):
        ledger.add("takedown", state="executed", **said)
    ledger.add("takedown", state="executed", tombstone=Jsonb({"dataset": "d"}), **said)


def test_nobody_joins_a_frozen_audience(ledger):
    ledger.dataset("d", owner="A")
    ledger.add("frozen_audience", dataset="d", organisations=["B"], valid="[2026-01-01,)")
    ledger.conn.execute("update registry.frozen_audience set closed_by = %s", (ledger.act(),))
    with refused(ledger.conn, "nobody_joins_a_frozen_audience"):
        ledger.add("frozen_audience", dataset="d", organisations=["B", "C"], valid="[2026-01-01,)")


def test_the_charter_is_not_prolonged_without_a_decision(ledger):
    ledger.identity_once("instrument", id="c", kind="charter", version="1", title="Charte")
    ledger.add("instrument_term", instrument="c", kind="charter", valid="[2022-01-01,2027-01-01)")
    with refused(ledger.conn, "prolongation_is_decided_by_the_steering_committee"):
        ledger.add("instrument_term", instrument="c", kind="charter", valid="[2027-01-01,2032-01-01)")


def test_a_guest_of_a_working_group_leaves(ledger):
    ledger.identity("working_group", id="g")
    with refused(ledger.conn, "guests_leave"):
        ledger.add("group_member", working_group="g", organisation="A", guest=True)


@pytest.mark.parametrize(
    "change",
    [
        "update registry.organisation set name = 'Autre' where organisation = 'A'",
        "update registry.organisation set known = tstzrange('2020-01-01', null) where organisation = 'A'",
        "delete from registry.organisation where organisation = 'A'",
        "delete from registry.act",
        "update registry.act set author = 'un autre'",
        "update registry.body set id = 'Z' where id = 'A'",
        "truncate registry.organisation",
        "truncate registry.act cascade",
    ],
)
def test_history_is_not_rewritten(ledger, change):
    with refused(ledger.conn, "history_is_not_rewritten"):
        ledger.conn.execute(change)


def test_what_is_closed_is_not_closed_again(ledger):
    ledger.conn.execute("update registry.organisation set closed_by = %s where organisation = 'A'", (ledger.act(),))
    with refused(ledger.conn, "history_is_not_rewritten"):
        ledger.conn.execute("update registry.organisation set closed_by = %s where organisation = 'A'", (ledger.act(),))


@pytest.mark.parametrize("instant", ["2001-01-01", "2999-01-01"])
def test_an_act_is_recorded_when_it_is_recorded(ledger, instant):
    with refused(ledger.conn, "act_recorded_in_order"):
        ledger.conn.execute(
            "insert into registry.act (recorded_at, verb, article, effective, author, evidence_kind,"
            " evidence_reference, evidence_date, summary)"
            " values (%s, 'essai', '004', '2026-01-01', 'x', 'x', 'x', '2026-01-01', '')",
            (instant,),
        )


def test_every_fact_names_its_act(ledger):
    with pytest.raises(psycopg.errors.ForeignKeyViolation), ledger.conn.transaction():
        ledger.add("pilotage", act=-1, organisation="A")


@pytest.mark.parametrize(
    "forbidden",
    [
        "delete from registry.terms",
        "update registry.membership set closed_by = 1",
        "insert into registry.body (id) values ('Z')",
        "truncate registry.act",
        "select nextval('registry.case_number')",
    ],
)
def test_the_server_writes_no_fact(ledger, forbidden):
    ledger.conn.execute("set local role idg_app")
    ledger.conn.execute("select * from registry.membership")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), ledger.conn.transaction():
        ledger.conn.execute(forbidden)
