"""The layers that a caller may see, as a project or a layer definition that QGIS opens."""
