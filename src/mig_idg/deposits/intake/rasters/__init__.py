"""Rasters in: files and tilings checked, converted to COG, written down in PostGIS, published whole.

vintage.py    which vintage an import fills, of which days; the outline of a file on the globe
virtual.py    a VRT as the list of files it names, never opened
sniff.py      what a file is, by its first bytes, and the only driver that may open it
examine.py    what it says of itself, against what the collection declares
tiling.py     gaps and overlaps between files
convert.py    to COG, and a picture of the whole vintage for small scales
process pool.py       two processes without network that do it, bounded in memory
bring.py      the import itself: resumable, atomic at publication
report.py     what was found, file by file
prune.py      files of vintages that nobody sees any more

run(connection, paths, declaration, home, …) -> Report
"""

from mig_idg.deposits.intake.rasters.importer import run
from mig_idg.deposits.intake.rasters.report import Finding, Report
from mig_idg.deposits.intake.rasters.vintage import Choices

__all__ = ["Choices", "Finding", "Report", "run"]
