"""Run by the QGIS of the distribution (its own Python): opens layers of a service and prints what it saw as JSON."""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
)


def main() -> None:
    """`qgis_reader.py URL COLLECTION xmin,ymin,xmax,ymax [EXPRESSION]`: the box is in the layer's own CRS."""
    url, collection, box = sys.argv[1:4]
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    layer = QgsVectorLayer(f"url='{url}' typename='{collection}' restrictToRequestBBOX='1'", collection, "OAPIF")
    seen = {"valid": layer.isValid(), "error": layer.error().message(), "crs": layer.crs().authid()}
    if layer.isValid():
        request = QgsFeatureRequest().setFilterRect(QgsRectangle(*map(float, box.split(","))))
        features = list(layer.getFeatures(request))
        seen["fields"] = [field.name() for field in layer.fields()]
        seen["in_box"] = len(features)
        seen["distinct"] = len({feature.id() for feature in features})
        seen["count"] = layer.featureCount()
        seen["first"] = features[0].geometry().asWkt(3) if features else None
        if len(sys.argv) > 4:
            layer.setSubsetString(sys.argv[4])
            seen["filtered"] = len(list(layer.getFeatures(request)))
    print(json.dumps(seen), flush=True)
    os._exit(0)  # its own teardown crashes now and then, with everything said


main()
