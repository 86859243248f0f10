"""Axis orders, names and moved boxes, against PROJ and PostGIS."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pyproj import CRS

from mig_idg.errors import InvalidParameter
from mig_idg.store import crs


@pytest.mark.parametrize("srid", sorted(crs.BY_SRID))
def test_the_list_agrees_with_the_authority(srid: int) -> None:
    first = CRS.from_epsg(srid).axis_info[0]
    known = crs.BY_SRID[srid]
    assert known.flipped == (first.direction == "north")
    assert known.degrees == (first.unit_name == "degree")


@pytest.mark.parametrize("name", ["http://www.opengis.net/def/crs/EPSG/0/2154", "urn:ogc:def:crs:EPSG::2154",
                                  "[EPSG:2154]", "EPSG:2154"])  # fmt: skip
def test_a_crs_has_several_spellings(name: str) -> None:
    assert crs.named(name, "crs", 2154).srid == 2154


@pytest.mark.parametrize("name", ["", "2154", "+proj=longlat", "http://www.opengis.net/def/crs/EPSG/0/2154 ",
                                  "https://evil.example/crs", "file:///etc/passwd", "EPSG:2154;", "epsg:2154"])  # fmt: skip
def test_nothing_but_the_list_is_a_crs(name: str) -> None:
    with pytest.raises(InvalidParameter):
        crs.named(name, "crs", 2154)


def test_lambert_93_with_heights_is_offered_to_layers_that_have_them() -> None:
    assert crs.LAMBERT93_IGN69 in crs.offered(2154, True)
    assert crs.LAMBERT93_IGN69 not in crs.offered(2154, False)


@pytest.mark.parametrize("size", [0.001, 0.05, 1.0, 8.0])
def test_a_moved_box_holds_what_postgis_says(connection: Any, size: float) -> None:
    """On points thrown around its edges; ours may differ from PostGIS's by a tenth of a millimetre, not more."""
    dice = random.Random(5)
    for _ in range(6):
        x, y = -3 + dice.random() * 8, 43 + dice.random() * 4
        bounds = (x, y, x + size, y + size)
        region = crs.moved(bounds, 4326, 2154)
        assert region is not None
        wrong = connection.execute(
            """
            with thrown as (
              select st_setsrid(st_makepoint(
                %(x)s + %(size)s * case when n %% 2 = 0 then random() else round(random()) + (random() - 0.5) / 1e4 end,
                %(y)s + %(size)s * case when n %% 2 = 1 then random() else round(random()) + (random() - 0.5) / 1e4 end
              ), 4326) as p
              from generate_series(1, 400) n
            ), moved as (
              select p, st_transform(p, 2154) as q from thrown
            )
            select count(*) filter (where st_intersects(p, box) and not st_intersects(q, region)),
              count(*) filter (where not st_intersects(p, box) and st_intersects(q, region)
                and st_distance(q, st_transform(st_segmentize(box, %(size)s / 2000), 2154)) > 0.002)
            from moved, st_makeenvelope(%(x)s, %(y)s, %(x)s + %(size)s, %(y)s + %(size)s, 4326) as box,
              (select %(region)s::geometry as region) as r
            """,
            {"x": x, "y": y, "size": size, "region": region.polygon},
        ).fetchone()
        if region.exact:
            assert wrong[0] <= 1
            assert wrong[1] == 0
        else:
            assert wrong[0] == 0  # the outer bounds lose nothing; what is too much is compared again


def test_a_box_on_the_other_side_of_the_world_meets_nothing() -> None:
    assert crs.moved((100.0, 10.0, 110.0, 20.0), 4326, 2154) is None


def test_the_whole_world_is_cut_to_where_the_projection_makes_sense() -> None:
    region = crs.moved((-180.0, -90.0, 180.0, 90.0), 4326, 2154)
    assert region is not None
    assert all(abs(number) < 1e8 for number in region.bounds)


def test_six_numbers_and_flipped_axes_are_read() -> None:
    read = crs.box([48.0, 2.0, 10.0, 49.0, 3.0, 20.0], crs.BY_SRID[4326])
    assert (read.xmin, read.ymin, read.xmax, read.ymax, read.zmin, read.zmax) == (2.0, 48.0, 3.0, 49.0, 10.0, 20.0)


def test_a_box_over_the_antimeridian_has_two_sides() -> None:
    assert crs.box([170.0, -10.0, -170.0, 10.0], crs.CRS84).parts == (
        (170.0, -10.0, 180.0, 10.0),
        (-180.0, -10.0, -170.0, 10.0),
    )


def offers(srid: int, area: tuple[float, float, float, float] | None = None) -> set[int]:
    """The codes that a layer stored so, there, offers."""
    return {one.srid for one in crs.offered(srid, False, area)}


def test_a_layer_offers_the_systems_made_for_where_it_is() -> None:
    paris = (2.1, 48.7, 2.4, 49.0)
    assert {4326, 3857, 2154, 3949, 4171, 4258, 3035} <= offers(2154, paris)
    assert not {3942, 3943, 3944, 3945, 3946} & offers(2154, paris)
    assert {2154, *range(3942, 3951)} <= offers(2154)  # the whole country, for all that is known


def test_a_layer_of_overseas_offers_no_system_of_the_mainland() -> None:
    assert offers(2975) == {4326, 3857, 2975}  # La Réunion
    assert offers(4326, (-54.6, 2.1, -51.6, 5.8)) == {4326, 3857}  # Guyane, stored in degrees


def test_a_layer_wider_than_a_system_does_not_offer_it() -> None:
    """A box in it would be cut while the layer goes on: what is beyond would be lost in silence."""
    assert 2154 not in offers(4326, (-54.6, 2.1, 9.6, 51.1))


def test_a_zone_far_from_a_layer_of_the_whole_country_still_places_it() -> None:
    """The ninth is offered for Ajaccio, the first for Lille."""
    lille = (3.0, 50.6, 3.1, 50.7)
    for code in range(3942, 3951):
        there = crs.moved(lille, 4326, code)
        assert there is not None
        back = crs.moved(there.bounds, code, 4326)
        assert back is not None
        assert back.bounds[0] <= lille[0] + 1e-6
        assert lille[2] - 1e-6 <= back.bounds[2]
