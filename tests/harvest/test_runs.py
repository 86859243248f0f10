"""Runs of a source: what is kept, what disappears, what stays when the source breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.harvest.conftest import Peer, pod, source

from mig_idg.harvest.run import Ours, plan, run
from mig_idg.jobs.outgoing import Outgoing
from mig_idg.registry import harvested

NOTHING = Ours()


def live(connection: Any) -> dict[str, str]:
    """Identifier → title of the live records."""
    found = {one["identifier"]: one["document"]["title"] for one in harvested.records(connection)}
    connection.commit()
    return found


def codes(outcome: Any) -> list[str]:
    return [one.code for one in outcome.findings]


def test_a_plan_writes_nothing_and_a_run_does_what_it_said(connection: Any, peer: Peer, clock: Any) -> None:
    peer.answers["/data.json"] = pod("a", "b")
    one = source(peer, "data-json", "/data.json")
    planned = plan(connection, one, clock, NOTHING)
    assert planned.difference.added == ("a", "b")
    assert planned.titles["a"] == "Jeu a"
    assert live(connection) == {}
    done = run(connection, one, clock, NOTHING)
    assert (done.status, done.difference.added) == ("done", ("a", "b"))
    assert live(connection) == {"a": "Jeu a", "b": "Jeu b"}
    peer.answers["/data.json"] = pod("a", "c", description="Autre chose.")
    again = plan(connection, one, clock, NOTHING)
    assert (again.difference.changed, again.difference.added, again.difference.missing) == (("a",), ("c",), ("b",))


def test_what_disappears_is_archived_after_two_runs_and_comes_back_under_its_address(
    connection: Any, peer: Peer, clock: Any
) -> None:
    one = source(peer, "data-json", "/data.json")
    peer.answers["/data.json"] = pod("a", "b")
    run(connection, one, clock, NOTHING)
    (before,) = [r["id"] for r in harvested.records(connection) if r["identifier"] == "b"]
    peer.answers["/data.json"] = pod("a")
    assert run(connection, one, clock, NOTHING).difference.archived == ()
    assert set(live(connection)) == {"a", "b"}
    second = run(connection, one, clock, NOTHING)
    assert second.difference.archived == ("b",)
    assert "record.archived" in codes(second)
    assert set(live(connection)) == {"a"}
    peer.answers["/data.json"] = pod("a", "b")
    assert run(connection, one, clock, NOTHING).difference.returned == ("b",)
    (after,) = [r["id"] for r in harvested.records(connection) if r["identifier"] == "b"]
    assert after == before == "voisin.b"


def test_a_broken_source_keeps_its_last_good_state_and_says_so(connection: Any, peer: Peer, clock: Any) -> None:
    one = source(peer, "data-json", "/data.json")
    peer.answers["/data.json"] = pod("a")
    run(connection, one, clock, NOTHING)
    for broken in (
        b"{",
        (500, {}, b""),
        pod(),
        (200, {"content-type": "text/html"}, b"<html>"),
        (200, {}, b"\xff\xfe{"),
    ):
        peer.answers["/data.json"] = broken
        failed = run(connection, one, clock, NOTHING, network=patient)
        assert failed.failed, broken
        assert failed.problem
    assert live(connection) == {"a": "Jeu a"}
    (standing,) = harvested.sources(connection)
    assert (standing["failures"], standing["status"]) == (5, "failed")
    connection.commit()


def test_a_page_that_has_not_changed_is_not_sent_again(connection: Any, peer: Peer, clock: Any) -> None:
    one = source(peer, "data-json", "/data.json")

    def conditional(_path: str, headers: dict[str, str]) -> Any:
        if headers.get("if-none-match") == '"1"':
            return 304, {"etag": '"1"'}, b""
        import orjson

        return 200, {"etag": '"1"', "content-type": "application/json"}, orjson.dumps(pod("a", "b"))

    peer.answers["/data.json"] = conditional
    run(connection, one, clock, NOTHING)
    again = run(connection, one, clock, NOTHING)
    assert (again.status, again.difference.unchanged, again.difference.missing) == ("unchanged", ("a", "b"), ())
    assert run(connection, one, clock, NOTHING, full=True).status == "done"


def test_one_record_at_fault_is_named_and_the_others_are_kept(connection: Any, peer: Peer, clock: Any) -> None:
    one = source(peer, "data-json", "/data.json")
    peer.answers["/data.json"] = pod("a", "b")
    run(connection, one, clock, NOTHING)
    told = pod("a", "c", "c", "d")
    told["dataset"][0]["modified"] = "0000-01-01"
    told["dataset"][2]["title"] = "Un autre jeu"
    told["dataset"] += [{"title": "Sans identifiant"}, "pas un objet", {"identifier": "b"}]
    peer.answers["/data.json"] = told
    outcome = run(connection, one, clock, NOTHING)
    found = {(finding.code, finding.record) for finding in outcome.findings}
    assert found >= {("record.date", "a"), ("record.duplicate-id", "c"), ("record.without-id", "Sans identifiant"),
                     ("record.without-title", "b"), ("record.unreadable", None)}  # fmt: skip
    assert live(connection) == {"a": "Jeu a", "b": "Jeu b", "d": "Jeu d"}


def test_a_record_of_ours_that_comes_back_is_not_doubled(connection: Any, peer: Peer, clock: Any) -> None:
    known = Ours("https://idg.example", frozenset({"adresses"}), {"urn:ailleurs:12": "bancs"})
    peer.answers["/data.json"] = pod(
        "https://idg.example/collections/records/items/adresses", "https://idg.example/collections/inconnue",
        "urn:ailleurs:12", "x",
    )  # fmt: skip
    outcome = run(connection, source(peer, "data-json", "/data.json"), clock, known)
    assert len(outcome.difference.ours) == 2
    assert set(live(connection)) == {"https://idg.example/collections/inconnue", "x"}


def records_page(number: int, ids: list[str], *, more: str | None) -> dict[str, Any]:
    links = [{"rel": "next", "href": more}] if more else []
    features = [{"type": "Feature", "id": id, "properties": {"title": f"Fiche {id}"}, "geometry": None} for id in ids]
    return {"type": "FeatureCollection", "features": features, "links": links, "page": number}


def test_a_run_that_was_cut_off_is_gone_on_with(connection: Any, peer: Peer, clock: Any) -> None:
    one = source(peer, "ogcapi-records", "/items")
    peer.answers["/items"] = records_page(1, ["a", "b"], more="/two")
    peer.answers["/two"] = records_page(2, ["c"], more="/three")
    cut = run(connection, one, clock, NOTHING, network=patient)
    assert cut.failed
    assert live(connection) == {}
    peer.asked.clear()
    peer.answers["/three"] = records_page(3, ["d"], more=None)
    done = run(connection, one, clock, NOTHING)
    assert done.difference.added == ("a", "b", "c", "d")


@pytest.mark.parametrize("more", ["/items?f=json&limit=100", "/two"])
def test_a_loop_of_pages_is_stopped(connection: Any, peer: Peer, clock: Any, more: str) -> None:
    peer.answers["/items"] = records_page(1, ["a"], more="/two")
    peer.answers["/two"] = records_page(2, ["b"], more=more)
    outcome = run(connection, source(peer, "ogcapi-records", "/items"), clock, NOTHING)
    assert outcome.failed
    assert "source.unreadable" in codes(outcome)
    assert live(connection) == {}


def test_a_feed_without_end_and_too_many_records_are_stopped(connection: Any, peer: Peer, clock: Any) -> None:
    def endless(path: str, _headers: dict[str, str]) -> Any:
        number = int(path.partition("n=")[2].partition("&")[0] or 0)
        return records_page(number, [f"r{number}"], more=f"/items?n={number + 1}")

    peer.answers["/items"] = endless
    few = {"limits": {"pages": 5}}
    assert "limits.pages" in str(
        run(connection, source(peer, "ogcapi-records", "/items", **few), clock, NOTHING).problem
    )
    few = {"limits": {"records": 3}}
    assert "limits.records" in str(
        run(connection, source(peer, "ogcapi-records", "/items", **few), clock, NOTHING).problem
    )
    assert live(connection) == {}


def test_a_loop_of_catalogues_is_a_finding_and_what_they_hold_is_kept(connection: Any, peer: Peer, clock: Any) -> None:
    root = {
        "type": "Catalog",
        "id": "root",
        "links": [{"rel": "child", "href": "/one"}, {"rel": "child", "href": "/two"}],
    }
    extent = {"spatial": {"bbox": [[2.1, 48.8, 2.3, 48.9]]}, "temporal": {"interval": [["2024-01-01T00:00:00Z", None]]}}
    ortho = {"type": "Collection", "id": "ortho", "title": "Ortho", "description": "…", "extent": extent,
             "license": "etalab-2.0", "links": [{"rel": "child", "href": "/catalogue"}]}  # fmt: skip
    peer.answers |= {"/catalogue": root, "/one": ortho, "/two": {"type": "Catalog", "id": "two", "links": []}}
    outcome = run(connection, source(peer, "stac", "/catalogue"), clock, NOTHING)
    assert "catalogue.loop" in codes(outcome)
    (kept,) = harvested.records(connection)
    assert kept["document"]["bbox"] == [2.1, 48.8, 2.3, 48.9]
    connection.commit()


def test_two_runs_of_a_source_do_not_meet(connection: Any, peer: Peer, clock: Any, another: Any) -> None:
    from mig_idg.errors import Conflict

    with another.transaction():
        harvested.alone(another, "voisin")
    peer.answers["/data.json"] = pod("a")
    with pytest.raises(Conflict):
        run(connection, source(peer, "data-json", "/data.json"), clock, NOTHING)


def patient(one: Any) -> Outgoing:
    """The guarded connection, whose waits are not waited."""
    from mig_idg.harvest.run import outgoing

    made = outgoing(one)
    return replace(made, sleep=lambda _seconds: None)
