"""What is due, in the calendar that a person already has; the annual report for partners. And tokens of applications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from mig_idg.database import connect


def address(page: httpx.Response) -> str:
    return page.text.split("/calendar/idg_")[1].split(".ics")[0]


def test_a_calendar_is_read_at_its_secret_address_until_it_is_ended(
    person: Any, own_service: Any, read_form: Callable[..., Any]
) -> None:
    nanterre = person("owner")
    made = nanterre.send(read_form(nanterre.get("/desk/calendar")), "make")
    path = f"/calendar/idg_{address(made)}.ics"
    feed = httpx.get(own_service.url + path)
    assert feed.status_code == 200
    assert feed.headers["content-type"].startswith("text/calendar")
    assert feed.headers["cache-control"] == "private, no-store"
    told = " ".join(str(one["summary"]) for one in Calendar.from_ical(feed.content).walk("VEVENT"))
    assert "videosurveillance" in told or "référent" in told
    assert "Courbevoie" not in told
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert own_service.get("/collections/videosurveillance/items", headers={"x-api-key": secret}).status_code == 401
    assert "idg_" not in nanterre.get("/desk/calendar").text.split("<main")[1]
    again = nanterre.send(read_form(nanterre.get("/desk/calendar")), "make")
    assert httpx.get(own_service.url + path).status_code == 404
    other = f"/calendar/idg_{address(again)}.ics"
    assert httpx.get(own_service.url + other).status_code == 200
    nanterre.send(read_form(nanterre.get("/desk/calendar")), "end")
    missing = httpx.get(own_service.url + other)
    assert missing.status_code == 404
    assert missing.text == httpx.get(own_service.url + "/calendar/nowhere.ics").text


def test_the_report_of_activity_is_a_page_and_a_pdf_for_partners(person: Any) -> None:
    nanterre = person("owner")
    page = nanterre.get("/desk/report/2026")
    assert page.status_code == 200
    assert "Courbevoie" in page.text
    pdf = nanterre.get("/desk/report/2026/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert nanterre.get("/desk/report/2027").status_code == 404
    assert person("withdrawn").get("/desk/report/2026").status_code == 403


def test_a_token_is_shown_once_reads_within_its_scope_and_is_revoked(
    person: Any, own_service: Any, read_form: Callable[..., Any]
) -> None:
    nanterre = person("owner")
    form = read_form(nanterre.get("/desk/tokens"))
    said = {"label": "QGIS", "days": "30", "collections": ["adresses"]}
    made = nanterre.send(form, "", **said)
    secret = "idg_" + made.text.split(">idg_")[1].split("<")[0]
    again = nanterre.send(form, "", **said)
    assert secret not in again.text
    assert ">idg_" not in again.text
    asked = {"authorization": f"Bearer {secret}"}
    assert httpx.get(own_service.url + "/collections/adresses/items?limit=1", headers=asked).status_code == 200
    assert httpx.get(own_service.url + "/collections/voies-cyclables/items?limit=1", headers=asked).status_code == 403
    assert httpx.get(own_service.url + "/desk", headers=asked).status_code == 403
    desk = nanterre.get("/desk")
    handle = desk.text.split('href="/desk/tokens/')[1].split('"')[0]
    handles = {one.split('"')[0] for one in desk.text.split('href="/desk/tokens/')[1:]}
    assert person("other-partner").get(f"/desk/tokens/{handle}").status_code == 404
    with connect(own_service.database_url) as owner:
        row = owner.execute("select id from registry.token where label = 'QGIS'").fetchone()
    assert row is not None
    assert row[0] in handles
    ask = read_form(nanterre.get(f"/desk/tokens/{row[0]}"))
    stranger = person("other-partner")
    stolen = read_form(stranger.get("/desk/tokens"))
    stolen.action = f"/desk/tokens/{row[0]}"
    assert stranger.send(stolen, "").status_code == 403
    assert nanterre.send(ask, "").status_code == 303
    assert httpx.get(own_service.url + "/collections/adresses/items?limit=1", headers=asked).status_code == 401


@pytest.mark.parametrize(
    ("account", "refused"),
    [
        ("owner", {"ept", "pilot"}),
        ("ept", {"pilot"}),
        ("committee", {"ept", "pilot"}),
        ("contractor", {"ept", "committees", "pilot"}),
        ("withdrawn", {"ept", "committees", "pilot"}),
    ],
)
def test_the_desks_of_others_are_refused(service: Any, account: str, refused: set[str]) -> None:
    for desk in ("owner", "ept", "committees", "pilot"):
        page = service.get(f"/desk/{desk}", account, headers={"accept": "text/html"})
        assert page.status_code == (403 if desk in refused else 200), desk
    assert service.get("/desk", headers={"accept": "text/html"}).status_code == 401
    assert "Vous agissez pour" in service.get("/desk", account, headers={"accept": "text/html"}).text


def test_a_session_that_ends_with_its_token_writes_no_more(person: Any, own_service: Any) -> None:
    nanterre = person("owner")
    form = nanterre.form("grant-ask")
    own_service.now[0] += timedelta(hours=9)
    sent = nanterre.send(form, dataset="erp", purpose="tard")
    assert sent.status_code == 303
    assert "/sign-in" in sent.headers["location"]
