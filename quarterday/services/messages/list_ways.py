"""By which transport each channel leaves, as the environment says."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def list_ways() -> dict[str, dict[str, Any]]:
    """The options of the transport of each channel that has one; its name is ``transport``."""
    ways: dict[str, dict[str, Any]] = getattr(settings, "MESSAGE_TRANSPORTS", {})
    keys = getattr(settings, "DKIM_KEYS", {})
    return {channel: {"dkim": keys, **way} for channel, way in ways.items()}
