"""A VRT as a list of files: those beside it that it names are brought in, and GDAL never opens the VRT itself.

Only a plain mosaic is taken: sources in the same folder, by their bare name, pixels as they are. One that names
anything else (another folder, an address, a part of another format), warps, scales or computes, is refused, named.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from mig_idg.errors import Text, Unprocessable

LARGEST = 32 * 2**20
PLAIN = re.compile(r"[^/\\:<>|?*\"\x00-\x1f]{1,200}\.(tiff?|jp2|j2k|asc)", re.IGNORECASE)
# What changes pixels, or reads them by other means than a window of a file.
OTHERWISE = frozenset(
    {"GDALWarpOptions", "PansharpeningOptions", "KernelFilteredSource", "AveragedSource", "ScaleRatio", "ScaleOffset",
     "LUT", "Exponent", "ColorTableComponent", "PixelFunctionType", "PixelFunctionCode", "PixelFunctionLanguage",
     "SimpleSourceRaw", "ImageOffset", "OpenOptions", "Group", "ProcessingSteps", "VRTDataset"}
)  # fmt: skip


def sources(path: Path) -> list[Path]:
    """The files that a mosaic names, each once, in its order. Raises Unprocessable."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        raise _refused(path)
    found: dict[str, Path] = {}
    depth = 0
    try:
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if event == "start":
                _plain(path, element, outermost=depth == 1)
            else:
                if element.tag == "SourceFilename":
                    beside = _beside(path, element)
                    found.setdefault(beside.name, beside)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, OSError) as error:
        raise _refused(path) from error
    if not found:
        raise _refused(path)
    return list(found.values())


def _plain(path: Path, element: Element, *, outermost: bool) -> None:
    if outermost:
        if element.tag != "VRTDataset" or element.get("subClass"):
            raise _refused(path)
    elif element.tag in OTHERWISE or element.get("subClass"):
        raise _refused(path)


def _beside(path: Path, element: Element) -> Path:
    """The file of one source: a bare name, relative to the VRT, of a regular file."""
    name = (element.text or "").strip().removeprefix("./")
    beside = path.parent / name
    bare = PLAIN.fullmatch(name) and element.get("relativeToVRT") == "1"
    if not bare or beside.is_symlink() or not beside.is_file():
        raise _refused(path, name)
    return beside


def _refused(path: Path, name: str = "") -> Unprocessable:
    what = f" (« {name[:80]} »)" if name else ""
    return Unprocessable(
        Text(
            f"{path.name} n'est pas une simple mosaïque des fichiers de son dossier{what} : refusé.",
            f"{path.name} is no plain mosaic of the files of its folder{what}: refused.",
        ),
        extra={"file": path.name, "finding": "points-elsewhere"},
    )
