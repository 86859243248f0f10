"""The requirement classes of OGC SensorThings API 1.1 (18-088) that this service meets."""

from __future__ import annotations

_SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"

CONFORMANCE = (
    f"{_SPEC}/datamodel",
    f"{_SPEC}/datamodel/thing",
    f"{_SPEC}/datamodel/location",
    f"{_SPEC}/datamodel/historical-location",
    f"{_SPEC}/datamodel/datastream",
    f"{_SPEC}/datamodel/sensor",
    f"{_SPEC}/datamodel/observed-property",
    f"{_SPEC}/datamodel/observation",
    f"{_SPEC}/datamodel/feature-of-interest",
    f"{_SPEC}/resource-path/resource-path-to-entities",
    f"{_SPEC}/request-data",
    f"{_SPEC}/create-update-delete",
    f"{_SPEC}/data-array/data-array",
)
