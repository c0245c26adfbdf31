"""How often a job runs, as cron says it."""

from __future__ import annotations

from datetime import timedelta

_SECONDS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
_HOURS = (1, 2, 3, 4, 6, 8, 12)


def write_cron(every: timedelta) -> str:
    """A schedule that ticks at least as often as a job runs, with seconds as the sixth field.

    Cron knows only what divides a minute, an hour or a day; anything else ticks a little more
    often, which does no harm: what is due is decided by the job.
    """
    seconds = int(every.total_seconds())
    if seconds >= 86400:
        return "0 0 * * *"
    if seconds >= 3600:
        return f"0 */{_fit(seconds // 3600, _HOURS)} * * *"
    if seconds >= 60:
        return f"*/{_fit(seconds // 60, _SECONDS)} * * * *"
    return f"* * * * * */{_fit(max(1, seconds), _SECONDS)}"


def _fit(wanted: int, known: tuple[int, ...]) -> int:
    return max(one for one in known if one <= wanted)
