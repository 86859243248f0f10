"""Ranges of a file: one, several, from the end, beyond it, too many; on the state that the client has."""

from __future__ import annotations

import email
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mig_idg.errors import OutOfRange
from mig_idg.ogc.files.byte_ranges import MOST_RANGES, NEAR, Span, asked

FILE = "/collections/photos/files/2025/ouest.tif"
SIZE = 10_000
numbers = st.integers(0, 12_000)
ranges = st.one_of(
    st.tuples(numbers, numbers).map(lambda pair: f"{min(pair)}-{max(pair)}"),
    numbers.map(lambda first: f"{first}-"),
    numbers.map(lambda last: f"-{last}"),
)


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=100-199", [(100, 200)]),
        ("bytes=9990-20000", [(9990, SIZE)]),
        ("bytes=-10", [(9990, SIZE)]),
        ("bytes=-20000", [(0, SIZE)]),
        ("bytes=9999-", [(9999, SIZE)]),
        ("Bytes = 0-1", []),
        ("BYTES=0-1", [(0, 2)]),
        ("bytes=0-1, 1000-1999", [(0, 2), (1000, 2000)]),
        ("bytes=1000-1999,0-1", [(0, 2), (1000, 2000)]),
        ("bytes=0-10,11-20", [(0, 21)]),
        ("bytes=0-10,100-200", [(0, 201)]),
        ("bytes=0-9,5000-5009,20000-", [(0, 10), (5000, 5010)]),
        ("bytes=5-2", []),
        ("bytes=0-1,5-2", []),
        ("bytes=-", []),
        ("bytes=", []),
        ("bytes=a-b", []),
        ("pages=1-2", []),
        ("bytes=0x1-2", []),
    ],
)
def test_a_range_header_is_read_as_the_standard_has_it(header: str, spans: list[tuple[int, int]]) -> None:
    assert [(one.start, one.stop) for one in asked(header, SIZE)] == spans


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001,20000-", "bytes=-0", "bytes=" + "0-0," * 65])
def test_bytes_the_file_does_not_have_are_refused_with_its_size(header: str) -> None:
    with pytest.raises(OutOfRange) as caught:
        asked(header, SIZE)
    assert caught.value.headers["content-range"] == f"bytes */{SIZE}"


@given(st.lists(ranges, min_size=1, max_size=MOST_RANGES))
def test_no_byte_is_sent_twice_and_none_that_was_asked_is_missing(words: list[str]) -> None:
    wanted: set[int] = set()
    for word in words:
        first, last = word.split("-")
        if first:
            wanted |= set(range(int(first), min(int(last or SIZE) + 1, SIZE)))
        else:
            wanted |= set(range(max(0, SIZE - int(last)), SIZE))
    try:
        spans = asked("bytes=" + ",".join(words), SIZE)
    except OutOfRange:
        assert not wanted
        return
    sent = [byte for span in spans for byte in range(span.start, span.stop)]
    assert len(sent) == len(set(sent))
    assert wanted <= set(sent)
    assert all(after.start - before.stop > NEAR for before, after in itertools.pairwise(spans))
    assert all(0 <= span.start < span.stop <= SIZE for span in spans)


def test_a_span_is_told_with_both_ends_included() -> None:
    assert Span(0, 10).of(100) == "bytes 0-9/100"


@pytest.mark.slow
class TestOverHttp:
    """The same, served."""

    def test_several_ranges_come_as_the_parts_of_one_body(self, rasters: Any) -> None:
        whole = rasters.get(FILE).content
        response = rasters.get(FILE, headers={"range": "bytes=0-15,1000-1999,-16"})
        assert response.status_code == 206
        assert int(response.headers["content-length"]) == len(response.content)
        head = f"content-type: {response.headers['content-type']}\r\n\r\n".encode()
        parts = email.message_from_bytes(head + response.content).get_payload()
        size = len(whole)
        assert [(part["content-range"], part.get_payload(decode=True)) for part in parts] == [
            (f"bytes 0-15/{size}", whole[:16]),
            (f"bytes 1000-1999/{size}", whole[1000:2000]),
            (f"bytes {size - 16}-{size - 1}/{size}", whole[-16:]),
        ]
        assert {part["content-type"].split(";")[0] for part in parts} == {"image/tiff"}

    def test_if_range_holds_for_the_state_named_and_for_no_other(self, rasters: Any) -> None:
        etag = rasters.get(FILE, headers={"range": "bytes=0-0"}).headers["etag"]
        for condition, status in ((etag, 206), ('"other"', 200), (f"W/{etag}", 200),
                                  ("Sat, 29 Oct 1994 19:43:31 GMT", 200)):  # fmt: skip
            for wanted in ("bytes=0-9", "bytes=0-9,5000-5009"):
                response = rasters.get(FILE, headers={"range": wanted, "if-range": condition})
                assert response.status_code == status, (condition, wanted)

    def test_beyond_the_end_is_a_problem_that_has_its_page(self, rasters: Any) -> None:
        response = rasters.get(FILE, headers={"range": "bytes=999999999-"})
        assert (response.status_code, response.json()["code"]) == (416, "range-not-satisfiable")
        assert response.headers["content-range"] == f"bytes */{len(rasters.get(FILE).content)}"
        storm = rasters.get(FILE, headers={"range": "bytes=" + ",".join(f"{n * 1000}-{n * 1000}" for n in range(500))})
        assert storm.status_code == 416

    def test_head_tells_the_whole_file_whatever_the_range(self, rasters: Any) -> None:
        response = rasters.ask("HEAD", FILE, headers={"range": "bytes=0-9"})
        assert (response.status_code, response.headers["accept-ranges"]) == (200, "bytes")
