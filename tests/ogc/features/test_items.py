"""Pages of features, as a client sees them."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from pyproj import Transformer

from mig_idg.ogc.features import formats
from mig_idg.store import crs

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
AREA = (2.19, 48.88, 2.21, 48.9)  # where the layers of the tests are


def pages(served: Any, query: str, collection: str = "lieux", most: int = 400) -> list[dict[str, Any]]:
    """All the features from this page on, following `next`."""
    features: list[dict[str, Any]] = []
    document = served.items(query, collection)
    for _ in range(most):
        features += document["features"]
        onward = [link["href"] for link in document["links"] if link["rel"] == "next"]
        if not onward:
            return features
        document = served.get(onward[0]).json
    raise AssertionError("the pages never end")


def test_a_page_gives_features_counts_and_links(served: Any) -> None:
    page = served.items("limit=10")
    assert len(page["features"]) == page["numberReturned"] == 10
    assert page["numberMatched"] == 1200
    assert {link["rel"] for link in page["links"]} >= {"self", "next", "alternate", "collection"}


def test_the_media_type_is_geojson_and_the_crs_is_said(served: Any) -> None:
    response = served.get("/collections/lieux/items?limit=1", headers={"accept": "application/geo+json"})
    assert response.headers["content-type"] == "application/geo+json"
    assert response.headers["content-crs"] == f"<{CRS84}>"


def test_every_json_type_arrives_as_it_was_stored(served: Any) -> None:
    properties = served.items("limit=1")["features"][0]["properties"]
    assert properties == {
        "id": "a-00001",
        "nom_voie": 'Impasse "Haute" \\ <5m',
        "numero": 1,
        "surface": 1 / 7,
        "prix": 0.25,
        "certifie": False,
        "leve": "2020-01-02",
        "maj": "2020-01-01T01:00:00Z",
        "vu": "2020-01-02T00:00:00Z",
        "genre": "lieu-dit",
        "cle": "c4ca4238-a0b9-2382-0dcc-509a6f75849b",
        "parcelles": ["P1", "Q"],
        "extra": {"n": 1},
        "commune": "92050",
    }


def test_the_last_page_has_no_next_even_when_it_is_full(served: Any) -> None:
    page = served.items("limit=1200")
    assert page["numberReturned"] == 1200
    assert not [link for link in page["links"] if link["rel"] == "next"]


@pytest.mark.parametrize("query", ["limit=7", "limit=500", "limit=501", "limit=100&sortby=-numero,nom_voie",
                                   "limit=90&sortby=leve", "limit=70&sortby=-nom_voie", "limit=70&sortby=vu",
                                   "limit=55&bbox=2.19,48.87,2.2,48.90", "limit=64&sortby=surface"])  # fmt: skip
def test_paging_gives_every_row_once_and_in_order(served: Any, query: str) -> None:
    found = [feature["id"] for feature in pages(served, query)]
    whole = [
        f["id"]
        for f in served.items("&".join(p for p in query.split("&") if "limit" not in p) + "&limit=10000")["features"]
    ]
    assert found == whole
    assert len(set(found)) == len(found) > 100


def test_random_page_sizes_and_orders_never_lose_a_row(served: Any) -> None:
    dice = random.Random(7)
    names = ["numero", "nom_voie", "certifie", "leve", "prix", "genre", "cle", "maj", "vu", "id", "surface"]
    for _ in range(8):
        keys = ",".join(dice.choice(["", "-"]) + name for name in dice.sample(names, dice.randint(1, 3)))
        found = [f["id"] for f in pages(served, f"limit={dice.randint(40, 700)}&sortby={keys}&properties=id")]
        assert len(found) == len(set(found)) == 1200, keys


def test_a_next_link_survives_rows_removed_before_it(served: Any, database_url: str) -> None:
    from mig_idg.database import connect

    onward = next(link["href"] for link in served.items("limit=10", "troncons")["links"] if link["rel"] == "next")
    with connect(database_url) as connection:
        taken = connection.execute(
            "delete from data.troncons where id between 3 and 5 returning id, nature, geom"
        ).fetchall()
        connection.commit()
        try:
            after = [feature["id"] for feature in served.get(onward).json["features"]]
        finally:
            for row in taken:
                connection.execute("insert into data.troncons (id, nature, geom) values (%s, %s, %s)", row)
            connection.commit()
    assert after == list(range(11, 21))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limite=10", "limite"),
        ("limit=0", "limit"),
        ("limit=abc", "limit"),
        ("limit=-1", "limit"),
        ("offset=99999999999999999999", "offset"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=2,49,3,48", "bbox"),
        ("bbox=nan,1,2,3", "bbox"),
        ("bbox=2,48,3,49&bbox-crs=EPSG:9999", "bbox-crs"),
        ("crs=http://evil.example/pipeline", "crs"),
        ("crs=/etc/passwd", "crs"),
        ("datetime=hier", "datetime"),
        ("datetime=2024-01-01/2023-01-01", "datetime"),
        ("numero=abc", "numero"),
        ("leve=2024-13-45", "leve"),
        ("certifie=oui", "certifie"),
        ("cle=1", "cle"),
        ("sortby=inconnu", "sortby"),
        ("properties=inconnu", "properties"),
        ("filter=inconnu%3D1", "filter"),
        ("filter=numero%3D%27a%27", "filter"),
        ("filter-lang=sql&filter=1", "filter-lang"),
        ("after=zzz", "after"),
        ("after=eyJzIjoiIiwidiI6WyJhIl19&sortby=numero", "after"),
        ("resulttype=all", "resulttype"),
        ("f=docx", "f"),
        ("precision=99", "precision"),
        ("q=,", "q"),
        ("skipGeometry=1", "skipGeometry"),
        ("extra=1", "extra"),
    ],
)
def test_a_bad_parameter_is_400_and_is_named(served: Any, query: str, parameter: str) -> None:
    response = served.get(f"/collections/lieux/items?{query}")
    assert response.status == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json["parameter"] == parameter


def test_an_unknown_parameter_is_told_the_nearest_one(served: Any) -> None:
    response = served.get("/collections/lieux/items?limitt=10")
    assert response.status == 400
    assert "limit" in response.json["remedy"]


def test_a_limit_over_the_maximum_is_the_maximum(served: Any) -> None:
    assert served.items("limit=99999999")["numberReturned"] == 1200


def test_property_filters_compare_as_the_column_does(served: Any) -> None:
    assert served.items("numero=7")["numberMatched"] == 24
    assert served.items("certifie=true&numero=7")["numberMatched"] == 0
    assert served.items("genre=voie")["numberMatched"] == 600
    assert served.items("leve=2020-01-02")["numberMatched"] == 1
    assert served.items("vu=2020-01-02T00:00:00Z")["numberMatched"] == 1
    assert served.items("cle=c4ca4238a0b923820dcc509a6f75849b")["numberMatched"] == 1
    assert served.items("prix=0.25")["numberMatched"] == 1


def test_datetime_filters_days_and_periods(served: Any) -> None:
    assert served.items("datetime=2020-01-02")["numberMatched"] == 1
    assert served.items("datetime=2020-01-02T12:00:00Z")["numberMatched"] == 1
    assert served.items("datetime=2020-01-02/2020-01-11")["numberMatched"] == 10
    assert served.items("datetime=../2020-01-11")["numberMatched"] == 10
    assert served.items("datetime=2023-01-01/..")["numberMatched"] == 1200 - 1095


@pytest.mark.parametrize(
    ("period", "same_as"),
    [
        ("2020-01-02/P2D", "2020-01-02/2020-01-04"),
        ("2020-01-31/P1M", "2020-01-31/2020-02-29"),
        ("2020-01-02T00:00:00Z/P1W2DT2H31M12S", "2020-01-02T00:00:00Z/2020-01-11T02:31:12Z"),
        ("P1M/2020-03-31T00:00:00Z", "2020-02-29T00:00:00Z/2020-03-31T00:00:00Z"),
    ],
)
def test_ats_18_a_period_may_be_told_by_how_long_it_lasts(served: Any, period: str, same_as: str) -> None:
    found = served.items(f"datetime={period}&limit=200")
    bounds = served.items(f"datetime={same_as}&limit=200")
    last = {"2020-01-02/P2D": 1, "2020-01-31/P1M": 1}.get(period, 0)  # the bound after whole days is not included
    assert found["numberMatched"] == bounds["numberMatched"] - last > 0


@pytest.mark.parametrize("period", ["P2D", "P2D/P1D", "2020-01-01/P", "2020-01-01/PT", "../P1D", "2020-01-01/P999999Y"])
def test_a_duration_that_tells_no_period_is_400(served: Any, period: str) -> None:
    assert served.get(f"/collections/lieux/items?datetime={period}").json["parameter"] == "datetime"


def test_q_finds_french_words_without_accents_or_plurals(served: Any) -> None:
    assert served.items("q=eglises")["numberMatched"] == 400
    assert served.items("q=IMPASSE haute")["numberMatched"] == 400
    assert served.items("q=rue,impasse")["numberMatched"] == 800
    assert served.items("q=introuvable")["numberMatched"] == 0


def test_a_selection_of_properties_is_what_comes(served: Any) -> None:
    page = served.items("limit=2&properties=numero,commune&skipGeometry=true")
    assert page["features"][0] == {
        "type": "Feature",
        "id": "a-00001",
        "geometry": None,
        "properties": {"numero": 1, "commune": "92050"},
    }


def test_hits_counts_without_features(served: Any) -> None:
    page = served.items("resulttype=hits&numero=7")
    assert (page["numberMatched"], page["features"]) == (24, [])
    assert not [link for link in page["links"] if link["rel"] == "next"]


def test_each_crs_gives_its_own_axis_order(served: Any) -> None:
    stored = served.items(f"limit=1&crs={EPSG}2154")["features"][0]["geometry"]["coordinates"]
    assert stored == pytest.approx([641010.123, 6866000.0], abs=1e-3)
    for code, flipped in ((4326, True), (3857, False), (3949, False), (4171, True), (3035, True)):
        response = served.get(f"/collections/lieux/items?limit=1&crs={EPSG}{code}")
        assert response.headers["content-crs"] == f"<{EPSG}{code}>"
        there = response.json["features"][0]["geometry"]["coordinates"]
        x, y = Transformer.from_crs(2154, code, always_xy=True).transform(641010.123456, 6866000)
        assert there == pytest.approx([y, x] if flipped else [x, y], rel=1e-7)


def test_the_same_box_in_any_crs_finds_the_same_features(served: Any) -> None:
    box = (641050.0, 6866020.0, 641200.0, 6866200.0)
    wanted = {f["id"] for f in served.items(f"bbox={','.join(map(str, box))}&bbox-crs={EPSG}2154")["features"]}
    assert len(wanted) == 15 * 17
    for code, flipped in (
        (one.srid, one.flipped) for one in crs.offered(2154, False, AREA) if one.uri.startswith(EPSG)
    ):
        to = Transformer.from_crs(2154, code, always_xy=True)
        xmin, ymin, xmax, ymax = to.transform_bounds(*box, densify_pts=50)
        corners = (ymin, xmin, ymax, xmax) if flipped else (xmin, ymin, xmax, ymax)
        found = {
            f["id"] for f in served.items(f"bbox={','.join(map(repr, corners))}&bbox-crs={EPSG}{code}")["features"]
        }
        assert found >= wanted, code


def test_a_box_is_what_postgis_says_it_is(served: Any, connection: Any) -> None:
    dice = random.Random(3)
    for _ in range(25):
        x, y = 2.195 + dice.random() * 0.004, 48.881 + dice.random() * 0.002
        box = (x, y, x + dice.random() * 0.004, y + dice.random() * 0.002)
        (expected,) = connection.execute(
            "select count(*) from data.lieux"
            " where st_intersects(st_transform(geom, 4326), st_makeenvelope(%s, %s, %s, %s, 4326))",
            box,
        ).fetchone()
        assert served.items(f"bbox={','.join(map(repr, box))}&limit=1")["numberMatched"] == expected


@pytest.mark.parametrize(
    ("box", "count"),
    [
        ("-180,-90,180,90", 1200),
        ("170,40,-170,50", 0),
        ("2,-90,-170,90", 1200),
        ("3,-90,2.5,90", 1200),
        ("-200,-90,200,90", 1200),
        ("100,-10,110,10", 0),
        ("2,48,0,3,49,100", 1200),
    ],
)
def test_wide_boxes_and_the_antimeridian(served: Any, box: str, count: int) -> None:
    assert served.items(f"bbox={box}&limit=1")["numberMatched"] == count


def test_heights_are_kept_and_filter(served: Any) -> None:
    page = served.items("limit=1", "troncons")
    assert [position[2] for position in page["features"][0]["geometry"]["coordinates"]] == [35.5, 36.25]
    assert served.items("bbox=2,48,36,3,49,37&limit=1", "troncons")["numberMatched"] == 60
    assert served.items("bbox=2,48,40,3,49,50&limit=1", "troncons")["numberMatched"] == 0
    crs = served.get(f"/collections/troncons/items?limit=1&crs={EPSG}5698")
    assert crs.headers["content-crs"] == f"<{EPSG}5698>"


def test_a_feature_without_geometry_is_served_with_null(served: Any) -> None:
    last = served.items("sortby=-id&limit=1", "troncons")["features"][0]
    assert (last["id"], last["geometry"]) == (61, None)


def test_an_etag_comes_and_a_second_ask_costs_nothing(served: Any) -> None:
    path = "/collections/lieux/items?limit=3"
    first = served.get(path)
    again = served.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.content) == (304, b"")


def test_accept_weights_choose_the_representation(served: Any) -> None:
    path = "/collections/lieux/items?limit=1"
    page = served.get(path, headers={"accept": "text/html;q=0.2, application/geo+json;q=0.9"})
    assert page.headers["content-type"] == "application/geo+json"
    page = served.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert served.get(path, headers={"accept": "image/png"}).status == 406


def test_precision_and_simplification(served: Any) -> None:
    assert all(n == round(n, 2) for n in served.items("limit=1&precision=2")["features"][0]["geometry"]["coordinates"])
    assert served.items("limit=1&zoom-level=12", "troncons")["features"][0]["geometry"]["type"] == "LineString"


def test_single_items_carry_their_links_and_their_crs(served: Any) -> None:
    response = served.get(f"/collections/lieux/items/a-00002?crs={EPSG}2154")
    assert response.json["id"] == "a-00002"
    assert {link["rel"] for link in response.json["links"]} >= {"self", "collection", "alternate"}
    assert response.headers["content-crs"] == f"<{EPSG}2154>"


@pytest.mark.parametrize("id", ["nulle-part", "%00", "a-0000", "a-00002/x", "%F0%9F%92%A9"])
def test_an_item_that_is_not_there_is_404(served: Any, id: str) -> None:
    assert served.get(f"/collections/lieux/items/{id}").status == 404


def test_an_id_of_the_wrong_type_is_a_missing_item(served: Any) -> None:
    assert served.get("/collections/troncons/items/abc").status == 404
    assert served.get("/collections/troncons/items/99999999999999999999").status == 404
    assert served.get("/collections/troncons/items/7").status == 200


def test_unknown_parameters_of_an_item_are_400(served: Any) -> None:
    assert served.get("/collections/lieux/items/a-00002?limit=3").status == 400


def test_head_answers_like_get_without_a_body(served: Any) -> None:
    response = served.request("HEAD", "/collections/lieux/items?limit=2")
    assert (response.status, response.content) == (200, b"")
    same = served.get("/collections/lieux/items?limit=2").headers
    assert response.headers["etag"] == same["etag"]
    assert response.headers["content-length"] == same["content-length"]
    assert response.headers.get("content-encoding") == same.get("content-encoding")


@pytest.mark.parametrize(
    "order", ["", "&sortby=nom_voie", "&sortby=-numero,nom_voie", "&sortby=-id", "&filter=numero<20"]
)
def test_one_goes_back_by_the_pages_one_came_by(served: Any, order: str) -> None:
    """Nulls in the order included, whichever way it goes."""

    def ids(page: Any) -> list[str]:
        return [feature["id"] for feature in page["features"]]

    def to(page: Any, relation: str) -> Any:
        found = [link["href"] for link in page["links"] if link["rel"] == relation]
        return served.get(found[0]).json if found else None

    pages = [served.items(f"limit=130{order}")]
    while onward := to(pages[-1], "next"):
        pages.append(onward)
    assert to(pages[0], "prev") is None
    page = pages[-1]
    for expected in reversed(pages[:-1]):
        page = to(page, "prev")
        assert ids(page) == ids(expected)
    assert to(page, "prev") is None
    assert page["numberMatched"] == pages[0]["numberMatched"]


def test_pages_by_number_lead_back_too(served: Any) -> None:
    page = served.items("limit=10&offset=15")
    back = next(link["href"] for link in page["links"] if link["rel"] == "prev")
    assert "offset=5" in back
    first = served.get(back).json
    assert "offset" not in next(link["href"] for link in first["links"] if link["rel"] == "prev")


def test_before_goes_with_no_other_place(served: Any) -> None:
    page = served.items("limit=10")
    onward = next(link["href"] for link in page["links"] if link["rel"] == "next")
    marker = onward.partition("after=")[2].partition("&")[0]
    for query in (
        f"before={marker}&after={marker}",
        f"before={marker}&offset=3",
        "before=AAAA",
        f"before={marker}&f=csv",
    ):
        assert served.get(f"/collections/lieux/items?{query}").status == 400, query


@pytest.mark.parametrize(
    ("period", "same_as"),
    [
        ("2020-02-01T00:00:00/9999-12-31T00:00:00Z", "2020-02-01T00:00:00Z/.."),
        ("0000-01-01T00:00:00Z/2020-02-01T00:00:00", "../2020-02-01T00:00:00Z"),
        ("0000-01-01/2020-02-01", "../2020-02-01"),
        ("2020-02-01T00:00/..", "2020-02-01T00:00:00Z/.."),
        ("2020-02-01T02:00:00%2B0200/..", "2020-02-01T00:00:00Z/.."),
        ("2020-02-01T02:00:00+02:00/..", "2020-02-01T00:00:00Z/.."),
        ("../9999-12-31T23:59:59-05:00", "1900-01-01/.."),
    ],
)
def test_dates_are_read_as_clients_write_them(served: Any, period: str, same_as: str) -> None:
    """The first three are QGIS's: refused, the layer looks empty. A bare plus sign is a space to whoever decodes it."""
    found = served.items(f"datetime={period}&limit=1&sortby=leve")
    expected = served.items(f"datetime={same_as}&limit=1&sortby=leve")
    assert found["numberMatched"] == expected["numberMatched"] > 0
    assert found["features"] == expected["features"]


@pytest.mark.parametrize("value", ["2020-01-01T05:00:00", "2020-01-01T05:00", "2020-01-01T06:00:00%2B01:00"])
def test_an_instant_asked_of_an_attribute_may_leave_out_its_zone(served: Any, value: str) -> None:
    assert [one["id"] for one in served.items(f"maj={value}")["features"]] == ["a-00005"]


@pytest.mark.parametrize("accept", [form.media_type for form in formats.ITEMS if not form.whole])
def test_each_format_of_items_may_be_asked_by_accept(served: Any, accept: str) -> None:
    response = served.get("/collections/lieux/items?limit=2", headers={"accept": accept})
    assert response.status == 200
    assert response.headers["content-type"].partition(";")[0] == accept.partition(";")[0]


def test_what_accept_takes_away_is_a_download(served: Any) -> None:
    """As by `f`: the charter is asked the same."""
    by_accept = served.get("/collections/lieux/items", headers={"accept": "text/csv"})
    by_f = served.get("/collections/lieux/items?f=csv")
    assert by_accept.content == by_f.content
    assert by_accept.headers["content-disposition"] == by_f.headers["content-disposition"]


@pytest.mark.parametrize(
    "accept", ["application/geo+json, application/json", "text/html,application/xml;q=0.9,*/*;q=0.8", "*/*", "text/*"]
)
def test_a_browser_and_gdal_get_a_page_not_a_file(served: Any, accept: str) -> None:
    response = served.get("/collections/lieux/items?limit=2", headers={"accept": accept})
    assert response.headers["content-type"].partition(";")[0] in ("text/html", "application/geo+json")
    assert "content-disposition" not in response.headers


def test_a_token_in_the_query_is_kept_in_the_links(served: Any) -> None:
    secret = served._secrets["partner"]
    page = served.get(f"/collections/bancs/items?limit=2&token={secret}").json
    onward = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert f"/t/{secret}/" in onward
    assert served.get(onward).status == 200
    assert all(f"/t/{secret}/" in link["href"] and "token=" not in link["href"] for link in page["links"])


def test_a_page_says_when_it_was_answered_and_its_validator_is_weak(served: Any) -> None:
    answer = served.get("/collections/lieux/items?limit=1", headers={"accept-encoding": "identity"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer.json["timeStamp"])
    assert answer.headers["etag"].startswith('W/"')
    again = served.get("/collections/lieux/items?limit=1", headers={"if-none-match": answer.headers["etag"]})
    assert again.status == 304


def test_a_page_names_the_column_that_datetime_looked_at(served: Any) -> None:
    """The layer has three: QGIS sends a filter on any of them as `datetime`."""
    assert served.get("/collections/lieux/items?limit=1&datetime=2020-01-02").headers["idg-datetime"] == "leve"
    assert "idg-datetime" not in served.get("/collections/lieux/items?limit=1").headers


def test_the_language_of_a_filter_may_be_said_beside_a_body_that_says_it(served: Any) -> None:
    body = '{"op":"=","args":[{"property":"numero"},7]}'
    kind = {"content-type": "application/cql2+json"}
    path = "/collections/lieux/items?limit=1&filter-lang="
    assert served.request("POST", f"{path}cql2-json", content=body, headers=kind).json["numberMatched"] == 24
    refused = served.request("POST", f"{path}cql2-text", content=body, headers=kind)
    assert (refused.status, refused.json["parameter"]) == (400, "filter-lang")
