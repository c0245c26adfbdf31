"""The web server's application, looking for workers often, and as several servers would."""

from __future__ import annotations

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
django.setup()

from quarterday.jobs import watch_workers  # noqa: E402

watch_workers.EVERY = timedelta(seconds=0.1)

from quarterday.project.wsgi import application  # noqa: E402

for _ in range(3):
    watch_workers.start_watching()

__all__ = ["application"]
