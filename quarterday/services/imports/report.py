"""What loading a file did, to be printed or returned as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from quarterday.core.loading.problem import Problem

# A file that is wrong in every row says so long before this; the rest is only counted.
_MOST_PROBLEMS = 10_000


class Outcome(StrEnum):
    """What became of a record, or of a row: the most that happened to its records."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class LoadReport:
    """Counts of rows, and of records by type and outcome. ``is_kept`` says if they were written."""

    is_kept: bool = True
    rows: int = 0
    skipped: int = 0
    refused: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    records: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def add_row(self, records: list[tuple[str, Outcome]]) -> None:
        """Count a row with what became of its records."""
        self.rows += 1
        if not records:
            self.skipped += 1
            return
        found = {outcome for _, outcome in records}
        self.outcomes[next(one for one in Outcome if one in found)] += 1
        self.records.update(records)

    def refuse_row(self, problems: list[Problem]) -> None:
        """Count a row that was refused, with all that is wrong with it."""
        self.rows += 1
        self.refused += 1
        self.problems += problems[: _MOST_PROBLEMS - len(self.problems)]

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        types = dict.fromkeys(kind for kind, _ in self.records)
        return {
            "kept": self.is_kept,
            "rows": self.rows,
            **{str(one): self.outcomes[one] for one in Outcome},
            "skipped": self.skipped,
            "refused": self.refused,
            "records": {
                kind: {str(one): self.records[kind, one] for one in Outcome} for kind in types
            },
            "problems": [problem._asdict() for problem in self.problems],
        }
