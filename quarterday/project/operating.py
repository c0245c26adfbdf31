"""How an installation is watched over, read from the environment.

``QUARTERDAY_ALERT_MAIL`` are addresses, separated by spaces, that alerts are mailed to, and
``QUARTERDAY_ALERT_URL`` an https address that they are posted to, signed with
``QUARTERDAY_ALERT_SECRET`` by Standard Webhooks (with ``?private=1`` it may lie in a private
network and be plain http there). ``QUARTERDAY_METRICS_TOKEN`` lets a monitor read ``/metrics``
from elsewhere. ``QUARTERDAY_BACKUP_DIR`` is a folder for a backup each day, of which
``QUARTERDAY_BACKUP_KEEP`` are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from quarterday.project.mail import read_hook

_KEPT = 14
_SHORTEST_TOKEN = 16


def read_operating_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Our own settings of alerts, figures for monitors, and backups."""
    url, token = environ.get("QUARTERDAY_ALERT_URL"), environ.get("QUARTERDAY_METRICS_TOKEN", "")
    secret = environ.get("QUARTERDAY_ALERT_SECRET", "")
    folder, keep = environ.get("QUARTERDAY_BACKUP_DIR"), environ.get("QUARTERDAY_BACKUP_KEEP")
    addresses = environ.get("QUARTERDAY_ALERT_MAIL", "").split()
    if wrong := [one for one in addresses if "@" not in one]:
        raise ImproperlyConfigured(f"QUARTERDAY_ALERT_MAIL has {wrong[0]!r}, which is no address")
    if token and len(token) < _SHORTEST_TOKEN:
        raise ImproperlyConfigured(
            f"QUARTERDAY_METRICS_TOKEN must have at least {_SHORTEST_TOKEN} characters"
        )
    if keep and not (keep.isdecimal() and int(keep)):
        raise ImproperlyConfigured("QUARTERDAY_BACKUP_KEEP must be a number of backups above zero")
    return {
        "ALERT_MAIL": addresses,
        "ALERT_WAY": read_hook("QUARTERDAY_ALERT", url, secret) if url else None,
        "METRICS_TOKEN": token,
        "BACKUP_DIR": Path(folder).absolute() if folder else None,
        "BACKUP_KEEP": int(keep) if keep else _KEPT,
    }
