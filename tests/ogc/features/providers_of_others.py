"""Provider plug-ins as others write them, well and badly."""

import os
import time

from pygeoapi.provider.base import BaseProvider, ProviderConnectionError, ProviderItemNotFoundError

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
