"""Reports for other programs: what there is, and the answer of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from quarterday.api.v1.auth import KeyAuth
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.ports.report import find_report, list_reports
from quarterday.services.errors import NotFound
from quarterday.services.reports.run_report import WAIT_SECONDS, run_report
from quarterday.services.reports.show_cells import to_data
from quarterday.store.models import ApiKey

router = Router(tags=["reports"])
_AUTH = KeyAuth("reports")


class ParameterAnswer(Schema):
    """A parameter: what it takes, what it is by default, and its choices."""

    name: str
    title: str
    kind: str
    default: str
    choices: list[str]


class ReportAnswer(Schema):
    """A report, and what may be asked of it."""

    name: str
    title: str
    question: str
    parameters: list[ParameterAnswer]


class ColumnAnswer(Schema):
    """A column. `money` is text in units of the row's `currency`, a `rate` a part of one."""

    name: str
    title: str
    kind: str


class ResultAnswer(Schema):
    """The answer of a report with the parameters that it was run with."""

    report: str
    title: str
    question: str
    parameters: dict[str, str]
    columns: list[ColumnAnswer]
    rows: list[dict[str, str | int | None]]
    totals: list[dict[str, str | int | None]]
    notes: list[str]


@router.get("/reports", auth=_AUTH, response=list[ReportAnswer], summary="Which reports are there?")
def read_reports(request: HttpRequest) -> list[dict[str, Any]]:
    """All reports with their parameters; defaults are those of today."""
    today = _today(request)
    return [
        {
            "name": one.name,
            "title": one.title,
            "question": one.question,
            "parameters": [
                {
                    "name": parameter.name,
                    "title": parameter.title,
                    "kind": str(parameter.kind),
                    "default": str(parameter.default(today)),
                    "choices": list(parameter.choices),
                }
                for parameter in one.parameters
            ],
        }
        for one in list_reports().values()
    ]


@router.get("/reports/{name}", auth=_AUTH, response=ResultAnswer, summary="The answer of a report")
def read_report(request: HttpRequest, response: HttpResponse, name: str) -> dict[str, Any]:
    """Parameters are given in the query, such as `?from=2026-01-01&until=2026-01-31`.

    The figures are those of the key's seller. Amounts of different currencies are never summed.
    """
    if name not in list_reports():
        raise NotFound(f"there is no report {name!r}; GET /api/v1/reports lists them")
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    given = {one: request.GET.get(one, "") for one in request.GET}
    response["Cache-Control"] = "private, no-store"
    result = run_report(
        name, given, today=_today(request), sellers=[key.seller_id], seconds=WAIT_SECONDS
    )
    return to_data(find_report(name), result)


def _today(request: HttpRequest) -> date:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return local_date(read_now(), key.seller.time_zone)
