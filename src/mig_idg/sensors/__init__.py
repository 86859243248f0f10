"""Measurements of the connected territory, as OGC SensorThings API 1.1: read by whom their datasets are open to,
written by their depositor (Aix-Marseille-Provence convention, art. 1, 8, 10).
"""
