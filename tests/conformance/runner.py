"""Runs worked cases through the adapters and tells, per file, what passed, was skipped or failed.

A case is skipped only as another engine's own choice, or when a billing rule decides against its
family. A case that no adapter can express has failed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from quarterday.core.errors import BillingError
from tests.conformance.answers import Refusal, matches
from tests.conformance.case import Case, Given, read_cases
from tests.conformance.registry import Adapter, Answers, all_adapters
from tests.conformance.words import NotExpressedError

_ERRORS = frozenset({"error", "refused", "rejected"})


class Status(StrEnum):
    """What became of a case."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of one case, and why unless it passed."""

    id: str
    status: Status
    reason: str = ""


@dataclass
class FileResult:
    """The outcomes of one file."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, status: Status) -> int:
        return sum(outcome.status is status for outcome in self.outcomes)


def run_directory(folder: Path) -> list[FileResult]:
    """Run every ``*.json`` of a directory, in the order of their names."""
    return [run_file(path) for path in sorted(folder.glob("*.json"))]


def run_file(path: Path) -> FileResult:
    """Run the cases of one file; a file that cannot be read is one failure."""
    try:
        cases = read_cases(path)
    except (ValueError, OSError) as error:
        return FileResult(path.name, [Outcome(path.name, Status.FAILED, str(error))])
    return FileResult(path.name, [run_case(case) for case in cases])


def run_case(case: Case) -> Outcome:
    """Hold one case against the first adapter that can express the whole of it."""
    if case.skip_reason:
        return Outcome(case.id, Status.SKIPPED, case.skip_reason)
    reasons = []
    for each in all_adapters():
        given = Given(case.given, case.note)
        if not each.fits(given):
            continue
        try:
            differences = _try_adapter(each, case, given)
        except NotExpressedError as error:
            reasons.append(f"{each.name}: {error}")
        except Exception as error:  # a crash is a failure of this case, not of the run
            reasons.append(f"{each.name} broke off: {type(error).__name__}: {error}")
        else:
            status = Status.FAILED if differences else Status.PASSED
            return Outcome(case.id, status, "; ".join(differences))
    shape = ", ".join(sorted(case.given))
    why = "; ".join(reasons) or f"no adapter knows a case that gives {shape}"
    return Outcome(case.id, Status.FAILED, f"not expressed: {why}")


def _try_adapter(each: Adapter, case: Case, given: Given) -> list[str]:
    """The expectations that our answers differ from.

    Raises `NotExpressedError` unless every field given was read and every one expected answered.
    """
    try:
        answers = _evaluate(each.translate(given), case)
    except BillingError as error:
        if not given.unread and case.expect.keys() <= _ERRORS:
            return []
        return [f"refused: {error}"]
    if unread := given.unread:
        raise NotExpressedError(f"does not read given.{', given.'.join(unread)}")
    return [
        f"{name}: expected {json.dumps(value, ensure_ascii=False)}, got {show(answers[name])}"
        for name, value in case.expect.items()
        if not matches(value, answers[name])
    ]


def _evaluate(answers: Answers, case: Case) -> dict[str, Any]:
    """The answers to what is expected."""
    found: dict[str, Any] = {}
    for name in case.expect:
        if name not in answers:
            if name not in _ERRORS:
                raise NotExpressedError(f"does not answer expect.{name}")
            found[name] = Refusal(refused=False)
        else:
            found[name] = answers[name]() if callable(answers[name]) else answers[name]
    return found


def show(answer: Any) -> str:
    """An answer as a report shows it."""
    if isinstance(answer, list | tuple):
        return f"[{', '.join(map(show, answer))}]"
    if isinstance(answer, dict):
        return f"{{{', '.join(f'{name}: {show(value)}' for name, value in answer.items())}}}"
    return str(answer)


def render_table(results: Iterable[FileResult]) -> str:
    """The outcomes per file, why cases were skipped, and every failure."""
    results = list(results)
    width = max([len(result.name) for result in results] + [len("file")])
    lines = [f"{'file':<{width}}  passed  skipped  failed"]
    for result in [*results, _sum(results)]:
        counts = [result.count(status) for status in Status]
        lines.append(f"{result.name:<{width}}  {counts[0]:>6}  {counts[1]:>7}  {counts[2]:>6}")
        why = Counter(o.reason for o in result.outcomes if o.status is Status.SKIPPED)
        lines[-1] += "".join(f"  ({count} {reason})" for reason, count in sorted(why.items()))
    failures = [o for r in results for o in r.outcomes if o.status is Status.FAILED]
    lines += [f"FAILED {failure.id}: {failure.reason}" for failure in failures]
    return "\n".join(lines)


def _sum(results: list[FileResult]) -> FileResult:
    return FileResult("total", [outcome for each in results for outcome in each.outcomes])
