"""Error reports for those who run an installation."""

from __future__ import annotations

from django.views.debug import ExceptionReporter

from quarterday.project.logs import hide_tokens


class SafeReporter(ExceptionReporter):
    """Error reports without tokens: they hold the address that was asked for."""

    def get_traceback_html(self) -> str:
        """The report as a page."""
        return hide_tokens(super().get_traceback_html())

    def get_traceback_text(self) -> str:
        """The report as text, as it is mailed."""
        return hide_tokens(super().get_traceback_text())
