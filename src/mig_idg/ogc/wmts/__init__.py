"""WMTS 1.0.0 (OGC 07-057r7): map tiles for older tools."""
