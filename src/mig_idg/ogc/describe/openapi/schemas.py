"""`components.schemas`: written here, none from another site, so that a client needs nothing but this document."""

from __future__ import annotations

from typing import Any

_LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_STRING = {"type": "string"}
_STRINGS = {"type": "array", "items": _STRING}
_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_COUNT = {"type": "integer", "minimum": 0}
_INSTANTS = {"type": "array", "items": {"type": "string", "nullable": True}, "minItems": 2, "maxItems": 2}

SCHEMAS: dict[str, Any] = {
    "execute": {
        "type": "object",
        "properties": {
            "inputs": {"type": "object"},
            "outputs": {"type": "object"},
            "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
            "subscriber": {
                "type": "object",
                "required": ["successUri"],
                "properties": {"successUri": _STRING, "inProgressUri": _STRING, "failedUri": _STRING},
            },
        },
    },
    "link": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {
            "href": _STRING,
            "rel": _STRING,
            "type": _STRING,
            "hreflang": _STRING,
            "title": _STRING,
            "length": {"type": "integer"},
            "templated": {"type": "boolean"},
        },
    },
    "landingPage": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": _STRING, "description": _STRING, "attribution": _STRING, "links": _LINKS},
    },
    "confClasses": {"type": "object", "required": ["conformsTo"], "properties": {"conformsTo": _STRINGS}},
    "extent": {
        "type": "object",
        "properties": {
            "spatial": {
                "type": "object",
                "properties": {"bbox": {"type": "array", "minItems": 1, "items": _NUMBERS}, "crs": _STRING},
            },
            "temporal": {
                "type": "object",
                "properties": {"interval": {"type": "array", "items": _INSTANTS}},
            },
        },
    },
    "collection": {
        "type": "object",
        "required": ["id", "links", "access"],
        "properties": {
            "id": _STRING,
            "title": _STRING,
            "description": _STRING,
            "attribution": _STRING,
            "keywords": _STRINGS,
            "extent": {"$ref": "#/components/schemas/extent"},
            "itemType": _STRING,
            "dataType": _STRING,
            "crs": _STRINGS,
            "storageCrs": _STRING,
            "license": _STRING,
            "kind": {"type": "string", "enum": ["mutualised", "coproduced"]},
            "access": {"$ref": "#/components/schemas/accessSummary"},
            "links": _LINKS,
        },
    },
    "collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "numberMatched": _COUNT,
            "numberReturned": _COUNT,
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        },
    },
    "outcome": {"type": "string", "enum": ["permit", "deny"]},
    "accessSummary": {
        "type": "object",
        "required": ["outcome", "rule", "article", "href"],
        "properties": {
            "outcome": {"$ref": "#/components/schemas/outcome"},
            "rule": _STRING,
            "article": _STRING,
            "actions": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/outcome"}},
            "href": _STRING,
        },
    },
    "access": {
        "type": "object",
        "required": ["collection", "caller", "on", "actions", "links"],
        "properties": {
            "collection": _STRING,
            "title": _STRING,
            "caller": {"type": "object"},
            "on": {"type": "string", "format": "date"},
            "facts": {"type": "integer"},
            "outcome": {"$ref": "#/components/schemas/outcome"},
            "license": {"type": "string", "nullable": True},
            "attribution": _STRING,
            "actions": {"type": "array", "items": {"$ref": "#/components/schemas/accessDecision"}},
            "links": _LINKS,
        },
    },
    "accessDecision": {
        "type": "object",
        "required": ["action", "outcome", "rule", "article", "reason"],
        "properties": {
            "action": _STRING,
            "title": _STRING,
            "outcome": {"$ref": "#/components/schemas/outcome"},
            "rule": _STRING,
            "article": _STRING,
            "reason": _STRING,
            "remedy": _STRING,
            "limits": _STRINGS,
            "obligations": {
                "type": "array",
                "items": {"type": "object", "properties": {"code": _STRING, "text": _STRING}},
            },
            "alsoPermittedBy": _STRINGS,
        },
    },
    "geometryGeoJSON": {
        "type": "object",
        "nullable": True,
        "required": ["type"],
        "properties": {
            "type": {
                "type": "string",
                "enum": [
                    "Point",
                    "MultiPoint",
                    "LineString",
                    "MultiLineString",
                    "Polygon",
                    "MultiPolygon",
                    "GeometryCollection",
                ],
            },
            "coordinates": {"type": "array", "items": {}},
            "geometries": {"type": "array", "items": {"$ref": "#/components/schemas/geometryGeoJSON"}},
        },
    },
    "featureGeoJSON": {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "geometry": {"$ref": "#/components/schemas/geometryGeoJSON"},
            "properties": {"type": "object", "nullable": True},
            "links": _LINKS,
        },
    },
    "featureCollectionGeoJSON": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/featureGeoJSON"}},
            "links": _LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": _COUNT,
            "numberMatchedEstimated": _COUNT,
            "numberReturned": _COUNT,
        },
    },
    "jsonSchema": {"type": "object", "properties": {"type": _STRING, "properties": {"type": "object"}}},
    "object": {"type": "object"},
    "remark": {
        "type": "object",
        "required": ["words"],
        "properties": {
            "kind": {"type": "string", "enum": ["remark", "question", "publication"], "default": "remark"},
            "words": {"type": "string", "minLength": 3, "maxLength": 4000},
            "name": {"type": "string", "maxLength": 100},
            "email": {"type": "string", "maxLength": 254},
            "feature": {"type": "string", "maxLength": 200},
            "geometry": {"type": "object"},
            "organisation": {"type": "string", "maxLength": 100},
            "record": {"type": "string", "maxLength": 200},
        },
    },
    "html": {"type": "string"},
    "text": {"type": "string"},
    "binary": {"type": "string", "format": "binary"},
    "problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": _STRING,
            "title": _STRING,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _STRING,
            "code": _STRING,
            "remedy": _STRING,
            "instance": _STRING,
            "parameter": _STRING,
            "rule": _STRING,
            "article": _STRING,
            "reason": _STRING,
        },
    },
}
