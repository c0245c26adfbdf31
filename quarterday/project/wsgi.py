"""The application for a web server: ``granian --interface wsgi quarterday.project.wsgi``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
application = get_wsgi_application()
