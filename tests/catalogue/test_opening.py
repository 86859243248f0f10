"""The checks before opening, at their door: for who may open, and nobody else."""

from __future__ import annotations

from typing import Any

from mig_idg.database import connect
from mig_idg.publication.open_gate import read_published

OWNED = "equipements"
PATH = f"/collections/{OWNED}/opening"


def test_only_who_may_open_a_dataset_sees_its_checks(service: Any) -> None:
    told = service.get(PATH, "pilot")
    assert told.status_code == 200, told.text
    assert [one["check"] for one in told.json()["checks"]] == [
        "personal_data", "secrets", "intellectual_property", "internal_security",
    ]  # fmt: skip
    assert not told.json()["ready"]
    stranger, absent = service.get(PATH), service.get("/collections/nothing-here/opening")
    assert stranger.status_code in (401, 403)
    assert absent.status_code == 404
    assert service.get(PATH, "other-partner").status_code in (403, 404)


def test_the_page_is_in_both_languages(service: Any) -> None:
    for lang, words in (("fr", "Quatre contrôles"), ("en", "Four checks")):
        page = service.get(PATH, "pilot", headers={"accept": "text/html", "accept-language": lang})
        assert (page.status_code, words in page.text) == (200, True), page.text


def test_rows_are_read_and_what_they_hold_is_told_by_line_without_the_value(own_service: Any) -> None:
    with connect(own_service.database_url) as owner:
        owner.execute("update data.equipements set gestionnaire = 'claire.durand@example.fr'")
        read_published(owner, OWNED)
        owner.commit()
    told = own_service.get(PATH, "pilot").json()
    assert (told["scan"]["state"], told["scan"]["rows"] > 0) == ("done", True)
    found = next(one for one in told["findings"] if one["detector"] == "email")
    assert (found["column"], found["count"], found["places"][0]["line"]) == ("gestionnaire", told["scan"]["rows"], 1)
    assert "claire.durand" not in own_service.get(PATH, "pilot").text
