"""Nobody who reads a log or an error report holds a link."""

from __future__ import annotations

import logging
import sys

import pytest
from django.test import Client, RequestFactory
from django.views.debug import get_exception_reporter_class

from quarterday.core.token import TOKEN_LENGTH
from quarterday.project.logs import hide_tokens

TOKEN = ("Ab9_-x" * 20)[:TOKEN_LENGTH]


@pytest.mark.parametrize(
    "text",
    [
        f"GET /l/{TOKEN} HTTP/1.1",
        f"https://billing.example.com/l/{TOKEN}/renew?x=1",
        f"/sign-in/?next=%2Fl%2F{TOKEN}",
        f"token = '{TOKEN}'",
        f"/profile/address/{TOKEN[:50]}:1abc:{TOKEN[:30]}/",
        f"Not Found: /l/{TOKEN[:40]}",
    ],
)
def test_tokens_are_left_out(text: str) -> None:
    assert TOKEN[:20] not in hide_tokens(text)
    assert "…" in hide_tokens(text)


@pytest.mark.parametrize("text", ["/invoices/inv_019abcdef0123456789", "/html/l/short", "x" * 111])
def test_everything_else_stays(text: str) -> None:
    assert hide_tokens(text) == text


@pytest.mark.django_db
def test_a_missing_page_is_logged_without_its_token(caplog: pytest.LogCaptureFixture) -> None:
    Client().get(f"/l/{TOKEN}")
    Client().get(f"/l/{TOKEN}/nowhere")
    assert "/l/…" in caplog.text
    assert TOKEN not in caplog.text


def test_records_of_other_libraries_are_looked_through(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("granian.access").info("%(path)s", {"path": f"/l/{TOKEN}"})
    assert caplog.messages == ["/l/…"]


def test_error_reports_hold_no_token() -> None:
    request = RequestFactory().get(f"/l/{TOKEN}")
    token = TOKEN
    try:
        raise ValueError(token)
    except ValueError:
        reporter = get_exception_reporter_class(request)(request, *sys.exc_info())
    for report in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "test_error_reports" in report
        assert TOKEN not in report
