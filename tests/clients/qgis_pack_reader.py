"""Run by the QGIS of the distribution: opens a project or a layer definition and prints the layers it holds as JSON."""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsAuthMethodConfig,
    QgsFeatureRequest,
    QgsLayerDefinition,
    QgsMapLayerType,
    QgsProject,
)


def main() -> None:
    """`qgis_pack_reader.py FILE LOGIN TOKEN`: the configuration that the file names is made first, as a person does."""
    file, login, token = sys.argv[1:4]
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    manager = QgsApplication.authManager()
    manager.setMasterPassword("tests", True)
    config = QgsAuthMethodConfig("Basic")
    config.setId("migidg1")
    config.setName("mig-idg")
    config.setConfig("username", login)
    config.setConfig("password", token)
    kept = manager.storeAuthenticationConfig(config)
    project = QgsProject.instance()
    if file.endswith(".qgs"):
        opened, said = project.read(file), ""
    else:
        opened, said = QgsLayerDefinition.loadLayerDefinition(file, project, project.layerTreeRoot())
    seen = {"opened": opened, "said": said, "kept": bool(kept), "groups": {}, "layers": {}}
    for group in project.layerTreeRoot().findGroups():
        seen["groups"][group.name()] = [one.name() for one in group.findLayers()]
    for layer in project.mapLayers().values():
        told = {"valid": layer.isValid(), "credit": layer.attribution(), "error": layer.error().message()}
        if layer.isValid() and layer.type() == QgsMapLayerType.VectorLayer:
            told["rows"] = len(list(layer.getFeatures(QgsFeatureRequest().setLimit(3))))
        seen["layers"][layer.name()] = told
    print(json.dumps(seen), flush=True)
    os._exit(0)  # its own teardown crashes now and then, with everything said


main()
