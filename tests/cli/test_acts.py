"""The words of the charter typed at a terminal: what they print, what they refuse, and with which exit code.

The module shares one database, adopted by the demonstration on 22 November 2026; tests write on bodies of their own.
"""

import json
from datetime import date

import pytest

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.registry import declared, publications

DAY = date(2026, 11, 22)
PCRS = {
    "id": "pcrs",
    "kind": "mutualised",
    "owner": "92050",
    "columns": ["geom", "nature", "phone"],
    "terms": {"mode": "all_partners", "actions": ["view", "query"]},
}
LETTER = ("--evidence", "courrier: 12", "--on", "2026-06-01")


@pytest.fixture(scope="module")
def adopted(database_url):
    with connect(database_url) as conn:
        adhesion.adopt(conn, DAY)
        declared.record(conn, PCRS, "greffier", date(2024, 1, 1))
        for draft in ("voirie", "riviere"):
            declared.record(conn, {"id": draft, "kind": "coproduced"}, "greffier", date(2024, 1, 1))
        said_of_it = {
            "title": {"fr": "Voies"},
            "description": {"fr": "Les voies du territoire."},
            "keywords": ["voirie"],
            "theme": "réseaux de transport",
            "lineage": {"fr": "Tirées pour l'essai."},
            "scale": [5000, 500],
            "updated": "2026-01-01",
        }
        publications.record(conn, {"voirie": {"declaration": said_of_it}}, author="greffier")
    return database_url


@pytest.fixture
def said(adopted, monkeypatch, capsys):
    """`said("why", "--who", …)`: exit code, standard output, standard error."""
    monkeypatch.setenv("IDG_DATABASE_URL", adopted)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()

    def run(*args):
        code = guarded(directory, [str(arg) for arg in args])
        out, err = capsys.readouterr()
        return code, out, err

    yield run
    messages.settings.cache_clear()


def test_why_answers_a_clerk_then_lists_every_rule(said):
    code, out, _ = said("why", "--who", "Garches", "--action", "query", "--collection", "adresses", "--on", DAY)
    assert code == 0
    paragraph, _, table = out.partition("\n\n")
    assert paragraph.startswith(
        "OUI. L'EPT Paris Ouest La Défense, partenaire, met « adresses » à la disposition de Garches"
    )
    assert "[Charte MIG, § 3.6 — règle B6]" in paragraph
    assert "004" not in out
    assert "Paris Ouest La Défense répond de l'usage" in paragraph
    assert all(rule in table for rule in ("A1", "B1", "B6", "B10"))


def test_why_names_the_contractor_and_whom_it_acts_for(said):
    asked = ("--action", "query", "--collection", "adresses", "--on", DAY)
    _, out, _ = said("why", "--who", "bureau-etudes-demo", *asked)
    assert "Bureau d'études (démonstration) agit comme prestataire de Nanterre" in out


def test_why_says_no_with_exit_1_and_what_to_do(said):
    code, out, _ = said("why", "--who", "92048", "--action", "query", "--collection", "pcrs", "--on", DAY)
    assert code == 1
    assert out.startswith("NON. ")
    assert "Adressez une demande d'adhésion" in out


def test_why_in_json_has_the_decision_and_every_rule_consulted(said):
    _, out, _ = said("why", "--who", "public", "--action", "query", "--collection", "pcrs", "--on", DAY, "--json")
    told = json.loads(out)
    assert (told["who"], told["outcome"], told["rule"], told["on"]) == ("public", "deny", "B11", "2026-11-22")
    assert [rule["rule"] for rule in told["consulted"]][:3] == ["A0", "A1", "A2"]
    assert told["facts"] > 1


def test_why_may_be_asked_in_a_role(said):
    asked = ("why", "--who", "departement-92", "--collection", "pcrs", "--action", "configure", "--on", DAY)
    assert said(*asked)[0] == 1
    assert said(*asked, "--role", "pilot_staff")[0] == 0


def test_why_on_the_last_day_of_the_charter_and_the_day_after(said):
    asked = ("why", "--who", "92026", "--action", "query", "--collection", "pcrs", "--on")
    assert said(*asked, "2026-12-31")[0] == 0
    code, out, _ = said(*asked, "2027-01-01")
    assert code == 1
    assert "La charte n'est plus en vigueur depuis le 01/01/2027" in out


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        (("--who", "Nanter", "--action", "query", "--collection", "pcrs"), "Nanterre (92050)"),
        (("--who", "92050", "--action", "qery", "--collection", "pcrs"), "query"),
        (("--who", "92050", "--action", "query", "--collection", "pcsr"), "pcrs"),
        (("--who", "92050", "--action", "query", "--collection", "pcrs", "--role", "pilot_stuff"), "pilot_staff"),
        (("--who", "92050", "--action", "query", "--collection", "pcrs", "--on", "2026-02-30"), "2026-02-28"),
        (("--who", "92050", "--action", "query", "--collection", "pcrs", "--known-at", "hier"), "AAAA-MM-JJ"),
    ],
)
def test_a_word_that_is_not_understood_is_answered_with_the_nearest(said, wrong, near):
    code, out, err = said("why", *wrong)
    assert (code, out) == (2, "")
    assert near in err


def test_what_may_this_body_see(said):
    _, out, _ = said("why", "--who", "92048", "--visible", "--on", DAY, "--json")
    assert {row["collection"] for row in json.loads(out)["visible"]} == {"pcrs", "voirie", "riviere"}
    _, out, _ = said("why", "--who", "92048", "--visible", "--action", "download", "--on", DAY, "--json")
    assert json.loads(out)["visible"] == []


def test_who_may_see_this_collection(said):
    _, out, _ = said("why", "--collection", "adresses", "--who-may", "--action", "download", "--on", DAY, "--json")
    told = {row["organisation"]: row["rule"] for row in json.loads(out)["who_may"]}
    assert told["92033"] == "B6"
    assert told["92064"] == "B4b"
    assert told["bureau-etudes-demo"] == "B7"
    assert "public" not in told
    assert len(told) == 24 + 2 + 1


def test_what_would_change_the_answer(said):
    code, out, _ = said(
        "why", "--who", "La Garenne-Colombes", "--collection", "adresses", "--what-would-change", "--on", DAY
    )
    assert code == 1
    assert "acceptation" in out


def test_what_changes_between_two_days(said):
    received = "2026-09-23"
    _, out, _ = said("why", "--who", "92044", "--between", "2026-09-22", received, "--collection", "adresses", "--json")
    changes = {(row["action"], row["direction"]) for row in json.loads(out)["changes"]}
    assert changes == {("view", "loses"), ("query", "loses"), ("download", "loses")}


def test_the_list_of_partners_counts_them_and_warns_of_the_end_of_the_charter(said):
    code, out, _ = said("partner", "list", "--on", DAY)
    assert code == 0
    assert "24 partenaire(s)" in out
    assert "31/12/2026" in out
    _, out, _ = said("partner", "list", "--on", DAY, "--json")
    told = json.loads(out)
    assert told["count"] == 24
    assert [warning["months"] for warning in told["charter"]["warnings"]] == [12, 6, 3]


def test_an_adhesion_from_the_application_to_the_admission(said):
    who = "Sèvres"
    assert said("partner", "apply", who, *LETTER)[0] == 0
    code, _, err = said("partner", "admit", who, *LETTER)
    assert code == 1
    assert "Charte MIG, § 2.2.1" in err
    for kind in ("deliberation", "form", "email_return", "postal_return"):
        dates = ("--dated", "2026-05-01", "--received", "01/06/2026")
        assert said("partner", "piece", who, kind, "--reference", "1", *dates, *LETTER)[0] == 0
    code, out, _ = said("partner", "admit", who, *LETTER)
    assert code == 0
    assert "Sèvres est partenaire à compter du 01/06/2026. [Charte MIG, § 2.2.1]" in out
    _, out, _ = said("partner", "show", who, "--on", DAY, "--json")
    told = json.loads(out)
    assert told["state"] == "adherent"
    assert told["course"][-1]["evidence_reference"] == "12"


def test_a_refusal_without_reasons_is_refused_with_its_article(said):
    assert said("partner", "apply", "Argenteuil", *LETTER)[0] == 0
    assert said("partner", "opinion", "Argenteuil", "--present", "bspp", *LETTER)[0] == 0
    vote = ("--present", "bspp", "--present", "Nanterre", "--against", "bspp")
    code, out, err = said("partner", "refuse", "Argenteuil", *vote, *LETTER)
    assert (code, out) == (1, "")
    assert "Charte MIG, § 2.2.2" in err
    notice = ("--reasons", "trop loin", "--notified", "2026-06-20")
    assert said("partner", "refuse", "Argenteuil", *vote, *notice, *LETTER)[0] == 0
    _, out, _ = said("partner", "list", "--on", DAY, "--json")
    assert {"95018": "refused"}.items() <= {r["organisation"]: r["state"] for r in json.loads(out)["others"]}.items()


def test_a_withdrawal_tells_what_each_side_keeps(said):
    code, out, _ = said("partner", "withdraw", "Colombes", "--received", "2026-11-10", "--evidence", "1A 234", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["effective"] == "2026-11-10"
    assert ("both", "adresses") in {(row["side"], row["dataset"]) for row in told["kept"]}
    asked = ("why", "--who", "Colombes", "--action", "query", "--collection", "pcrs", "--on")
    assert said(*asked, "2026-11-09")[0] == 0
    assert said(*asked, "2026-11-10")[0] == 1


@pytest.mark.parametrize("received", ["2026-02-30", "2999-01-01"])
def test_an_impossible_day_of_receipt_withdraws_nobody(said, received):
    code, _, _ = said("partner", "withdraw", "Clamart", "--received", received, "--evidence", "1A 234")
    assert code == 2
    _, out, _ = said("partner", "list", "--on", DAY, "--json")
    assert "92023" in {row["organisation"] for row in json.loads(out)["partners"]}


def test_what_we_believed_is_asked_with_known_at(said, adopted):
    asked = ("why", "--who", "Puteaux", "--action", "query", "--collection", "pcrs", "--on", "2026-11-15")
    with connect(adopted) as conn:
        before = conn.execute("select max(recorded_at) from registry.act").fetchone()[0]
    assert said("partner", "withdraw", "Puteaux", "--received", "2026-11-10", "--evidence", "1A 9")[0] == 0
    assert said(*asked)[0] == 1
    code, out, _ = said(*asked, "--known-at", before.isoformat())
    assert code == 0
    assert "d'après ce que l'on savait" in out


def test_a_referent_is_named_and_shown(said):
    who = ("Nanterre", "technical_referent", "--person", "Camille Martin", "--email", "sig@nanterre.example")
    assert said("partner", "mandate", *who, *LETTER)[0] == 0
    _, out, _ = said("partner", "show", "Nanterre", "--on", DAY)
    assert "référent technique : Camille Martin sig@nanterre.example" in out
    _, out, _ = said("partner", "list", "--on", DAY, "--json")
    assert "92050" not in json.loads(out)["without_referent"]
    assert said("partner", "mandate", "Nanterre", "technical_referent", *LETTER)[0] == 0


def test_a_database_without_a_registry_says_to_migrate(said, cluster, monkeypatch):
    monkeypatch.setenv("IDG_DATABASE_URL", cluster.url(role="idg_owner", database="postgres"))
    messages.settings.cache_clear()
    code, out, err = said("partner", "list")
    assert (code, out) == (3, "")
    assert "mig-idg db migrate" in err


def test_an_act_without_its_piece_of_evidence_is_not_understood(said):
    code, _, err = said("partner", "apply", "Vanves")
    assert code == 2
    assert "--evidence" in err
    assert said("partner", "apply", "Vanves", "--evidence", " ")[0] == 2


def test_every_act_has_its_author_its_day_and_its_piece(said, adopted):
    evidence = ("--evidence", "courriel: n° 7", "--evidence-date", "2026-05-30", "--author", "c.martin")
    said("partner", "apply", "Chaville", "--on", "2026-06-01", *evidence)
    with connect(adopted) as conn:
        row = conn.execute(
            "select verb, article, effective, author, evidence_kind, evidence_reference, evidence_date"
            " from registry.act order by id desc limit 1"
        ).fetchone()
    assert row == (
        "partner apply",
        "Charte MIG, § 2.2.1",
        date(2026, 6, 1),
        "c.martin",
        "courriel",
        "n° 7",
        date(2026, 5, 30),
    )


def test_an_ept_serves_a_commune_and_stops(said):
    pair = ("ept-t2", "Sceaux")
    assert said("ept", "sub-distribute", *pair, *LETTER)[0] == 0
    assert said("ept", "acknowledge", *pair, *LETTER)[0] == 0
    _, out, _ = said("ept", "list", "--on", DAY, "--json")
    assert {r["commune"]: r["state"] for r in json.loads(out)}["92071"] == "acknowledged"
    assert said("ept", "suspend", *pair, "--reasons", "usage commercial", *LETTER)[0] == 0
    assert said("ept", "resume", *pair, *LETTER)[0] == 0
    assert said("ept", "end", *pair, *LETTER)[0] == 0
    assert said("ept", "end", *pair, *LETTER)[0] == 1


def test_an_ept_that_is_no_partner_is_told_the_article(said):
    code, _, err = said("ept", "sub-distribute", "ept-t3", "Meudon", *LETTER)
    assert code == 1
    assert "Charte MIG, § 3.5.2, § 3.6" in err


def test_an_exception_is_declared_listed_and_lifted(said):
    scope = ("pcrs", "--ground", "E1", "--attribute", "phone", "--legal", "CRPA L311-6", "--review", "2027-05-01")
    _, out, _ = said("exception", "declare", *scope, "--json", *LETTER)
    number = json.loads(out)["exception"]
    _, out, _ = said("exception", "list", "--collection", "pcrs", "--on", DAY, "--json")
    assert [row["exception"] for row in json.loads(out)] == [number]
    assert said("exception", "review", number, "--next", "2028-01-01", *LETTER)[0] == 0
    assert said("exception", "lift", number, *LETTER)[0] == 0
    assert said("exception", "lift", number, *LETTER)[0] == 1


def test_ground_e4_with_one_fact_is_refused_and_nothing_written(said):
    half = ("pcrs", "--ground", "E4", "--legal", "CPI", "--review", "2027-05-01", "--objection-proved")
    code, _, err = said("exception", "declare", *half, *LETTER)
    assert code == 1
    assert "Charte MIG, § 3.3 (4e tiret)" in err
    _, out, _ = said("exception", "list", "--on", DAY, "--json")
    assert "E4" not in {row["ground"] for row in json.loads(out)}


def test_terms_are_set_by_the_owner_only(said):
    code, _, err = said("terms", "set", "pcrs", "--mode", "closed", "--by", "Clichy", *LETTER)
    assert code == 1
    assert "Adressez-vous à Nanterre" in err
    on = ("--evidence", "courrier: 12", "--on", "2026-12-01")
    assert said("terms", "set", "pcrs", "--mode", "named", "--action", "query", "--named", "Clichy", *on)[0] == 0
    _, out, _ = said("terms", "show", "pcrs", "--json")
    assert [row["mode"] for row in json.loads(out)] == ["all_partners", "named"]


def test_a_request_is_asked_and_answered(said):
    _, out, _ = said("grant", "ask", "pcrs", "--who", "Clichy", "--purpose", "étude", "--json", *LETTER)
    number = json.loads(out)["request"]
    code, _, err = said("grant", "answer", number, "--no", *LETTER)
    assert code == 1
    assert "motivé" in err
    assert said("grant", "answer", number, "--yes", *LETTER)[0] == 0
    _, out, _ = said("grant", "list", "--on", DAY, "--json")
    assert [row["state"] for row in json.loads(out)] == ["granted"]


def test_a_contractor_is_registered_delegated_and_accepts(said):
    assert said("partner", "register", "geo-sarl", "--name", "Géo SARL", "--kind", "company", *LETTER)[0] == 0
    end = ("--contract", "2026-17", "--until", "2026-12-15")
    _, out, _ = said("delegate", "add", "Nanterre", "Géo SARL", *end, "--json", *LETTER)
    number = json.loads(out)["delegation"]
    assert said("delegate", "acknowledge", number, *LETTER)[0] == 0
    assert said("why", "--who", "geo sarl", "--action", "query", "--collection", "adresses", "--on", DAY)[0] == 0
    assert said("delegate", "end", number, *LETTER)[0] == 0
    assert said("delegate", "add", "Meudon", "Géo SARL", *end, *LETTER)[0] == 1


def test_a_third_party_is_told_the_conditions(said):
    assert said("partner", "register", "asso-pietons", "--name", "Piétons", "--kind", "association", *LETTER)[0] == 0
    _, out, _ = said("transfer", "record", "Nanterre", "Piétons", "pcrs", "--notice", "Citer.", "--json", *LETTER)
    assert said("transfer", "acknowledge", json.loads(out)["transfer"], *LETTER)[0] == 0
    _, out, _ = said("transfer", "list", "--on", DAY, "--json")
    assert [row["acknowledged"] for row in json.loads(out)] == [True]


def test_a_takedown_is_asked_executed_and_lifted(said):
    who = ("--scope", "public", "--requester", "un riverain", "--channel", "courriel")
    _, out, _ = said("takedown", "request", "voirie", *who, "--json", *LETTER)
    number = json.loads(out)["takedown"]
    assert said("takedown", "execute", number, *LETTER)[0] == 0
    _, out, _ = said("takedown", "list", "--on", DAY, "--json")
    assert json.loads(out)[0]["tombstone"]["dataset"] == "voirie"
    assert said("takedown", "lift", number, *LETTER)[0] == 0


def test_a_validation_that_is_opposed_is_recorded_and_validates_nothing(said):
    meeting = ("committee", "record", "--committee", "technical", "--present", "Nanterre", "--present", "bspp")
    day = ("--on", "2026-06-02", "--evidence", "compte-rendu: 4")
    code, _, err = said(*meeting, "--validate", "voirie:1", *day)
    assert code == 1
    assert "n'est pas soumis au comité technique" in err
    assert "structured → collecting → consolidated → submitted" in err
    for stage in ("structured", "collecting", "consolidated", "submitted"):
        assert said("committee", "stage", "voirie", stage, *LETTER)[0] == 0
    code, out, _ = said(*meeting, "--validate", "voirie", "--against", "voirie=bspp", *day)
    assert code == 0
    assert "dataset voirie : non adopté" in out
    _, out, _ = said(
        *meeting, "--validate", "voirie:2026", "--on", "2026-06-03", "--evidence", "compte-rendu: 5", "--json"
    )
    (done,) = json.loads(out)
    assert "92050" in done["co_owners"]
    assert "95018" not in done["co_owners"]
    assert done["present"] == ["92050", "bspp"]
    assert "92026" in done["absent"]
    _, out, _ = said("committee", "list", "--json")
    assert "2026-06-02" in {row["held_on"] for row in json.loads(out)}


def test_a_co_owner_opens_what_is_validated_and_may_take_it_back(said):
    act = ("adresses", "--by", "Nanterre")
    _, out, _ = said("terms", "open", *act, "--on", "2026-06-10", "--evidence", "courriel: 3", "--json")
    told = json.loads(out)
    assert told["opens"] == "2026-06-25"
    assert "92050" not in told["notified"]
    _, out, _ = said("terms", "openings", "--json")
    assert [row["dataset"] for row in json.loads(out)] == ["adresses"]
    assert said("why", "--who", "public", "--action", "query", "--collection", "adresses", "--on", "2026-06-24")[0] == 1
    code, out, _ = said("why", "--who", "public", "--action", "query", "--collection", "adresses", "--on", "2026-06-25")
    assert (code, "licence ouverte" in out) == (0, True)
    assert said("terms", "take-back", *act, "--on", "2026-06-11", "--evidence", "courriel: 4")[0] == 0
    assert said("why", "--who", "public", "--action", "query", "--collection", "adresses", "--on", "2026-06-25")[0] == 1


def test_a_coproduction_moves_to_the_committee_and_no_further(said):
    code, _, err = said("committee", "stage", "riviere", "submitted", *LETTER)
    assert code == 1
    assert "Étapes possibles : structured, rejected." in err
    for stage in ("structured", "consolidated", "submitted"):
        assert said("committee", "stage", "riviere", stage, *LETTER)[0] == 0
    code, _, err = said("committee", "stage", "riviere", "submited", *LETTER)
    assert code == 2
    assert "submitted" in err
    assert said("committee", "stage", "pcrs", "submitted", *LETTER)[0] == 1
    asked = ("why", "--who", "bspp", "--action", "query", "--collection", "riviere", "--on", "2026-06-02")
    assert said(*asked)[0] == 1
    assert said(*asked, "--role", "technical_committee")[0] == 0


@pytest.mark.parametrize(
    "act",
    [
        ("committee", "record", "--committee", "steering", "--present", "bspp", "--validate", "voirie"),
        ("committee", "record", "--committee", "technical", "--present", "bspp", "--prolong", "2032-01-01"),
        ("committee", "record", "--committee", "technical", "--present", "Meudon", "--validate", "voirie"),
    ],
)
def test_a_committee_outside_its_role_is_refused_with_the_article(said, act):
    code, out, err = said(*act, "--on", "2026-06-04", "--evidence", "compte-rendu: 6")
    assert (code, out) == (1, "")
    assert "Charte MIG, § 2." in err


def test_an_english_speaker_is_answered_in_english(said, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    _, out, _ = said("why", "--who", "Garches", "--action", "query", "--collection", "adresses", "--on", DAY)
    assert out.startswith("YES. ")


def test_a_change_of_the_charter_is_put_approved_and_accepted_partner_by_partner(said):
    present = ("--present", "92050", "--present", "92024", "--present", "departement-92")
    minutes = ("--evidence", "compte-rendu: 30")
    put = ("charter_change", "mig-2026-1", "Périmètre élargi")
    amend = ("committee", "amend", "mig-2026-1", "--title", "Périmètre élargi", "--evidence", "charte: v2")
    code, _, err = said(*amend, "--on", "2026-05-01")
    assert (code, "§ 2.6" in err) == (1, True)
    said("committee", "record", "--committee", "technical", *present, "--opinion", *put, "--on", "2026-03-01", *minutes)
    said("committee", "record", "--committee", "steering", *present, "--item", *put, "--on", "2026-04-01", *minutes)
    code, out, _ = said(*amend, "--on", "2026-05-01")
    assert (code, "approuvée par le comité de pilotage" in out) == (0, True)
    accept = ("partner", "accept", "Nanterre", "mig-2026-1", "--evidence", "délibération: 42")
    code, out, _ = said(*accept, "--on", "2026-06-02")
    assert (code, "qui l'engage à compter du 02/06/2026" in out) == (0, True)
    _, out, _ = said("partner", "versions", "--on", "2026-06-02", "--json")
    change = {row["version"]: row for row in json.loads(out)}["mig-2026-1"]
    assert change["binds"] == ["92050"]
    assert "92024" in change["awaited"]
    _, out, _ = said("partner", "versions", "--on", "2026-06-02")
    assert "Clichy" in out


def test_an_approval_of_a_change_nobody_put_proposes_the_nearest_and_writes_nothing(said, adopted):
    with connect(adopted) as conn:
        (before,) = conn.execute("select count(*) from registry.act").fetchone()
    code, _, err = said("partner", "accept", "92024", "mig-2026", "--on", "2026-06-02", "--evidence", "d: 1")
    assert code == 2
    code, _, err = said("partner", "accept", "Clichi", "mig-2026-1", "--on", "2026-06-02", "--evidence", "d: 1")
    assert (code, "Clichy" in err) == (2, True)
    with connect(adopted) as conn:
        assert conn.execute("select count(*) from registry.act").fetchone() == (before,)


def test_an_agreement_is_asked_for_some_actions(said):
    piece = ("--evidence", "courriel: 9", "--on", "2026-06-01")
    said(
        "terms",
        "set",
        "pcrs",
        "--by",
        "92050",
        "--mode",
        "on_agreement",
        "--action",
        "view",
        "--action",
        "query",
        *piece,
    )
    code, out, _ = said(
        "grant", "ask", "pcrs", "--who", "92063", "--purpose", "étude", "--action", "view", "--json", *piece
    )
    assert code == 0
    number = json.loads(out)["request"]
    code, _, err = said("grant", "answer", number, "--yes", "--action", "vew", *piece)
    assert (code, "« view »" in err) == (2, True)
    assert said("grant", "answer", number, "--yes", *piece)[0] == 0
    asked = ("why", "--who", "92063", "--collection", "pcrs", "--on", "2026-06-01", "--action")
    assert (said(*asked, "view")[0], said(*asked, "query")[0]) == (0, 1)


def test_a_working_group_is_joined_led_and_left(said):
    piece = ("--evidence", "compte-rendu: 31")
    assert said("committee", "join", "voirie", "Courbevoie", "--on", "2026-06-01", *piece)[0] == 0
    code, _, err = said("committee", "join", "voirie", "bureau-etudes-demo", "--on", "2026-06-01", *piece)
    assert (code, "§ 2.4.3" in err, "--guest" in err) == (1, True, True)
    present = ("--present", "92050", "--present", "92024")
    code, out, _ = said("committee", "facilitate", "voirie", "92026", *present, "--on", "2026-06-02", *piece)
    assert (code, "Courbevoie anime" in out) == (0, True)
    _, out, _ = said("committee", "groups", "--on", "2026-06-02", "--json")
    assert {
        "dataset": "voirie",
        "organisation": "92026",
        "facilitator": True,
        "guest": False,
        "since": "2026-06-02",
        "until": None,
    } in json.loads(out)
    assert said("committee", "leave", "voirie", "92026", "--on", "2026-06-03", *piece)[0] == 0
    _, out, _ = said("committee", "groups", "--on", "2026-06-03")
    assert "92026" not in out


def test_the_agenda_holds_the_withdrawals_to_analyse_and_the_end_of_the_charter(said):
    said("partner", "withdraw", "92023", "--received", "2026-10-01", "--evidence", "courrier recommandé: 1A 9")
    code, out, _ = said("committee", "agenda", "--on", "2026-11-22")
    assert code == 0
    assert "Motifs et conséquences du retrait de Clamart" in out
    assert "la charte prend fin après le 31/12/2026" in out
    _, out, _ = said("committee", "agenda", "--on", "2025-06-01", "--json")
    assert json.loads(out) == []


def test_standings_are_told_in_words_and_kept_as_codes_for_programs(said):
    _, out, _ = said("partner", "list", "--on", "2026-11-22")
    assert "ancien partenaire" in out
    assert "adherent" not in out
    _, out, _ = said("partner", "show", "92050", "--on", "2026-11-22")
    assert "(92050) : partenaire" in out
    _, out, _ = said("partner", "list", "--on", "2026-11-22", "--json")
    assert {row["state"] for row in json.loads(out)["partners"]} == {"adherent"}
