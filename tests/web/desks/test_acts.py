"""Acts on pages: form, preview of the effect, confirmation, receipt; and what a form may not be made to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mig_idg.database import connect

OWNED = "videosurveillance"
ITEMS = f"/collections/{OWNED}/items?limit=1"
PDF = b"%PDF-1.4\n%%EOF\n"


def acts(service: Any, verb: str) -> int:
    with connect(service.database_url) as owner:
        row = owner.execute("select count(*) from registry.act where verb = %s", (verb,)).fetchone()
    assert row is not None
    return int(row[0])


def lifted(nanterre: Any) -> Any:
    """The exception that covers the cameras of Nanterre is lifted, on the page."""
    (number,) = [one for one in nanterre.form("exception-lift").offered["number"] if one]
    return nanterre.do("exception-lift", number=number)


def test_an_owner_sees_who_will_read_before_opening_and_gets_a_receipt(person: Any, own_service: Any) -> None:
    nanterre = person("owner")
    assert "gagne" in lifted(nanterre).text
    assert own_service.get(ITEMS, "other-partner").status_code == 200
    before = acts(own_service, "terms set")
    shown = nanterre.send(nanterre.form("terms-set"), dataset=OWNED, preset="closed")
    assert shown.status_code == 200
    assert "− « videosurveillance »" in shown.text
    assert "perd voir" in shown.text
    assert "Charte MIG, § 3.2, glossaire" in shown.text
    assert acts(own_service, "terms set") == before
    done = nanterre.do("terms-set", dataset=OWNED, preset="closed")
    assert "Reçu de l" in done.text
    assert acts(own_service, "terms set") == before + 1
    assert own_service.get(ITEMS, "other-partner").status_code == 403


def test_a_town_asks_and_the_owner_grants_what_the_town_then_reads(person: Any, own_service: Any) -> None:
    nanterre, courbevoie = person("owner"), person("other-partner")
    lifted(nanterre)
    nanterre.do("terms-set", dataset=OWNED, preset="agreement")
    asked = courbevoie.do("grant-ask", dataset=OWNED, purpose="Préparer la vidéoprotection commune.")
    assert "demande l" in asked.text
    assert own_service.get(ITEMS, "other-partner").status_code == 403
    desk = nanterre.get("/desk/owner")
    assert "Préparer la vidéoprotection commune." in desk.text
    form = nanterre.form("grant-answer")
    (number,) = [one for one in form.offered["number"] if one]
    refused = nanterre.send(form, number=number, answer="no")
    assert refused.status_code == 422
    assert "Un refus d&#39;accord est motivé." in refused.text
    nanterre.do("grant-answer", number=number, answer="yes")
    assert own_service.get(ITEMS, "other-partner").status_code == 200
    assert "accordée" in courbevoie.get("/desk").text


def test_an_ept_serves_a_commune_which_accepts_then_is_suspended_in_one_click(
    person: Any, own_service: Any, read_form: Callable[..., Any]
) -> None:
    ept, vaucresson = person("ept"), person("unserved-commune")
    path = "/collections/adresses/items?limit=1"
    assert own_service.get(path, "unserved-commune").status_code == 403
    ept.do("ept-sub-distribute", commune="92076")
    assert own_service.get(path, "unserved-commune").status_code == 403
    waiting = vaucresson.get("/desk")
    assert "Données mises à disposition" in waiting.text
    vaucresson.do("ept-acknowledge", ept="ept-t4", agreed="yes")
    assert own_service.get(path, "unserved-commune").status_code == 200
    shown = ept.send(read_form(ept.get("/desk/ept"), "now"))
    assert shown.status_code == 200
    assert "perd" in shown.text
    one = read_form(shown)
    done = ept.send(one, "confirm")
    assert done.status_code == 303
    account = {"92033": "served-commune", "92076": "unserved-commune"}.get(one.fields["commune"][0])
    assert account is None or own_service.get(path, account).status_code == 403


def test_the_pilot_brings_an_adhesion_to_its_end_and_records_a_meeting(person: Any, own_service: Any) -> None:
    pilot = person("pilot")
    applied = pilot.do(
        "partner-apply", who="92048", signatory_surname="Martin", signatory_name="Ève", signatory_capacity="Maire",
        address="1 rue de la Mairie", steering_name="A. Martin", steering_email="a@meudon.example", steering_phone="01",
        referent_name="B. Petit", referent_email="b@meudon.example", referent_phone="02", place="Meudon",
        signed="2026-06-01", agreed="yes",
    )  # fmt: skip
    assert "recevable" in applied.text
    pdf = pilot.get(applied.url.path + "/pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    early = pilot.send(pilot.form("partner-admit"), who="92048", evidence="dossier : 1")
    assert early.status_code == 403
    assert "§ 2.2.1" in early.text
    for kind in ("deliberation", "form", "email_return", "postal_return"):
        pilot.do("partner-piece", who="92048", kind=kind, reference=f"{kind} 1", dated="2026-06-02",
                 received="10/06/2026", evidence="bordereau : 1")  # fmt: skip
    admitted = pilot.do("partner-admit", who="92048", evidence="dossier : complet")
    assert "est partenaire" in admitted.text
    assert "gagne" in admitted.text
    meeting = pilot.do(
        "committee-record", committee="steering", present=["92050", "92026", "bspp"], on="2026-06-14",
        subject="steering:orientations:decision", about="2027", motion="Feuille de route 2027", against=["bspp"],
        evidence="compte-rendu : 14 juin",
    )  # fmt: skip
    assert meeting.status_code == 200
    assert "non adopté" in pilot.get("/desk/committees").text


def test_what_the_charter_refuses_is_refused_with_its_article_and_nothing_is_written(
    person: Any, own_service: Any
) -> None:
    nanterre = person("owner")
    before = acts(own_service, "exception declare")
    late = nanterre.send(nanterre.form("exception-declare"), dataset=OWNED, ground="E3", legal="CSI, L. 251-1",
                         review="2029-01-01")  # fmt: skip
    assert late.status_code == 403
    assert "§ 3.3" in late.text
    assert 'value="CSI, L. 251-1"' in late.text
    assert acts(own_service, "exception declare") == before


def test_errors_stand_beside_their_fields_and_what_was_typed_is_kept(person: Any) -> None:
    nanterre = person("owner")
    page = nanterre.send(nanterre.form("exception-declare"), dataset=OWNED, legal="RGPD", review="2026-13-45")
    assert page.status_code == 422
    assert 'id="e-ground"' in page.text
    assert 'id="e-review"' in page.text
    assert 'href="#f-ground-0"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert 'value="RGPD"' in page.text
    english = person("owner", "en")
    page = english.send(english.form("exception-declare"), dataset=OWNED)
    assert "This field is expected." in page.text


@pytest.mark.parametrize(
    ("account", "act", "fields"),
    [
        ("other-partner", "terms-set", {"dataset": OWNED, "preset": "all"}),
        ("owner", "ept-suspend", {"commune": "92033", "reasons": "x"}),
        ("owner", "partner-withdraw", {"who": "92026", "received": "2026-06-01"}),
        ("committee", "committee-validate", {"dataset": "adresses"}),
        ("contractor", "delegate-add", {"contractor": "bspp"}),
    ],
)
def test_an_act_of_somebody_else_is_refused_with_its_article(
    person: Any, own_service: Any, account: str, act: str, fields: dict[str, str]
) -> None:
    stranger = person(account)
    page = stranger.get(f"/desk/acts/{act}")
    if page.status_code == 200:  # the act exists for the body, not on that dataset
        form = stranger.form(act)
        assert all(value not in form.offered.get(name, []) for name, value in fields.items() if name == "dataset")
        assert stranger.send(form, **fields).status_code == 422
        return
    assert page.status_code == 403
    assert "§" in page.text
    other = stranger.form("grant-ask")
    other.action = f"/desk/acts/{act}"
    assert stranger.send(other, **fields).status_code == 403


def test_another_ept_s_commune_and_another_owner_s_request_cannot_be_named(person: Any, own_service: Any) -> None:
    ept = person("ept")
    forged = ept.send(ept.form("ept-sub-distribute"), commune="95018")
    assert forged.status_code == 422
    assert "Choisissez dans la liste." in forged.text
    nanterre = person("owner")
    assert nanterre.send(nanterre.form("grant-answer"), number="1", answer="yes").status_code == 422


def test_fields_that_no_form_has_change_nothing(person: Any, read_form: Callable[..., Any]) -> None:
    nanterre = person("owner")
    shown = nanterre.send(nanterre.form("terms-set"), dataset=OWNED, preset="consult", by="92026", mode="closed",
                          login="demo-pilot", organisation="92026")  # fmt: skip
    assert shown.status_code == 200
    assert "demo-pilot" not in shown.text
    done = nanterre.get(nanterre.send(read_form(shown), "confirm").headers["location"])
    assert "demo-owner" in done.text
    assert "Nanterre" in done.text


def test_a_form_sent_twice_does_nothing_twice(person: Any, own_service: Any, read_form: Callable[..., Any]) -> None:
    nanterre = person("owner")
    before = acts(own_service, "terms set")
    confirm = read_form(nanterre.send(nanterre.form("terms-set"), dataset=OWNED, preset="consult"))
    first, second = nanterre.send(confirm, "confirm"), nanterre.send(confirm, "confirm")
    assert first.headers["location"] == second.headers["location"]
    assert acts(own_service, "terms set") == before + 1


def test_a_preview_that_facts_have_overtaken_is_shown_again(
    person: Any, own_service: Any, read_form: Callable[..., Any]
) -> None:
    nanterre, ept = person("owner"), person("ept")
    confirm = read_form(nanterre.send(nanterre.form("terms-set"), dataset=OWNED, preset="consult"))
    ept.do("ept-sub-distribute", commune="92076")
    before = acts(own_service, "terms set")
    stale = nanterre.send(confirm, "confirm")
    assert stale.status_code == 200
    assert "Les faits ont changé" in stale.text
    assert acts(own_service, "terms set") == before
    assert nanterre.send(read_form(stale), "confirm").status_code == 303


def test_what_is_confirmed_is_what_was_shown(person: Any, own_service: Any, read_form: Callable[..., Any]) -> None:
    nanterre = person("owner")
    confirm = read_form(nanterre.send(nanterre.form("terms-set"), dataset=OWNED, preset="closed"))
    before = acts(own_service, "terms set")
    assert nanterre.send(confirm, "confirm", preset="all").status_code == 200
    confirm.fields.pop("preview")
    assert nanterre.send(confirm, "confirm").status_code == 200
    assert acts(own_service, "terms set") == before


def test_a_form_is_of_its_session_its_account_and_its_act(person: Any, own_service: Any) -> None:
    nanterre, courbevoie = person("owner"), person("other-partner")
    stolen = nanterre.form("grant-ask")
    said = {"dataset": "erp", "purpose": "x"}
    assert courbevoie.send(stolen, **said).status_code == 403
    stolen.fields["ticket"] = ["forged.ticket"]
    assert nanterre.send(stolen, **said).status_code == 403
    other = nanterre.form("exception-declare")
    other.action = "/desk/acts/terms-set"
    assert nanterre.send(other, dataset=OWNED, preset="all").status_code == 403
    fresh = nanterre.form("grant-ask")
    nanterre.web.headers["sec-fetch-site"] = "cross-site"
    assert nanterre.send(fresh, **said).status_code == 403
    nanterre.web.headers["sec-fetch-site"] = "same-origin"
    bare = httpx.post(own_service.url + fresh.action, data={"step": "preview", **said})
    assert bare.status_code == 403


def test_nothing_is_lost_when_the_session_ends(person: Any, own_service: Any) -> None:
    courbevoie = person("other-partner")
    form = courbevoie.form("grant-ask")
    courbevoie.web.cookies.clear()
    sent = courbevoie.send(form, dataset=OWNED, purpose="Ce que j'ai mis une heure à écrire")
    assert sent.status_code == 303
    onward = httpx.URL(sent.headers["location"]).params["next"]
    courbevoie.sign_in()
    back = courbevoie.get(onward)
    assert "Ce que j&#39;ai mis une heure à écrire" in back.text
    assert "Rien n&#39;a été enregistré" in back.text
    stranger = person("owner").get(onward)
    assert "une heure" not in stranger.text


def test_a_draft_is_kept_and_found_again_by_its_account_alone(person: Any) -> None:
    courbevoie = person("other-partner")
    assert courbevoie.send(courbevoie.form("grant-ask"), "draft", purpose="à finir").status_code == 303
    desk = courbevoie.get("/desk")
    assert "Reprendre" in desk.text
    assert "Reprendre" not in person("owner").get("/desk").text
    link = desk.text.split('href="/desk/acts/grant-ask?draft=')[1].split('"')[0]
    assert "à finir" in courbevoie.get(f"/desk/acts/grant-ask?draft={link}").text


def test_a_piece_is_known_by_its_content_and_served_to_those_concerned_only(person: Any) -> None:
    pilot = person("pilot")
    forged = pilot.send(pilot.form("partner-piece"), files={"piece": ("x.pdf", b"<html>", "application/pdf")})
    assert forged.status_code == 415
    done = pilot.do(
        "partner-mandate", who="92050", role="technical_referent", person="C. Roy",
        files={"piece": ("../délibération.pdf", PDF, "text/html")},
    )  # fmt: skip
    path = "/desk/pieces/" + done.text.split('href="/desk/pieces/')[1].split('"')[0]
    for account, status in (("pilot", 200), ("owner", 200), ("other-partner", 404)):
        found = person(account).get(path)
        assert found.status_code == status
    found = pilot.get(path)
    assert found.content == PDF
    assert found.headers["content-type"] == "application/pdf"
    assert found.headers["content-disposition"].startswith("attachment")
    assert httpx.get(pilot.service.url + path).status_code == 401


def test_pieces_that_no_act_rests_on_make_room(person: Any, own_service: Any) -> None:
    """An account that sends documents and confirms nothing fills no disk; what an act rests on stays."""
    pilot = person("pilot")
    kept = pilot.do(
        "partner-mandate", who="92050", role="technical_referent", person="C. Roy",
        files={"piece": ("f.pdf", PDF, "application/pdf")},
    )  # fmt: skip
    assert kept.status_code == 200
    form = pilot.form("partner-mandate")
    for n in range(8):
        sent = pilot.send(form, files={"piece": (f"{n}.pdf", PDF + bytes([65 + n]), "application/pdf")})
        assert sent.status_code in (200, 422)
    with connect(own_service.database_url) as owner:
        loose, held = owner.execute(
            "select count(*) filter (where r.piece is null), count(r.piece) from desks.piece p"
            " left join desks.receipt r on r.piece = p.id"
        ).fetchone() or (0, 0)
    assert (loose, held) == (5, 1)


def test_a_receipt_is_for_who_did_it_and_whom_it_names(person: Any) -> None:
    courbevoie = person("other-partner")
    done = courbevoie.do("grant-ask", dataset=OWNED, purpose="essai")
    path = done.url.path
    for account, status in (("owner", 200), ("pilot", 200), ("ept", 404), ("withdrawn", 404)):
        assert person(account).get(path).status_code == status
        assert person(account).get(path + "/pdf").status_code == status


def test_an_act_of_the_pilot_needs_its_piece(person: Any) -> None:
    pilot = person("pilot")
    bare = pilot.send(pilot.form("partner-mandate"), who="92050", role="deputy", person="D. Roy")
    assert bare.status_code == 422
    assert 'id="e-evidence"' in bare.text
