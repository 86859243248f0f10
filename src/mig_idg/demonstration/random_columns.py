"""Columns drawn at random from a seed: identifiers, dates, choices. The same seed gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def uuids(rng: np.random.Generator, count: int) -> pa.Array:
    """Identifiers with the form of UUID version 4, drawn from the seed."""
    digits = rng.integers(0, 16, (count, 32), dtype=np.uint8)
    digits[:, 12] = 4
    digits[:, 16] = 8 + digits[:, 16] % 4
    text = np.full((count, 36), ord("-"), np.uint8)
    places = [i for i in range(36) if i not in (8, 13, 18, 23)]
    text[:, places] = _HEX[digits]
    offsets = np.arange(count + 1, dtype=np.int32) * 36
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def days(rng: np.random.Generator, count: int, first: str, last: str) -> pa.Array:
    """Dates between two days, the later ones more frequent: a layer lives, and its old objects grow rare."""
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    span = int((end - start).astype(int))
    return pa.array(start + (span * np.sqrt(rng.random(count))).astype("timedelta64[D]"))


def picks(rng: np.random.Generator, count: int, words: Sequence[str], weights: Sequence[float]) -> pa.Array:
    """Words chosen with these weights."""
    share = np.asarray(weights, float)
    return taken(words, rng.choice(len(words), count, p=share / share.sum()))


def taken(words: Sequence[str] | NDArray[np.object_], rows: NDArray[np.int64]) -> pa.Array:
    """`words[rows]` as a text column."""
    return pa.array(list(words), pa.string()).take(pa.array(rows))


def nothing(count: int) -> pa.Array:
    """A text column without a value."""
    return pa.nulls(count, pa.string())
