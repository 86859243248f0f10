"""SensorThings as its clients ask for it, and as its rights answer: hidden is the same as absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sensors.conftest import Sta, station

ONE = "Datastreams/name eq 'Température ouverte'"


def named(sta: Sta, name: str, who: str | None = "pilot") -> Any:
    (thing,) = sta.get("/Things", who, _filter=f"name eq '{name}'", _expand="Datastreams")["value"]
    return thing


def test_the_root_names_the_eight_sets(sta: Sta) -> None:
    told = sta.get("")
    assert {one["name"] for one in told["value"]} == {
        "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
        "FeaturesOfInterest",
    }  # fmt: skip
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in told["serverSettings"]["conformance"]
    for one in told["value"]:
        assert sta.get("/" + one["name"])["value"], one["name"]


def test_a_thing_is_written_as_the_standard_says(sta: Sta) -> None:
    thing = named(sta, "ouverte", None)
    id = thing["@iot.id"]
    root = f"{sta.service.url}/sensorthings/v1.1"
    assert thing["@iot.selfLink"] == f"{root}/Things({id})"
    assert thing["Locations@iot.navigationLink"] == f"{root}/Things({id})/Locations"
    (series,) = thing["Datastreams"]
    assert series["phenomenonTime"] == "2026-01-15T00:00:00Z/2026-01-15T23:00:00Z"
    assert series["properties"]["dataset"] == "equipements"
    assert series["properties"]["licence"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    (place,) = sta.get(f"/Things({id})/Locations")["value"]
    assert place["location"]["coordinates"] == [2.2097, 48.9082]
    assert sta.get(f"/Things({id})/name") == {"name": "ouverte"}
    assert sta.service.get(f"/sensorthings/v1.1/Things({id})/name/$value").text == "ouverte"
    assert sta.get(f"/Things({id})/Datastreams/$ref")["value"] == [{"@iot.selfLink": series["@iot.selfLink"]}]
    (past,) = sta.get(f"/Things({id})/HistoricalLocations", _expand="Locations")["value"]
    assert past["Locations"][0]["@iot.id"] == place["@iot.id"]
    first = sta.get(f"/Datastreams({series['@iot.id']})/Observations", _top="1", _expand="FeatureOfInterest")["value"][
        0
    ]
    assert first["result"] == 0
    assert first["phenomenonTime"] == "2026-01-15T00:00:00Z"
    assert first["FeatureOfInterest"]["feature"]["type"] == "Point"
    assert sta.get(f"/Observations({first['@iot.id']})/Datastream/Thing/name") == {"name": "ouverte"}


@pytest.mark.parametrize(
    ("filter", "results"),
    [
        ("result gt 10", [10.5, 11, 11.5]),
        ("result ge 11 and result lt 11.5", [11]),
        ("not (result lt 11.5)", [11.5]),
        ("result in (1, 2.5)", [1, 2.5]),
        ("phenomenonTime ge 2026-01-15T22:00:00Z", [11, 11.5]),
        ("phenomenonTime lt 2026-01-15T03:00:00+02:00", [0]),
        ("date(phenomenonTime) eq 2026-01-15 and hour(phenomenonTime) eq 7", [3.5]),
        ("phenomenonTime gt 2026-01-15T00:00:00Z add duration'PT22H30M'", [11.5]),
        ("result mul 2 eq 22", [11]),
        ("round(result) eq 8 and floor(result) eq 7", [7.5]),
        ("result div 2 eq 1 or result mod 10 eq 1.5", [1.5, 2, 11.5]),
        ("Datastream/Thing/name eq 'ouverte' and result eq 3", [3]),
        ("Datastream/@iot.id eq 1 and result eq 3", [3]),
        ("substringof('ouv', Datastream/Thing/name) and startswith(Datastream/name, 'Temp') and result eq 1", [1]),
        ("length(concat(toupper(Datastream/Thing/name), 'x')) eq 8 and result eq 1", [1]),
        ("Datastream/unitOfMeasurement/symbol eq '°C' and result eq 1", [1]),
        ("Datastream/Thing/properties/commune_insee eq '92050' and result eq 1", [1]),
        ("geo.intersects(FeatureOfInterest/feature, geography'POLYGON ((2 48, 3 48, 3 49, 2 49, 2 48))') and result eq 1",
         [1]),
        ("geo.distance(FeatureOfInterest/feature, geography'POINT (2.2097 48.9082)') lt 0.01 and result eq 1", [1]),
        ("st_within(FeatureOfInterest/feature, geography'POLYGON ((0 0, 1 0, 1 1, 0 0))')", []),
        ("resultTime eq null and result eq 1", [1]),
        ("resultTime ne null", []),
        ("year(now()) lt 2000", []),
    ],
)  # fmt: skip
def test_filters_keep_what_the_standard_says(sta: Sta, filter: str, results: list[float]) -> None:
    found = sta.get("/Observations", _filter=filter, _orderby="result", _count="true")
    assert [one["result"] for one in found["value"]] == results
    assert found["@iot.count"] == len(results)


@pytest.mark.parametrize(
    "query",
    [
        {"_filter": "nom eq 'x'"},
        {"_filter": "result gt"},
        {"_filter": "phenomenonTime gt 'x'"},
        {"_filter": "sleep(5) eq 1"},
        {"_filter": "(" * 200 + "result eq 1"},
        {"_filter": " or ".join(["result eq 1"] * 150)},
        {"_filter": "Datastream/" * 8 + "name eq 'x'"},
        {"_filter": "x" * 5000},
        {"_expand": "Datastream(" * 12 + "$top=1" + ")" * 12},
        {"_expand": "Datastream/Thing/Datastreams/Thing/Datastreams/Thing"},
        {"_expand": "Nowhere"},
        {"_expand": "Datastream("},
        {"_expand": "Datastream($expand=Observations($top=5000;$expand=Datastream($expand=Observations($top=5000))))"},
        {"_top": "1000000"},
        {"_top": "-1"},
        {"_top": "x"},
        {"_skip": "99999999999"},
        {"_orderby": "nowhere"},
        {"_orderby": "result desc, result asc, result, result, result"},
        {"_select": "secret"},
        {"_skiptoken": "bm90LW91cnM"},
        {"_resultFormat": "GeoPackage"},
        {"_apply": "groupby"},
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(sta: Sta, query: dict[str, str]) -> None:
    problem = sta.get("/Observations", status=400, **query)
    assert problem["detail"]
    assert problem["title"]


@pytest.mark.parametrize("path", ["/Nowhere", "/Things(1)/Nowhere", "/Things/Datastreams", "/Things(999999)", "/Things('a')",
                                  "/Things(999999)/Datastreams", "/Things(1)/name/x", "/Datastreams(1)/Thing(1)"])  # fmt: skip
def test_what_is_not_there_is_404(sta: Sta, path: str) -> None:
    sta.get(path, status=404)


def test_pages_follow_one_another_by_key(sta: Sta) -> None:
    for orderby in (None, "phenomenonTime desc", "result desc", "Datastream/name"):
        query = {"_top": "10", "_filter": "Datastream/Thing/name eq 'ouverte'"} | (
            {"_orderby": orderby} if orderby else {}
        )
        found, link = [], None
        while True:
            page = sta.service.get(link).json() if link else sta.get("/Observations", **query)
            found += [one["@iot.id"] for one in page["value"]]
            link = page.get("@iot.nextLink", "").removeprefix(sta.service.url)
            if not link:
                break
        assert len(found) == len(set(found)) == 24, orderby


def test_nested_expansion_gives_the_latest_observation_of_every_thing(sta: Sta) -> None:
    expand = (
        "Datastreams($select=name;$expand=Observations($top=1;$orderby=phenomenonTime desc;$select=result;$count=true))"
    )
    found = sta.get("/Things", "pilot", _expand=expand, _select="name", _orderby="name", _filter="name ne 'x'")["value"]
    latest = {thing["name"]: thing["Datastreams"][0] for thing in found if thing["Datastreams"]}
    for name in ("ouverte", "nanterre", "courbevoie"):
        assert latest[name]["Observations"] == [{"result": 11.5}]
        assert latest[name]["Observations@iot.count"] == 24
        link = latest[name]["Observations@iot.nextLink"].removeprefix(sta.service.url)
        assert sta.service.get(link, "pilot").json()["value"] == [{"result": 11}]


def test_a_data_array_holds_the_observations_of_each_datastream(sta: Sta) -> None:
    (group,) = sta.get("/Observations", _resultFormat="dataArray", _top="3")["value"]
    assert group["dataArray@iot.count"] == 3
    assert group["dataArray"][1][group["components"].index("result")] == 0.5
    lines = sta.service.get("/sensorthings/v1.1/Observations?$resultFormat=CSV&$top=2").text.splitlines()
    assert lines[1].endswith(",ouverte,2026-01-15T00:00:00Z,,0,°C,equipements")
    assert len(lines) == 3


def test_restricted_datastreams_are_hidden_like_absent_ones(sta: Sta) -> None:
    hidden = named(sta, "courbevoie")
    series = hidden["Datastreams"][0]["@iot.id"]
    (observation,) = sta.get(f"/Datastreams({series})/Observations", "pilot", _top="1")["value"]
    place = sta.get(f"/Things({hidden['@iot.id']})/Locations", "pilot")["value"][0]["@iot.id"]
    for who, seen in ((None, False), ("other-partner", True), ("pilot", True)):
        status = 200 if seen else 404
        for path in (f"/Things({hidden['@iot.id']})", f"/Datastreams({series})", f"/Datastreams({series})/Observations",
                     f"/Observations({observation['@iot.id']})", f"/Things({hidden['@iot.id']})/Datastreams",
                     f"/Locations({place})", f"/Datastreams({series})/Sensor"):  # fmt: skip
            told = sta.get(path, who, status=status)
            if not seen and path.endswith(")"):
                absent = sta.get(path.replace(path[path.rindex("(") :], "(987654)"), who, status=404)
                assert str(told["detail"]) == str(absent["detail"]).replace("987654", path[path.rindex("(") + 1 : -1])
    # other-partner is Courbevoie: it sees its own and the open one, not Nanterre's.
    assert sta.count("/Datastreams", None) == 1
    assert sta.count("/Datastreams", "other-partner") == 2
    assert sta.count("/Datastreams", "pilot") >= 3
    assert sta.count("/Observations", None) == 24
    assert sta.count("/Observations", "other-partner") == 48
    assert sta.count("/Things", None, _filter="name eq 'nanterre'") == 0
    assert sta.count("/Observations", None, _filter="Datastream/Thing/name eq 'nanterre'") == 0
    assert sta.count("/Sensors", None, _filter="Datastreams/name ne 'Température ouverte'") == 0
    assert [one["name"] for one in sta.get("/Things", None, _orderby="name desc")["value"]] == ["ouverte"]
    expanded = sta.get("/ObservedProperties", None, _expand="Datastreams($count=true)")["value"]
    assert [one["Datastreams@iot.count"] for one in expanded] == [1]


def test_only_the_depositor_writes(sta: Sta) -> None:
    hidden, open_ = named(sta, "courbevoie"), named(sta, "ouverte", None)
    body = {"phenomenonTime": "2026-02-01T00:00:00Z", "result": 99}
    for thing, path in ((open_, "Observations"), (hidden, "Observations")):
        series = f"/Datastreams({thing['Datastreams'][0]['@iot.id']})"
        sta.send("POST", f"{series}/{path}", body, who=None, status=401)
        sta.send("POST", f"{series}/{path}", body, who="other-partner", status=403)
    sta.send("PATCH", f"/Things({hidden['@iot.id']})", {"name": "x"}, who=None, status=404)
    sta.send("PATCH", f"/Things({open_['@iot.id']})", {"name": "x"}, who="other-partner", status=403)
    sta.send("DELETE", f"/Things({open_['@iot.id']})", who="other-partner", status=403)
    sta.send("DELETE", f"/Things({open_['@iot.id']})", who=None, status=401)
    problem = sta.send("POST", "/Things", station("erp"), status=400)
    assert "equipements" in problem["detail"], "the datasets that one deposits in are told"
    sta.send("POST", "/Things", {"name": "x"}, status=400)
    sta.send("POST", "/Things", station("equipements") | {"nom": "x"}, status=400)
    wrong = station("equipements", "demi")
    wrong["Datastreams"][0]["Observations"] = [{"result": 1, "phenomenonTime": "hier"}]
    sta.send("POST", "/Things", wrong, status=400)
    assert sta.count("/Things", "pilot", _filter="name eq 'demi'") == 0, "all or nothing"


def test_a_depositor_creates_corrects_and_deletes(sta: Sta) -> None:
    thing = sta.send("POST", "/Things", station("equipements", "passagère"))["@iot.id"]
    series = sta.get(f"/Things({thing})/Datastreams", "pilot")["value"][0]["@iot.id"]
    one = sta.send("POST", f"/Datastreams({series})/Observations", {"result": 3.5, "resultTime": "2026-03-01T00:00:00Z",
                   "phenomenonTime": "2026-03-01T00:00:00Z/2026-03-01T01:00:00Z", "parameters": {"q": 1}})["@iot.id"]  # fmt: skip
    sta.send("POST", "/Observations", {"result": {"a": [1]}, "Datastream": {"@iot.id": series}})
    sta.send("PATCH", f"/Observations({one})", {"result": "hors service"}, status=200)
    told = sta.get(f"/Observations({one})")
    assert told["result"] == "hors service"
    assert told["phenomenonTime"].endswith("/2026-03-01T01:00:00Z")
    patch = [{"op": "replace", "path": "/name", "value": "autre"}, {"op": "add", "path": "/properties/x", "value": 1}]
    sta.service.ask("PATCH", f"/sensorthings/v1.1/Things({thing})", "pilot", content=json.dumps(patch),
                    headers={"content-type": "application/json-patch+json"})  # fmt: skip
    assert sta.get(f"/Things({thing})")["properties"] == {"commune_insee": "92050", "x": 1}
    moved = {"name": "Ailleurs", "description": "", "encodingType": "application/geo+json",
             "location": {"type": "Point", "coordinates": [2.3, 48.9]}}  # fmt: skip
    sta.send("POST", f"/Things({thing})/Locations", moved)
    assert len(sta.get(f"/Things({thing})/HistoricalLocations")["value"]) == 2
    assert [place["name"] for place in sta.get(f"/Things({thing})/Locations")["value"]] == ["Ailleurs"]
    sta.send("DELETE", f"/Observations({one})", status=204)
    assert sta.count(f"/Datastreams({series})/Observations") == 1
    sta.send("DELETE", f"/Things({thing})", status=204)
    sta.get(f"/Datastreams({series})", "pilot", status=404)


@pytest.mark.reference
def test_the_reference_bodies_are_taken(sta: Sta, capteurs: Path) -> None:
    body = json.loads((capteurs / "thing_insertion_profonde.json").read_text())
    body["Datastreams"][0]["properties"] = {"dataset": "eclairage-public"}
    thing = sta.send("POST", "/Things", body)["@iot.id"]
    series = sta.get(f"/Things({thing})/Datastreams", "pilot")["value"][0]["@iot.id"]
    sta.send("POST", f"/Datastreams({series})/Observations", json.loads((capteurs / "observation.json").read_text()))
    arrays = json.loads((capteurs / "observations_dataarray.json").read_text())
    arrays[0]["Datastream"]["@iot.id"] = series
    links = sta.send("POST", "/CreateObservations", arrays)
    assert len(links) == 4
    assert sta.count(f"/Datastreams({series})/Observations", "pilot") == 5
    sta.send("DELETE", f"/Things({thing})", status=204)


def test_every_dataset_shown_is_in_the_journal(sta: Sta) -> None:
    import psycopg

    sta.get("/Observations", "other-partner", _top="100")
    sta.service.settle()
    with psycopg.connect(sta.service.database_url) as owner:
        told = owner.execute(
            "select distinct dataset from journal.decisions where login is not null and action = 'query'"
            " and outcome = 'permit'"
        ).fetchall()
    assert ("eclairage-public",) in told


def test_the_pages_show_the_series_that_one_may_read(sta: Sta) -> None:
    told = sta.service.get("/sensors?f=json", "other-partner").json()
    assert told["numberMatched"] == 2
    assert {one["value"] for one in told["series"]} == {11.5}
    page = sta.service.get("/sensors?f=html")
    assert "Température ouverte" in page.text
    assert "nanterre" not in page.text
    series = named(sta, "nanterre")["Datastreams"][0]["@iot.id"]
    shown = sta.service.get(f"/sensors/{series}?f=html&days=1", "pilot")
    assert "<polyline" in shown.text
    assert "$resultFormat=CSV" in shown.text
    assert sta.service.get(f"/sensors/{series}").status_code == 404
    assert sta.service.get("/sensors?offset=x").status_code == 400
    means = [one["mean"] for one in sta.service.get(f"/sensors/{series}?f=json&days=1", "pilot").json()["points"]]
    assert means == [hour / 2 for hour in range(24)]


def test_the_name_of_the_contract_leads_to_the_same_service(sta: Sta) -> None:
    assert sta.service.get("/sta/v1.1/Things").json() == sta.get("/Things")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_that_others_wrote_reads_and_writes(sta: Sta) -> None:
    import frost_sta_client as fsc

    server = fsc.SensorThingsService(
        f"{sta.service.url}/sensorthings/v1.1",
        auth_handler=fsc.AuthHandler("demo-pilot", sta.service.tokens["pilot"]),
    )
    thing = fsc.Thing(name="frost", description="d", properties={"commune_insee": "92050"})
    thing.locations = [fsc.Location(name="l", description="d", encoding_type="application/geo+json",
                                    location={"type": "Point", "coordinates": [2.2, 48.9]})]  # fmt: skip
    server.create(thing)
    series = fsc.Datastream(
        name="s", description="d", observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement(name="dB", symbol="dB", definition="ucum:dB"), thing=thing,
        sensor=fsc.Sensor(name="x", description="d", encoding_type="text/plain", metadata="m"),
        observed_property=fsc.ObservedProperty(name="bruit", definition="http://x", description="d"),
        properties={"dataset": "equipements"},
    )  # fmt: skip
    server.create(series)
    for hour in range(3):
        server.create(
            fsc.Observation(phenomenon_time=f"2026-01-15T{hour:02}:00:00Z", result=40 + hour, datastream=series)
        )
    found = server.observations().query().filter(f"Datastream/id eq {series.id} and result ge 41").orderby(
        "phenomenonTime", "asc").top(1).list()  # fmt: skip
    assert [one.result for one in found] == [41, 42], "it follows the next page"
    assert server.things().find(thing.id).name == "frost"
    thing.name = "autre"
    server.update(thing)
    server.patch(thing, [{"op": "replace", "path": "/description", "value": "e"}])
    again = server.things().find(thing.id)
    assert (again.name, again.description) == ("autre", "e")
    server.delete(thing)
    assert sta.count("/Things", "pilot", _filter="name eq 'autre'") == 0
