"""The application for a web server: ``granian --interface wsgi quarterday.project.wsgi``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from quarterday.services.operations.refuse_unsafe import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
application = get_wsgi_application()
refuse_unsafe()


def _watch_workers() -> None:
    # Models can be imported only now.
    from quarterday.jobs.watch_workers import start_watching

    start_watching()


_watch_workers()
