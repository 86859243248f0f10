"""What became of each row that was written."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import pandas

from mig_idg.client.problem import Problem


@dataclass(frozen=True)
class Refusal:
    """One row that the server did not take, and why."""

    row: Hashable
    act: str
    problem: Problem


@dataclass(frozen=True)
class Report:
    """Ids created (by the row of the frame), updated, deleted; rows that said nothing new; rows refused."""

    created: dict[Hashable, str]
    updated: tuple[Hashable, ...]
    deleted: tuple[Hashable, ...]
    unchanged: tuple[Hashable, ...]
    refused: tuple[Refusal, ...]

    def __bool__(self) -> bool:
        """True when nothing was refused."""
        return not self.refused

    def refusals(self) -> pandas.DataFrame:
        """The rows refused, as a table: what was tried, the server's sentence, what to do, by which article."""
        columns = ["row", "act", "status", "title", "detail", "remedy", "article"]
        lines = [
            (one.row, one.act, one.problem.status, one.problem.title, one.problem.detail, one.problem.remedy,
             one.problem.article)
            for one in self.refused
        ]  # fmt: skip
        return pandas.DataFrame(lines, columns=columns).set_index("row")
