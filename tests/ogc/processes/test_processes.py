"""OGC API Processes as a client meets it."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest

EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"


def test_the_list_says_each_process_in_the_language_asked_for(processing: Any) -> None:
    listed = processing.service.get("/processes?lang=fr").json()
    titles = {one["id"]: one["title"] for one in listed["processes"]}
    assert titles["export"] == "Exporter des couches"
    assert titles["new"] == "Nouveau"
    assert titles["hello-world"] == "Bonjour le Monde"
    page = processing.service.get("/processes?limit=1").json()
    assert [one["rel"] for one in page["links"]] == ["self", "alternate", "next"]
    assert len(page["processes"]) == 1


def test_a_description_of_old_is_read_as_one_of_today(processing: Any) -> None:
    told = processing.service.get("/processes/old").json()
    assert told["inputs"]["number"]["schema"] == {"type": "number"}
    assert told["outputs"]["double"]["schema"] == {"contentMediaType": "application/json"}
    assert {"sync-execute", "async-execute", "dismiss"} == set(told["jobControlOptions"])
    assert "http://www.opengis.net/def/rel/ogc/1.0/execute" in [one["rel"] for one in told["links"]]


def test_one_output_comes_raw_as_it_is(processing: Any) -> None:
    response = processing.execute("old", {"number": 2.5})
    assert (response.status_code, response.json()) == (200, 5.0)
    hello = processing.execute("hello-world", {"name": {"value": "Nanterre"}})
    assert hello.json() == {"id": "echo", "value": "Hello Nanterre!"}
    text = processing.execute("new", {"words": ["a", "b"]}, outputs={"text": {}})
    assert (text.text, text.headers["content-type"].split(";")[0]) == ("a b", "text/plain")
    assert "private" in text.headers["cache-control"]


def test_several_outputs_come_in_a_document_or_in_parts(processing: Any) -> None:
    told = processing.execute("new", {"words": "a"}, response="document").json()
    assert (told["text"], told["count"]) == ("a", 1)
    assert base64.b64decode(told["bytes"]["value"]) == b"\x89PNG\x00"
    parts = processing.execute("new", {"words": "a"})
    assert parts.headers["content-type"].startswith("multipart/related")
    assert b"Content-ID: <count>" in parts.content


def test_an_output_by_reference_is_a_link_that_works(processing: Any) -> None:
    response = processing.execute("new", {"words": "a"}, outputs={"bytes": {"transmissionMode": "reference"}})
    assert response.status_code == 204
    href = response.headers["link"].split(">")[0].lstrip("<")
    fetched = processing.service.get(href.removeprefix(processing.service.url))
    assert (fetched.content, fetched.headers["content-type"]) == (b"\x89PNG\x00", "image/png")
    assert "sandbox" in fetched.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("process", "body", "parameter"),
    [
        ("old", {"inputs": {}}, "inputs.number"),
        ("old", {"inputs": {"number": "two"}}, "inputs.number"),
        ("old", {"inputs": {"number": 2, "nombre": 1}}, "inputs.nombre"),
        ("new", {"inputs": {"words": ["a", "b", "c", "d"]}}, "inputs.words"),
        ("new", {"inputs": {"words": {"href": "https://example.org/words"}}}, "inputs.words"),
        ("new", {"inputs": {"words": "a"}, "outputs": {"texte": {}}}, "outputs.texte"),
        ("new", {"inputs": {"words": "a"}, "response": "cooked"}, "response"),
        (
            "new",
            {"inputs": {"words": "a"}, "subscriber": {"successUri": "https://127.0.0.1/x"}},
            "subscriber.successUri",
        ),
        ("new", {"inputs": {"words": "a"}, "sortie": 1}, "sortie"),
    ],
)
def test_a_request_that_cannot_be_read_says_where(processing: Any, process: str, body: Any, parameter: str) -> None:
    response = processing.service.ask("POST", f"/processes/{process}/execution", json=body)
    assert response.status_code == 400, response.text
    assert response.json()["parameter"] == parameter


def test_what_is_not_there_has_the_type_that_ogc_names(processing: Any) -> None:
    for method, path, kind in (
        ("GET", "/processes/nothing", "no-such-process"),
        ("POST", "/processes/nothing/execution", "no-such-process"),
        ("GET", "/jobs/nothing", "no-such-job"),
        ("GET", "/jobs/2f6a0a3c-1111-4222-8333-444455556666/results", "no-such-job"),
        ("DELETE", "/jobs/2f6a0a3c-1111-4222-8333-444455556666", "no-such-job"),
    ):
        response = processing.service.ask(method, path, **({"json": {}} if method == "POST" else {}))
        assert (response.status_code, response.json()["type"]) == (404, f"{EXCEPTIONS}/{kind}"), path
        assert response.headers["content-type"] == "application/problem+json"


def test_a_job_is_followed_to_its_results(processing: Any) -> None:
    job = processing.later("new", {"words": "a", "seconds": 0.5}, response="document")
    early = processing.service.get(f"{job}/results")
    assert (early.status_code, early.json()["type"]) == (404, f"{EXCEPTIONS}/result-not-ready")
    told = processing.ended(job)
    assert (told["status"], told["progress"], told["processID"], told["type"]) == ("successful", 100, "new", "process")
    assert processing.service.get(f"{job}/results").json()["count"] == 1


def test_a_dismissed_job_stops_and_leaves_nothing(processing: Any) -> None:
    job = processing.later("new", {"words": "a", "seconds": 30})
    processing.until(job, ("running",))
    told = processing.service.ask("DELETE", job)
    assert (told.status_code, told.json()["status"]) == (200, "dismissed")
    after = processing.later("new", {"words": "b"})
    assert processing.ended(after)["status"] == "successful"
    assert processing.service.get(job).json()["status"] == "dismissed"
    assert processing.service.get(f"{job}/results").status_code == 404


def test_a_plug_in_that_fails_says_only_what_is_meant_for_its_user(processing: Any) -> None:
    raised = processing.execute("bad", {"how": "raise"})
    assert raised.status_code == 500
    assert "secret" not in raised.text
    said = processing.execute("bad", {"how": "say"})
    assert (said.status_code, said.json()["detail"]) == (422, "Too steep for a bicycle")
    died = processing.execute("bad", {"how": "die"})
    assert died.status_code == 503
    assert processing.execute("old", {"number": 1}).status_code == 200


def test_a_plug_in_that_hangs_is_ended_at_its_limit(processing: Any) -> None:
    job = processing.later("slow", {"words": "a", "seconds": 60})
    told = processing.ended(job)
    assert told["status"] == "failed"
    assert processing.service.get(f"{job}/results").status_code == 503


def test_a_plug_in_of_others_sees_nothing_of_our_settings(processing: Any) -> None:
    told = processing.execute("bad", {"how": "environment"}, outputs={"text": {}}).text
    assert not [name for name in told.split(",") if name.startswith("IDG_") and name != "IDG_CHILD_MEMORY_MB"]


def test_a_job_belongs_to_its_account(processing: Any) -> None:
    job = processing.later("old", {"number": 1}, "owner")
    assert processing.ended(job, "owner")["status"] == "successful"
    for who in (None, "ept"):
        for path in (job, f"{job}/results", f"{job}/results/double"):
            assert processing.service.get(path, who).status_code == 404
        assert processing.service.ask("DELETE", job, who).status_code == 404
        assert job.rpartition("/")[2] not in processing.service.get("/jobs", who).text
    listed = processing.service.get("/jobs?processID=old&status=successful&limit=5", "owner").json()
    assert job.rpartition("/")[2] in [one["jobID"] for one in listed["jobs"]]
    assert processing.service.get("/jobs?status=ended", "owner").status_code == 400
    assert processing.service.get("/jobs?minDuration=3600", "owner").json()["jobs"] == []


def test_a_process_for_accounts_asks_who_is_there(processing: Any) -> None:
    assert processing.execute("members", {"words": "a"}).status_code == 401
    assert processing.execute("members", {"words": "a"}, "owner").status_code == 200


def test_the_pages_are_there(processing: Any) -> None:
    job = processing.later("old", {"number": 1}, "owner")
    processing.ended(job, "owner")
    for path in ("/processes", "/processes/export", "/jobs", job):
        page = processing.service.get(f"{path}?f=html", "owner")
        assert page.status_code == 200, page.text
        assert "<h1>" in page.text


def test_an_export_holds_the_layers_their_record_and_what_is_owed(processing: Any) -> None:
    response = processing.execute(
        "export", {"collections": ["pcrs", "equipements"], "area": "92050", "format": "geojson"}, "owner"
    )
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip"), response.text
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    names = archive.namelist()
    assert {"pcrs/pcrs.geojson", "equipements/record.json", "equipements/MENTION.txt",
            "LISEZ-MOI.txt"} <= set(names)  # fmt: skip
    assert "Mention" in archive.read("LISEZ-MOI.txt").decode()


def test_a_layer_is_cut_at_the_limit_of_a_commune(processing: Any) -> None:
    import shapely

    commune = processing.service.get("/collections/communes/items/92050").json()
    limit = shapely.geometry.shape(commune["geometry"]).buffer(1e-6)
    told = processing.execute("clip-to-territory", {"collection": "pcrs", "territory": "92050"}, "owner").json()
    assert told["features"]
    assert all(limit.contains(shapely.geometry.shape(one["geometry"])) for one in told["features"])


def test_what_changed_between_two_states_is_told(processing: Any) -> None:
    items = processing.service.get("/collections/equipements/items?f=geojson").json()
    first = items["features"][0]
    changed = {**first, "properties": {**first["properties"], "nom": "changed"}}
    before = {"type": "FeatureCollection", "features": [changed, {**first, "id": "gone"}]}
    told = processing.execute("compare-versions", {"before": before, "after": "equipements"}).json()
    assert told["counts"]["removed"] == 1
    assert told["counts"]["modified"] == 1
    assert told["modified"][0]["attributes"]["nom"]["before"] == "changed"


def test_a_layer_is_checked_against_its_standard(processing: Any) -> None:
    asked = {"collection": "adresses", "commune": "92050"}
    told = processing.execute("check-against-standard", asked, "owner").json()
    assert (told["standard"], told["version"]) == ("bal", "1.5")
    assert told["lines"] > 100
    assert {"code", "level", "line", "message", "commune"} <= set(told["findings"][0])
    assert {"field.long.missing", "row.longlat_vides", "rows.multi_id_ban_commune"}.isdisjoint(told["counts"])
    text = processing.execute("check-against-standard", {"content": "cle_interop;numero\nabc;0\n"}).json()
    assert (text["standard"], text["valid"]) == ("bal", False)
    other = processing.execute("check-against-standard", {"content": "[]", "standard": "decp"})
    assert (other.status_code, "schema_decp" in other.json()["detail"]) == (503, True)  # none was imported


def test_a_decision_is_explained_within_the_rights_of_who_asks(processing: Any) -> None:
    told = processing.execute("why", {"collection": "pcrs", "action": "download"}).json()
    assert told["outcome"] == "deny"
    assert told["article"]
    other = processing.execute("why", {"collection": "pcrs", "who": "92050"})
    assert other.status_code == 403


def test_a_process_gives_no_more_than_its_caller_may_read(processing: Any) -> None:
    response = processing.execute("export", {"collections": ["pcrs"]})
    assert response.status_code in (401, 403)
    assert response.json()["rule"]
    assert processing.execute("export", {"collections": ["no-such-layer"]}).status_code == 404
