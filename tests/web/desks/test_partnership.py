"""The partnership's desk: cases, conventions and interventions by those whom each concerns, and by nobody else."""

from __future__ import annotations

from typing import Any

from mig_idg.database import connect
from mig_idg.registry.statements import ask
from mig_idg.web.desks.acts.partnership import ACTS

PIECE = {"evidence": "courrier : 12"}


def sent(someone: Any, act: str, **said: Any) -> Any:
    """The act done to its receipt, on a piece that is named."""
    return someone.do(act, **said, **PIECE)


def test_a_partner_declares_a_project_which_the_pilot_sees_and_moves(person: Any) -> None:
    town, pilot = person("owner"), person("pilot")
    done = sent(town, "case-open-acquisition", subject="LiDAR 2027", area="Nanterre", contact="sig@nanterre.example")
    assert "Reçu de l" in done.text
    assert "LiDAR 2027" in town.get("/desk/partnership").text
    desk = pilot.get("/desk/partnership")
    assert "LiDAR 2027" in desk.text
    (move,) = [one for one in pilot.form("case-move").offered["move"] if one.endswith(":decided")]
    sent(pilot, "case-move", move=move, words="Marché notifié.")
    assert "décidé" in town.get("/desk/partnership").text
    assert "LiDAR 2027" not in person("other-partner").get("/desk/partnership").text


def test_another_s_case_cannot_be_moved(person: Any) -> None:
    town, other = person("owner"), person("other-partner")
    sent(town, "case-open-need", subject="Formation à QGIS", nature="technical")
    (move,) = [one for one in town.form("case-move").offered["move"] if one.endswith(":passed_up")]
    assert move not in other.form("case-move").offered.get("move", [])
    refused = other.send(other.form("case-move"), move=move, words="x", **PIECE)
    assert refused.status_code == 422
    assert "Choisissez dans la liste" in refused.text


def test_the_pilot_records_a_convention_and_a_party_gives_notice(person: Any) -> None:
    pilot, town = person("pilot"), person("owner")
    sent(pilot, "convention-sign", id="od-1", title="Ouverture", model="tarn-et-garonne", party_a="92050",
         signed_a="2026-01-12", party_b="departement-92", signed_b="2026-01-15")  # fmt: skip
    assert "Ouverture" in town.get("/desk/partnership").text
    done = sent(town, "convention-notice", convention="od-1", letter="1A 234", received="2026-06-10")
    assert "prend fin le 14/01/2027" in done.text
    assert "Ouverture" not in person("other-partner").get("/desk/partnership").text


def test_what_is_the_pilot_s_is_refused_to_a_partner(person: Any) -> None:
    town = person("owner")
    for act in ("convention-sign", "case-open-service-agreement", "committee-return"):
        assert town.get(f"/desk/acts/{act}").status_code == 403


def test_the_desk_is_the_partners(person: Any) -> None:
    for account in ("served-commune", "contractor", "withdrawn"):
        assert person(account).get("/desk/partnership").status_code == 403


def test_every_act_opens_as_a_form_in_both_languages(person: Any) -> None:
    for lang in ("fr", "en"):
        pilot = person("pilot", lang)
        for act in ACTS:
            page = pilot.get(f"/desk/acts/{act.id}")
            assert page.status_code == 200, act.id
            assert act.title.in_(lang).replace("'", "&#39;") in page.text


def test_a_desk_reads_whether_conflicts_are_decided(own_service: Any) -> None:
    with connect(own_service.database_url) as owner:
        owner.execute("set role idg_clerk")
        assert ask(owner, "undecided_conflicts", {"dataset": "adresses"}) == []
