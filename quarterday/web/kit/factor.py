"""Whether a session was opened with a second factor; the console opens with nothing less."""

from __future__ import annotations

from django.http import HttpRequest

from quarterday.services.demo.is_demo import is_only_demo
from quarterday.web.kit.clock import read_now

FACTOR_KEY = "second_factor_at"


def note_second_factor(request: HttpRequest) -> None:
    """Remember that somebody has shown a code of an app, or a passkey."""
    request.session[FACTOR_KEY] = read_now().timestamp()


def has_second_factor(request: HttpRequest) -> bool:
    """Whether they have in this session."""
    return FACTOR_KEY in request.session


def is_proved(request: HttpRequest) -> bool:
    """The same, or the demo: nobody has a second factor there, and it holds nobody's data."""
    return has_second_factor(request) or is_only_demo()
