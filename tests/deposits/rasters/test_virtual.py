"""A VRT is taken as the list of the files beside it, and as nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mig_idg.deposits.intake.rasters.virtual import sources
from mig_idg.errors import Unprocessable


def mosaic(folder: Path, *names: str, attributes: str = "", inside: str = "", relative: str = "1") -> Path:
    """A VRT of these sources, as gdalbuildvrt writes one, in a folder where `a.tif` and `b.tif` are."""
    for one in ("a.tif", "b.tif"):
        (folder / one).write_bytes(b"II*\0")
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}"><NoDataValue>0</NoDataValue>'
        + "".join(
            f'<ComplexSource><SourceFilename relativeToVRT="{relative}">{name}</SourceFilename>'
            f'<SourceBand>{band}</SourceBand><SrcRect xOff="0" yOff="0" xSize="9" ySize="9"/>'
            f'<DstRect xOff="0" yOff="0" xSize="9" ySize="9"/><NODATA>0</NODATA>{inside}</ComplexSource>'
            for name in names
        )
        + "</VRTRasterBand>"
        for band in (1, 2, 3)
    )
    path = folder / "mosaique.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="18" rasterYSize="9"{attributes}><SRS>EPSG:2154</SRS>{bands}</VRTDataset>'
    )
    return path


def test_the_files_beside_it_are_listed_once_each_in_order(tmp_path: Path) -> None:
    assert sources(mosaic(tmp_path, "b.tif", "a.tif")) == [tmp_path / "b.tif", tmp_path / "a.tif"]


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../a.tif", "sous/a.tif", "sous\\a.tif", "http://127.0.0.1/a.tif", "/vsicurl/http://127.0.0.1/a.tif",
     "/vsizip/a.zip/a.tif", "GTIFF_DIR:1:a.tif", "absent.tif", "passwd", "", "a.tif|layer", "mosaique.vrt", "lien.tif",
     "&lt;VRTDataset/&gt;.tif"],
)  # fmt: skip
def test_a_source_anywhere_else_is_refused_and_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "sous").mkdir()
    (tmp_path / "sous" / "a.tif").write_bytes(b"II*\0")
    (tmp_path / "lien.tif").symlink_to("/etc/passwd")
    with pytest.raises(Unprocessable) as refused:
        sources(mosaic(tmp_path, "a.tif", name))
    assert refused.value.extra == {"file": "mosaique.vrt", "finding": "points-elsewhere"}


@pytest.mark.parametrize(
    "how",
    [{"relative": "0"}, {"attributes": ' subClass="VRTWarpedDataset"'}, {"inside": "<ScaleRatio>2</ScaleRatio>"},
     {"inside": "<OpenOptions><OOI key='x'>y</OOI></OpenOptions>"}, {"inside": "<LUT>0:1,2:3</LUT>"},
     {"inside": "<VRTDataset/>"}, {"inside": "<PixelFunctionCode>import os</PixelFunctionCode>"}],
)  # fmt: skip
def test_a_mosaic_that_changes_pixels_or_reads_otherwise_is_refused(tmp_path: Path, how: dict[str, str]) -> None:
    with pytest.raises(Unprocessable):
        sources(mosaic(tmp_path, "a.tif", **how))


@pytest.mark.parametrize(
    "text",
    ["", "<VRTDataset/>", "<VRTDataset", "<autre/>",
     '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><VRTDataset>&b;</VRTDataset>',
     '<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;">]><VRTDataset>&d;</VRTDataset>'],
)  # fmt: skip
def test_what_is_no_mosaic_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.vrt"
    path.write_text(text)
    with pytest.raises(Unprocessable):
        sources(path)
