"""Provider plug-ins as others write them, well and badly."""

import os
import time

from pygeoapi.provider.base import BaseProvider, ProviderConnectionError, ProviderItemNotFoundError
from pygeoapi.provider.base_edr import BaseEDRProvider

LAMPS = [
    {"code": f"L{i}", "puissance": i * 10, "pose": f"2024-0{1 + i % 3}-01", "x": 652000.0 + 100 * i, "y": 6862000.0}
    for i in range(1, 8)
]


class Lamps(BaseProvider):
    """Lambert-93, no keyword swallowed, no count, ids under `id_field` only."""

    def __init__(self, definition):
        super().__init__(definition)
        self.get_fields()

    def get_fields(self):
        self._fields = {
            "code": {"type": "string", "title": "Code"},
            "puissance": {"type": "integer"},
            "pose": {"type": "string", "format": "date"},
        }
        return self._fields

    def query(self, offset=0, limit=10, resulttype="results", bbox=(), properties=()):
        found = [one for one in LAMPS if all(str(one[name]) == value for name, value in properties)]
        if bbox:
            found = [one for one in found if bbox[0] <= one["x"] <= bbox[2] and bbox[1] <= one["y"] <= bbox[3]]
        return {"type": "FeatureCollection", "features": [self._feature(one) for one in found[offset : offset + limit]]}

    def get(self, identifier, **kwargs):
        for one in LAMPS:
            if one["code"] == identifier:
                return self._feature(one)
        raise ProviderItemNotFoundError("no such lamp")

    def _feature(self, one):
        properties = {name: one[name] for name in ("code", "puissance", "pose")}
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one["x"], one["y"]]},
            "properties": properties,
        }


class Filtering(Lamps):
    """Takes CQL2, as pygeofilter's tree, and evaluates equality alone."""

    def query(self, offset=0, limit=10, filterq=None, **kwargs):
        if filterq is not None and type(filterq).__name__ != "Equal":
            raise NotImplementedError
        found = LAMPS if filterq is None else [one for one in LAMPS if one[filterq.lhs.name] == filterq.rhs]
        return {"features": [self._feature(one) for one in found[offset : offset + limit]], "numberMatched": len(found)}


class Slow(Lamps):
    """Takes its time, as a service far away does."""

    def query(self, **kwargs):
        time.sleep(0.3)
        return super().query()


class Bad(Lamps):
    """Fails in the way that its data says, once asked for features."""

    def query(self, **kwargs):
        match self.data:
            case "hangs":
                time.sleep(60)
            case "dies":
                os._exit(3)
            case "leaks":
                return [bytearray(2**24) for _ in range(10_000)]
            case "fails":
                raise ProviderConnectionError("secret of the inside")
            case "peeks":
                return {"features": [{"id": "1", "properties": {"code": str(dict(os.environ))}}]}
        raise RuntimeError("secret of the inside")


def _days(count):
    return [f"2025-06-0{1 + i}T00:00:00Z" for i in range(count)]


class Grid(BaseProvider):
    """A coverage of 4 × 3 cells and three days, that does nothing with what it is asked."""

    def __init__(self, definition):
        super().__init__(definition)
        self.axes = ["Long", "Lat", "time"]
        self.get_fields()

    def get_fields(self):
        self._fields = {name: {"type": "number", "title": name, "x-ogc-unit": "Cel"} for name in ("air", "sol")}
        return self._fields

    def query(self, properties=[], subsets={}, bbox=[], datetime_=None, format_="json", **kwargs):  # noqa: B006
        if format_ != "json":
            return b"grid of " + str(sorted(properties)).encode()
        values = [float(i) for i in range(36)]
        array = {"type": "NdArray", "dataType": "float", "axisNames": ["t", "y", "x"], "shape": [3, 3, 4]}
        return {
            "type": "Coverage",
            "domain": {
                "type": "Domain",
                "domainType": "Grid",
                "axes": {
                    "x": {"start": 2.1, "stop": 2.4, "num": 4},
                    "y": {"values": [48.7, 48.8, 48.9]},
                    "t": {"values": _days(3)},
                },
            },
            "parameters": {name: {"type": "Parameter"} for name in ("air", "sol")},
            "ranges": {name: {**array, "values": values} for name in ("air", "sol")},
        }


class Buoys(BaseEDRProvider):
    """Values at places: a position, a cube, named locations."""

    def __init__(self, definition):
        super().__init__(definition)
        self.get_fields()

    def get_fields(self):
        self._fields = {name: {"type": "number", "title": name, "x-ogc-unit": "m"} for name in ("houle", "marée")}
        return self._fields

    def position(self, wkt=None, **kwargs):
        axes = {"x": {"values": [wkt.x]}, "y": {"values": [wkt.y]}, "t": {"values": _days(3)}}
        return self._coverage(axes, ["t"], [3])

    def cube(self, bbox=None, **kwargs):
        axes = {"x": {"values": [2.1, 2.2]}, "y": {"values": [48.8, 48.9]}, "t": {"values": _days(1)}}
        return self._coverage(axes, ["t", "y", "x"], [1, 2, 2])

    def locations(self, location_id=None, **kwargs):
        if location_id is not None and location_id != "b1":
            raise ProviderItemNotFoundError("no such buoy")
        point = {"type": "Point", "coordinates": [2.2, 48.9]}
        feature = {"type": "Feature", "id": "b1", "geometry": point, "properties": {"nom": "Bouée 1"}}
        return feature if location_id else {"type": "FeatureCollection", "features": [feature]}

    def _coverage(self, axes, names, shape):
        count = 1
        for size in shape:
            count *= size
        array = {"type": "NdArray", "dataType": "float", "axisNames": names, "shape": shape}
        return {
            "type": "Coverage",
            "domain": {"type": "Domain", "axes": axes},
            "parameters": {name: {"type": "Parameter"} for name in self._fields},
            "ranges": {name: {**array, "values": [float(i) for i in range(count)]} for name in self._fields},
        }
