"""How firm each kind of message is that asks for money, from a kind note to what has happened.

What was said once is never taken back: a customer who was told that a service will be suspended is
not asked afterwards whether the invoice slipped through.
"""

from __future__ import annotations

from collections.abc import Mapping

# Help first, then the date and the consequence, then what has happened and how to undo it.
TONES: Mapping[str, int] = {
    "reminder_before_due": 1,
    "reminder_due": 2,
    "reminder_1": 3,
    "reminder_2": 4,
    "overdue": 5,
    "suspension_warning": 6,
    "restricted": 6,
    "suspended": 7,
    "final_notice": 8,
    "terminated": 9,
}
# Those that name what comes next, and its day.
TELLING = frozenset(TONES) - {"reminder_before_due", "reminder_due", "reminder_1"}


def tone_of(template: str) -> int:
    """How firm a template is; what asks for nothing is 0.

    >>> tone_of("reminder_1") < tone_of("suspended"), tone_of("receipt")
    (True, 0)
    """
    return TONES.get(template, 0)
