"""The mention drawn on a map: what the charter asks to be named goes with the picture wherever it is copied.

The letters are pictures made beforehand (`letters/`): no font is looked for on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mig_idg.imagery.frame import Pixels

OWED = frozenset({"MENTION_MIG", "OWNER_CREDIT", "ATTRIBUTION", "DRAFT_ONLY"})
CELL, ACROSS, LINE, MARGIN = 16, 32, 16, 4
SMALLEST, MOST_COVERED = (96, 24), 1 / 12
INK, PAPER, OPACITY = 25.0, 255.0, 0.75


@dataclass(frozen=True, slots=True)
class Letter:
    """How dark each pixel of a letter is (0 to 1), and how far the next one stands."""

    ink: NDArray[np.float32]
    advance: int


def draw(pixels: Pixels, text: str, obligations: Iterable[str]) -> Pixels:
    """The pixels with the mention in the bottom right corner, when an obligation asks for it.

    A picture that it would hide (a twelfth of it or more: the tiles some clients make of a map) is left alone: the
    header `attribution` carries the mention in any case.
    """
    height, width = pixels.valid.shape
    if not OWED & set(obligations) or width < SMALLEST[0] or height < SMALLEST[1]:
        return pixels
    ink = _written(_wrapped(text, width - 2 * MARGIN - 2), width)
    tall, wide = ink.shape
    if tall * wide > width * height * MOST_COVERED:
        return pixels
    data = np.repeat(pixels.data, 3, axis=0) if len(pixels.data) == 1 else pixels.data.copy()
    valid = pixels.valid.copy()
    corner = (slice(None), slice(height - tall, height), slice(width - wide, width))
    under = np.where(valid[corner[1:]], data[corner], np.uint8(255))
    paper = under * (1 - OPACITY) + PAPER * OPACITY
    data[corner] = (paper * (1 - ink) + INK * ink).astype(np.uint8)
    valid[corner[1:]] = True
    return Pixels(data, valid)


def _written(lines: list[str], width: int) -> NDArray[np.float32]:
    """The lines as ink, no wider than the picture."""
    wide = min(width, max(_length(line) for line in lines) + 2 * MARGIN + 2)
    ink = np.zeros((len(lines) * LINE + 2, wide), np.float32)
    for number, line in enumerate(lines):
        at = MARGIN
        for sign in line:
            letter = _letters().get(sign) or _letters()["?"]
            room = ink[number * LINE + 1 : number * LINE + 1 + CELL, at : at + CELL]
            np.maximum(room, letter.ink[: room.shape[0], : room.shape[1]], out=room)
            at += letter.advance
    return ink


def _wrapped(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _length(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _length(line: str) -> int:
    return sum((_letters().get(sign) or _letters()["?"]).advance for sign in line)


@cache
def _letters() -> dict[str, Letter]:
    folder = Path(__file__).parent / "letters"
    signs, widths = (folder / "letters.txt").read_text("utf-8").splitlines()
    with np.load(folder / "letters.npz", allow_pickle=False) as opened:
        sheet: NDArray[Any] = opened["sheet"].astype(np.float32) / 255
    made: dict[str, Letter] = {}
    for number, (sign, width) in enumerate(zip(signs, widths.split(), strict=True)):
        top, left = number // ACROSS * CELL, number % ACROSS * CELL
        made.setdefault(sign, Letter(sheet[top : top + CELL, left : left + CELL], int(width)))
    return made
