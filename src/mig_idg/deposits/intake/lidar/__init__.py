"""LiDAR in: tiles of points (LAS, LAZ, COPC) checked, written down in PostGIS, kept as they came, published whole.

header.py     the public header against the size of the file, before any library reads it
survey.py     one pass over the points in bounded memory: extent, density, classes, returns
examine.py    what a tile says of itself and holds, against what the collection declares
classes.py    names of the ASPRS classes
bring.py      the import itself: resumable, atomic at publication

run(connection, paths, declaration, home, …) -> Report
"""

from mig_idg.deposits.intake.lidar.importer import run

__all__ = ["run"]
