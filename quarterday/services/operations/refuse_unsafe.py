"""Do not start with settings that are unsafe in production."""

from __future__ import annotations

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe() -> None:
    """Raise `ImproperlyConfigured` naming each unsafe setting with its remedy, if there is one."""
    found = run_checks(tags=["production"])
    if found:
        listed = "".join(f"\n  {one.msg};\n    {one.hint}" for one in found)
        raise ImproperlyConfigured(f"this is not safe in production:{listed}")
