"""Django's settings. What an installation may choose comes from the environment.

``QUARTERDAY_DATABASE_URL`` says where the data lies, by default ``quarterday.sqlite3`` in the
working directory. ``QUARTERDAY_SECRET_KEY`` signs links and sessions; without it a key is made
once and kept beside the database (for PostgreSQL, in the working directory: give every machine
the same key there).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.functional import lazy

from quarterday.project.database import DEFAULT_URL, parse_database_url
from quarterday.project.secret import read_secret_key

DATABASES: dict[str, dict[str, Any]] = {
    "default": parse_database_url(os.environ.get("QUARTERDAY_DATABASE_URL") or DEFAULT_URL)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _secret_key() -> str:
    database = DATABASES["default"]
    embedded = database["ENGINE"].endswith("sqlite3") and database["NAME"] != ":memory:"
    place = Path(database["NAME"]) if embedded else Path("quarterday").absolute()
    return read_secret_key(
        place.with_suffix(".secret-key"), os.environ.get("QUARTERDAY_SECRET_KEY")
    )


# Lazy, so that commands which sign nothing write no file.
SECRET_KEY = lazy(_secret_key, str)()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "quarterday.store",
]
AUTH_USER_MODEL = "store.User"

# Django keeps every query in memory while this is on; a billing run makes millions.
DEBUG = False

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
