"""Delimited text: lines numbered as a spreadsheet does, encodings never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mig_idg.deposits.intake import delimited
from mig_idg.errors import InvalidParameter
from mig_idg.standards.findings import Tally


def read(path: Path, encoding: str | None = None) -> tuple[list[dict[str, str]], list[int], Tally]:
    tally = Tally()
    text = delimited.open_text(path, encoding, tally, path.parent)
    if text is None:
        return [], [], tally
    rows, numbers = [], []
    for lines in delimited.read(text, tally):
        rows += lines.rows.to_pylist()
        numbers += lines.numbers.tolist()
    return rows, numbers, tally


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_lines_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path):
    path = written(tmp_path, 'a;b\n1;"deux\nlignes"\n\n3;4;5\n6;7\n8\n9;10\n')
    rows, numbers, tally = read(path)
    assert [row["a"] for row in rows] == ["1", "6", "9"]
    assert numbers == [2, 5, 7]
    assert [one.line for one in tally.shown["file.row.width"]] == [4, 6]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str):
    rows, _, _ = read(written(tmp_path, f"a{delimiter}b\n1{delimiter}2\n"))
    assert rows == [{"a": "1", "b": "2"}]


def test_crlf_and_a_byte_order_mark_are_no_part_of_the_text(tmp_path: Path):
    rows, _, tally = read(written(tmp_path, b"\xef\xbb\xbfa;b\r\n1;2\r\n"))
    assert rows == [{"a": "1", "b": "2"}]
    assert not tally.counts


def test_what_is_not_utf8_is_refused_with_its_line_and_column(tmp_path: Path):
    path = written(tmp_path, "a;b\n1;x\n2;été\n".encode("latin-1"))
    rows, _, tally = read(path)
    assert not rows
    place = tally.shown["file.encoding.non_standard"][0]
    assert (place.line, place.column) == (3, 2)
    assert "été" in (place.value or "")


def test_an_encoding_that_is_said_is_used(tmp_path: Path):
    rows, _, tally = read(written(tmp_path, "a;b\n1;été\n".encode("latin-1")), "latin-1")
    assert rows == [{"a": "1", "b": "été"}]
    assert not tally.counts


def test_an_unknown_encoding_is_a_question(tmp_path: Path):
    with pytest.raises(InvalidParameter, match="klingon"):
        read(written(tmp_path, "a;b\n"), "klingon")


def test_old_macintosh_line_ends_are_named(tmp_path: Path):
    _, _, tally = read(written(tmp_path, "a;b\r1;2\r"))
    assert "file.linebreak.non_standard" in tally.counts


def test_a_quote_that_never_closes_is_told_where_it_opens(tmp_path: Path):
    _, _, tally = read(written(tmp_path, 'a;b\n1;2\n3;"4\n' + "5;6\n" * 60))
    assert tally.shown["file.quotes"][0].line == 3


def test_numbering_holds_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(delimited, "BLOCK", 256)
    content = "a;b\n" + "".join(f"{n};x\n" if n % 50 else f"{n}\n" for n in range(2, 600))
    rows, numbers, tally = read(written(tmp_path, content))
    assert [int(row["a"]) for row in rows] == numbers
    assert tally.counts["file.row.width"] == 11


def test_a_header_alone_has_no_rows(tmp_path: Path):
    assert read(written(tmp_path, "a;b"))[0] == []
    assert read(written(tmp_path, "a;b\n"))[0] == []
