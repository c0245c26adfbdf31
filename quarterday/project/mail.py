"""How mail leaves, read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def read_mail_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's and anymail's mail settings."""
    return {}
