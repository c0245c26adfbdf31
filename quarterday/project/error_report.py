"""Error reports for those who run an installation."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from quarterday.project.logs import hide_tokens


class SafeReporter(ExceptionReporter):
    """Error reports without tokens: they hold the address that was asked for."""

    def get_traceback_html(self) -> SafeString:
        """The report as a page."""
        return SafeString(hide_tokens(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        """The report as text, as it is mailed."""
        return SafeString(hide_tokens(super().get_traceback_text()))
