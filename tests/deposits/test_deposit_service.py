"""The journey of a deposit through its real door: sent, checked, signed, published; and all that may go wrong."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest

from mig_idg.app.serve import URL_VARIABLE
from mig_idg.database import connect
from mig_idg.deposits import work
from mig_idg.deposits.receive import Quarantine
from mig_idg.deposits.scan import Scanner
from mig_idg.deposits.work import Workshop
from mig_idg.registry import mandates
from mig_idg.registry.acts import Evidence, Record
from mig_idg.validators.library import Library

DAY = date(2026, 6, 15)
DATASET, TABLE, OWNER = "eclairage-public", "data.eclairage_public", "pilot"
CERTIFIED = {
    "same-files": "yes", "legal-conformity": "yes", "production": "2025-01-01/2025-06-30", "validity": "2025-07-01/..",
    "checklist": "none",
}  # fmt: skip
TUS = {"tus-resumable": "1.0.0"}


@pytest.fixture(scope="module")
def service(serve_demonstration: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serve_demonstration() as running:
        yield running


@pytest.fixture(scope="module")
def tools(service: Any) -> Workshop:
    return Workshop(
        Quarantine(service.home / "deposits", 1 << 30), Scanner("off", ""), Library(service.home / "standards")
    )


@pytest.fixture(scope="module", autouse=True)
def referent(service: Any) -> str:
    """The account of the owner is its technical referent's."""
    with connect(service.database_url) as connection:
        (name,) = connection.execute("select name from registry.account where login = %s", (login(service),)).fetchone()
        record = Record(DAY, "tests", Evidence("lettre", "1", DAY))
        mandates.name(connection, "departement-92", "technical_referent", mandates.Person(name), record)
        connection.commit()
    return str(name)


def login(service: Any, who: str = OWNER) -> str:
    return json.loads((service.home / "demo-accounts.json").read_text())[who]["login"]


@pytest.fixture
def lanes(service: Any) -> Callable[..., bytes]:
    """`lanes(keep, **changes)`: the published rows, as the GeoJSON that their owner would send."""

    def written(keep: str = "true", **changes: Any) -> bytes:
        with connect(service.database_url) as connection:
            rows = connection.execute(
                f"select to_jsonb(t) - 'geom', st_asgeojson(st_transform(geom, 4326), 8)::jsonb from {TABLE} t "
                f"where {keep} order by id"
            ).fetchall()
        features = [{"type": "Feature", "properties": {**row, **changes}, "geometry": shape} for row, shape in rows]
        return json.dumps({"type": "FeatureCollection", "features": features}).encode()

    return written


@pytest.fixture
def send(service: Any) -> Callable[..., Any]:
    def sent(content: bytes, who: str = OWNER, dataset: str = DATASET, name: str = "réseau.geojson", **words: str):
        fields = {**CERTIFIED, **words}
        return service.ask("POST", "/deposits", who, params={"dataset": dataset, "filename": name, **fields},
                           content=content)  # fmt: skip

    return sent


@pytest.fixture
def run(service: Any, tools: Workshop) -> Callable[..., dict[str, Any]]:
    """`run(id)`: the jobs of a deposit, done as their worker does; the deposit as its body then reads it."""

    def ran(id: str, who: str = OWNER, subject: str = "check") -> dict[str, Any]:
        call = {"subject": subject, "request": {"deposit": id}}
        with connect(service.database_url) as connection:
            told = work.perform(connection, call, tools, DAY)
        assert told == {"outputs": []}, told
        return service.get(f"/deposits/{id}", who).json()

    return ran


def count(service: Any, where: str = "true") -> int:
    with connect(service.database_url) as connection:
        return connection.execute(f"select count(*) from {TABLE} where {where}").fetchone()[0]


def withdrawn(service: Any, id: str, who: str = OWNER) -> None:
    assert service.ask("DELETE", f"/deposits/{id}", who).json()["state"] == "withdrawn"


def test_from_the_file_to_what_is_served(service: Any, lanes: Any, send: Any, run: Any, referent: str):
    before = count(service)
    response = send(lanes("id > 3", pose="souterrain neuf"))
    assert response.status_code == 201, response.text
    deposit = response.json()
    path = f"/deposits/{deposit['id']}"
    assert response.headers["location"] == service.url + path
    assert (deposit["state"], deposit["file"], deposit["job"]["status"]) == ("draft", "réseau.geojson", "accepted")
    assert oct((service.home / "deposits" / deposit["id"] / "content").stat().st_mode)[-3:] == "600"
    checked = run(deposit["id"])
    assert checked["state"] == "checked", checked
    assert checked["difference"] | {"replaced": 0} == {
        "added": 0, "changed": before - 3, "removed": 3, "unchanged": 0, "replaced": 0, "alarm": False,
        "removed_share": round(3 / before, 4),
    }  # fmt: skip
    assert [one["who"] for one in checked["next"] if one["move"] == "sign"] == ["referent"]
    assert count(service) == before, "a check keeps nothing"
    signed = service.ask("POST", f"{path}/sign", OWNER)
    assert signed.status_code == 202, signed.text
    assert signed.json()["signature"] == {
        "person": referent, "role": "technical_referent", "on": "2026-06-15", "accepts_removal": False,
    }  # fmt: skip
    published = run(deposit["id"], subject="publish")
    assert published["state"] == "published"
    assert count(service, "pose = 'souterrain neuf'") == before - 3 == count(service)
    items = service.get(f"/collections/{DATASET}/items?limit=1&f=json", OWNER).json()
    assert items["numberMatched"] == before - 3
    assert [one["to"] for one in published["history"]] == ["draft", "checked", "signed_off", "published"]
    with connect(service.database_url) as connection:
        act = connection.execute("select author, summary from registry.act where verb = 'deposit publish'").fetchall()
    assert [(author, DATASET in summary) for author, summary in act] == [(referent, True)]


def test_a_faulty_file_is_refused_with_lines_in_every_form(service: Any, send: Any, run: Any):
    content = b"id;armoire;commune_insee;geom\n1;=cmd();92050;POINT(642074 6864634)\n1;b;92050;nowhere\n"
    deposit = send(content, name="=bad.csv").json()
    told = run(deposit["id"])
    assert told["state"] == "refused", told
    report = service.get(f"/deposits/{deposit['id']}/report?f=json", OWNER).json()
    assert report["accepted"] is False
    assert report["detail"]
    page = service.get(f"/deposits/{deposit['id']}/report?f=html", OWNER)
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    lines = service.get(f"/deposits/{deposit['id']}/report.csv", OWNER)
    assert lines.content.startswith(b"\xef\xbb\xbflevel;code;line")
    features = service.get(f"/deposits/{deposit['id']}/report.geojson", OWNER)
    assert features.headers["content-type"].startswith("application/geo+json")
    assert len(features.json()["features"]) == len(lines.text.strip().splitlines()) - 1
    assert service.ask("POST", f"/deposits/{deposit['id']}/sign", OWNER).status_code == 409
    english = service.get(f"/deposits/{deposit['id']}?lang=en", OWNER).json()
    assert english["stateLabel"] == "refused by the check"
    withdrawn(service, deposit["id"])
    assert not (service.home / "deposits" / deposit["id"]).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        b"PK\x03\x04" + b"\0" * 40,
        b"\x7fELF" + b"\0" * 100,
        b'{"type": "FeatureCollection", "features": [',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b";" * 100_000,
        b"\xff\xfe\x00",
    ],
    ids=("picture", "broken-zip", "program", "cut-json", "entities", "separators", "nul"),
)  # fmt: skip
def test_hostile_and_foreign_files_are_a_report_and_never_an_internal_error(
    service: Any, send: Any, run: Any, content: bytes
):
    response = send(content, name="../../etc/passwd\r\nX: y")
    assert response.status_code == 201, response.text
    told = run(response.json()["id"])
    assert told["state"] == "refused"
    assert "/" not in told["file"]
    assert told["report"]["detail"]
    withdrawn(service, told["id"])


def test_the_same_file_twice_is_one_deposit_also_at_once(service: Any, lanes: Any, send: Any):
    content = lanes("id > 1", voie="même")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(content), range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    (id,) = {one.json()["id"] for one in answers}
    assert [one["id"] for one in service.get(f"/deposits?dataset={DATASET}&state=draft", OWNER).json()["deposits"]] == [
        id
    ]
    assert [one.name for one in (service.home / "deposits").iterdir() if one.name == id] == [id]
    withdrawn(service, id)


def test_others_see_nothing_and_the_public_is_asked_to_sign_in(service: Any, lanes: Any, send: Any):
    id = send(lanes("id > 2", voie="secrète")).json()["id"]
    missing = service.get("/deposits/00000000-0000-0000-0000-000000000000", "owner")
    for path in ("", "/report", "/report.csv", "/report.geojson"):
        other = service.get(f"/deposits/{id}{path}", "owner")
        assert (other.status_code, other.json()) == (404, missing.json())
    assert service.ask("DELETE", f"/deposits/{id}", "owner").status_code == 404
    assert service.get("/deposits", "owner").json()["deposits"] == []
    assert id in service.get("/deposits?f=json", OWNER).text
    for answer in (service.get("/deposits"), service.get(f"/deposits/{id}")):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    refused = send(b"x", who="owner")
    assert refused.status_code == 403
    assert refused.json()["rule"]
    assert send(b"x", dataset="videosurveillance", who="other-partner").status_code in (403, 404)
    assert send(b"x", dataset="nowhere").status_code == 404
    withdrawn(service, id)


def test_what_is_missing_before_a_sign_off_is_told_at_once(service: Any, lanes: Any, run: Any):
    response = service.ask("POST", f"/deposits?dataset={DATASET}&filename=a.geojson", OWNER,
                           content=lanes("id % 2 = 0 and id > 3"))  # fmt: skip
    deposit = response.json()
    path = f"/deposits/{deposit['id']}"
    assert deposit["certification"] is None
    assert deposit["checklist"] == dict.fromkeys(("E1", "E2", "E3", "E4", "E5", "E6"), "no"), "remembered of the source"
    assert run(deposit["id"])["difference"]["alarm"] is True
    refused = service.ask("POST", f"{path}/sign", OWNER)
    assert refused.status_code == 409
    assert "certification" in refused.json()["missing"]
    assert "accept-removal" in refused.json()["missing"]
    certified = service.ask("PUT", f"{path}/certification", OWNER, json={**CERTIFIED, "checklist": "E1:no,E2:no,E3:yes,"
                                                                         "E4:no,E5:no,E6:no"})  # fmt: skip
    assert certified.status_code == 200, certified.text
    refused = service.ask("POST", f"{path}/sign", OWNER, json={"accept-removal": True})
    assert "E3" in refused.json()["missing"]
    service.ask("PUT", f"{path}/certification", OWNER, json={"checklist": "none"})
    assert service.ask("POST", f"{path}/sign", OWNER, json={"accept-removal": True}).status_code == 202
    withdrawn(service, deposit["id"])


def test_a_form_is_streamed_and_its_file_is_last(service: Any, lanes: Any):
    content = lanes("id > 5")
    sent = service.ask("POST", "/deposits", OWNER, data={"dataset": DATASET, **CERTIFIED},
                       files={"file": ("../réseau neuf.geojson", content)})  # fmt: skip
    assert sent.status_code == 201, sent.text
    assert (sent.json()["file"], sent.json()["size"]) == ("réseau neuf.geojson", len(content))
    assert (service.home / "deposits" / sent.json()["id"] / "content").read_bytes() == content
    withdrawn(service, sent.json()["id"])
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for body in (b"--x\r\n", b'--x\r\ncontent-disposition: form-data; name="dataset"\r\n\r\nx\r\n--x--\r\n', b""):
        assert service.ask("POST", "/deposits", OWNER, content=body, headers=kind).status_code == 400
    cut = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc'
    answer = service.ask("POST", f"/deposits?dataset={DATASET}", OWNER, content=cut, headers=kind)
    assert answer.status_code == 400


def _metadata(**words: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in words.items())


def test_an_upload_that_was_cut_goes_on(service: Any, lanes: Any, run: Any):
    content = lanes("id > 4")
    able = service.ask("OPTIONS", "/deposits")
    assert (able.status_code, able.headers["tus-version"], able.headers["tus-extension"]) == (
        204, "1.0.0", "creation,termination",
    )  # fmt: skip
    begun = service.ask("POST", "/deposits", OWNER, headers={
        **TUS, "upload-length": str(len(content)),
        "upload-metadata": _metadata(dataset=DATASET, filename="gros.geojson", **CERTIFIED),
    })  # fmt: skip
    assert begun.status_code == 201, begun.text
    path = begun.headers["location"].removeprefix(service.url)
    bytes_ = {**TUS, "content-type": "application/offset+octet-stream"}

    def patch(at: int, piece: bytes, **more: str) -> Any:
        return service.ask("PATCH", path, OWNER, content=piece, headers={**bytes_, "upload-offset": str(at), **more})

    first = patch(0, content[:1000])
    assert (first.status_code, first.headers["upload-offset"], first.headers["tus-resumable"]) == (204, "1000", "1.0.0")
    wrong = patch(900, content[900:])
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "1000")
    head = service.ask("HEAD", path, OWNER, headers=TUS)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("1000", str(len(content)))
    assert "no-store" in head.headers["cache-control"]
    assert patch(1000, content[1000:] + b"more").status_code == 413
    at = int(service.ask("HEAD", path, OWNER, headers=TUS).headers["upload-offset"])
    assert patch(at, content[at:]).status_code == 204
    told = service.get(path, OWNER).json()
    assert (told["state"], told["size"], told["job"]["work"]) == ("draft", len(content), "check")
    assert patch(len(content), b"").status_code == 409
    assert run(told["id"])["state"] == "checked"
    assert service.ask("DELETE", path, OWNER, headers=TUS).status_code == 204
    bad = service.ask("POST", "/deposits", OWNER, headers={"tus-resumable": "0.2", "upload-length": "3"})
    assert (bad.status_code, bad.headers["tus-version"]) == (412, "1.0.0")


def test_a_server_that_died_between_the_last_byte_and_its_word_lost_nothing(service: Any, lanes: Any, tools: Workshop):
    content = lanes("id > 6")
    begun = service.ask("POST", "/deposits", OWNER, headers={
        **TUS, "upload-length": str(len(content)), "upload-metadata": _metadata(dataset=DATASET, filename="a"),
    })  # fmt: skip
    id = begun.headers["location"].rsplit("/", 1)[1]
    (service.home / "deposits" / id / "part").write_bytes(content)
    head = service.ask("HEAD", f"/deposits/{id}", OWNER, headers=TUS)
    assert head.headers["upload-offset"] == str(len(content))
    assert service.get(f"/deposits/{id}", OWNER).json()["state"] == "draft"
    withdrawn(service, id)


@pytest.mark.parametrize("subject", ["check", "publish"])
def test_killed_between_two_steps_it_is_where_it_was_and_goes_on(
    service: Any, lanes: Any, send: Any, run: Any, tools: Workshop, monkeypatch: pytest.MonkeyPatch, subject: str
):
    id = send(lanes("true", armoire=f"A-{subject}")).json()["id"]
    path = f"/deposits/{id}"
    state = "draft"
    if subject == "publish":
        run(id)
        assert service.ask("POST", f"{path}/sign", OWNER).status_code == 202
        state = "signed_off"
    with connect(service.database_url) as connection:
        before = connection.execute(f"select md5(string_agg(t::text, '' order by id)) from {TABLE} t").fetchone()
    real = work.step

    def killed(*_: Any, **__: Any) -> Any:
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(work, "step", killed)
    with connect(service.database_url) as connection:
        told = work.perform(connection, {"subject": subject, "request": {"deposit": id}}, tools, DAY)
    assert told["problem"]["fr"]["detail"].startswith("Une erreur interne a interrompu")
    assert service.get(path, OWNER).json()["state"] == state
    with connect(service.database_url) as connection:
        after = connection.execute(f"select md5(string_agg(t::text, '' order by id)) from {TABLE} t").fetchone()
    assert after == before
    monkeypatch.setattr(work, "step", real)
    assert run(id, subject=subject)["state"] == ("checked" if subject == "check" else "published")
    assert run(id, subject=subject)["state"] == ("checked" if subject == "check" else "published"), "done twice, once"
    if subject == "check":
        withdrawn(service, id)


def test_a_contribution_is_checked_and_signed_and_served_to_nobody(service: Any, send: Any, run: Any):
    who, dataset = "group-member", "voies-cyclables"
    body = service.get(f"/collections/{dataset}/items?limit=1&f=json", who).json()["features"][0]
    insee = body["properties"]["commune_insee"]
    lane = {"type": "Feature", "properties": {**body["properties"], "id": 900001}, "geometry": body["geometry"]}
    content = json.dumps({"type": "FeatureCollection", "features": [lane]}).encode()
    sent = send(content, who=who, dataset=dataset)
    assert sent.status_code == 201, sent.text
    told = run(sent.json()["id"], who)
    assert (told["state"], told["kind"], told["report"]["territories"]) == ("checked", "coproduced", [insee])
    with connect(service.database_url) as connection:
        (name,) = connection.execute(
            "select name from registry.account where login = %s", (login(service, who),)
        ).fetchone()
        record = Record(DAY, "tests", Evidence("lettre", "2", DAY))
        mandates.name(connection, told["organisation"], "deputy", mandates.Person(name), record)
        connection.commit()
    signed = service.ask("POST", f"/deposits/{told['id']}/sign", who, json={"accept-removal": True})
    assert signed.status_code == 200, signed.text
    assert signed.json()["state"] == "signed_off"
    assert [one["move"] for one in signed.json()["next"]] == ["withdraw"]
    assert service.get(f"/collections/{dataset}/items/900001?f=json", who).status_code == 404


def test_pages_and_words_that_are_not_known(service: Any, lanes: Any, send: Any, run: Any):
    id = send(lanes("id > 8")).json()["id"]
    run(id)
    for path in ("/deposits", f"/deposits/{id}"):
        page = service.get(f"{path}?f=html", OWNER)
        assert page.status_code == 200, page.text
        assert "réseau.geojson" in page.text
    for path in ("/deposits?state=sold", "/deposits?datset=x", f"/deposits/{id}?f=xml", "/deposits?limit=0"):
        assert service.get(path, OWNER).status_code == 400, path
    withdrawn(service, id)


@contextmanager
def working(service: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as beside the server, killed at the end."""
    environment = {
        **os.environ, "IDG_HOME": str(service.home), "IDG_DATABASE_URL": service.database_url,
        URL_VARIABLE: service.app_url, "IDG_MALWARE_SCAN": "off", "IDG_JOB_CONCURRENCY": "1",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "mig_idg.app.jobs", "worker"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(service: Any, path: str, right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The deposit once it is as wanted."""
    end = time.monotonic() + 120
    while not right(told := service.get(path, OWNER).json()):
        assert time.monotonic() < end, told
        time.sleep(0.1)
    return dict(told)


def test_a_worker_that_is_killed_leaves_a_state_and_the_next_one_goes_on(service: Any, lanes: Any, send: Any):
    with connect(service.database_url) as connection:  # what other tests left in the queue is not waited for
        connection.execute("update jobs.job set status = 'dismissed' where status in ('accepted', 'running')")
        connection.commit()
    path = f"/deposits/{send(lanes('true', pose='aérien')).json()['id']}"
    with working(service) as worker:
        until(service, path, lambda told: told["job"]["status"] != "accepted")
        worker.send_signal(signal.SIGKILL)
    assert service.get(path, OWNER).json()["state"] in ("draft", "checked")
    with working(service):
        told = until(service, path, lambda told: told["state"] != "draft")
        assert (told["state"], told["scan"]["verdict"]) == ("checked", "off")
        assert service.ask("POST", f"{path}/sign", OWNER).status_code == 202
        told = until(service, path, lambda told: told["state"] != "signed_off")
        assert told["state"] == "published"
        assert until(service, path, lambda told: told["job"]["status"] == "successful")["job"]["work"] == "publish"
    assert count(service, "pose = 'aérien'") == count(service)
