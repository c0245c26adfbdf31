"""Django's settings. What an installation may choose comes from the environment.

``QUARTERDAY_DATABASE_URL`` says where the data lies, by default ``quarterday.sqlite3`` in the
working directory. ``QUARTERDAY_SECRET_KEY`` signs links and sessions; without it a key is made
once and kept beside the database (for PostgreSQL, in the working directory: give every machine
the same key there). ``QUARTERDAY_OLD_SECRET_KEYS``, separated by spaces, are keys that links and
sessions made before a change of key may still use.

``QUARTERDAY_URL`` is where customers reach this installation, such as
``https://billing.example.com``; it stands in links. ``QUARTERDAY_HOSTS`` are further host names,
separated by spaces, such as the domains of sellers. ``QUARTERDAY_ENV`` says whether this is
``production`` (see `quarterday.project.production`). The rest is in `quarterday.project.mail`,
`quarterday.project.access` and `quarterday.project.operating`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import lazy

from quarterday.project.access import ACCESS_SETTINGS
from quarterday.project.database import DEFAULT_URL, parse_database_url
from quarterday.project.mail import read_mail_settings
from quarterday.project.operating import read_operating_settings
from quarterday.project.secret import read_secret_key

DATABASES: dict[str, dict[str, Any]] = {
    "default": parse_database_url(os.environ.get("QUARTERDAY_DATABASE_URL") or DEFAULT_URL)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


_is_postgresql = DATABASES["default"]["ENGINE"].endswith("postgresql")


def _find_key_path() -> Path:
    name = DATABASES["default"]["NAME"]
    is_file = not _is_postgresql and name != ":memory:"
    return Path(name if is_file else "quarterday").absolute().with_suffix(".secret-key")


SECRET_KEY_PATH = _find_key_path()


def _secret_key() -> str:
    # Looked for anew: the demo turns to a database of its own, and its key lies beside that.
    return read_secret_key(_find_key_path(), os.environ.get("QUARTERDAY_SECRET_KEY"))


# Lazy, so that commands which sign nothing write no file.
SECRET_KEY = lazy(_secret_key, str)()
SECRET_KEY_FALLBACKS = os.environ.get("QUARTERDAY_OLD_SECRET_KEYS", "").split()

INSTALLED_APPS = [
    # Its templates go before Django's. The console has a site of its own, so nothing is gathered.
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "quarterday.store",
    "quarterday.web.kit",
    "quarterday.project.apps.ProjectConfig",
]
# Its tables hold the ticks of workers, which only PostgreSQL has several of.
if _is_postgresql:
    INSTALLED_APPS.append("procrastinate.contrib.django")
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
AUTH_USER_MODEL = "store.User"

# Django keeps every query in memory while this is on; a billing run makes millions.
DEBUG = os.environ.get("QUARTERDAY_DEBUG") == "1"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("pt", "Português"),
]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]

PUBLIC_URL = os.environ.get("QUARTERDAY_URL", "http://localhost:8000").rstrip("/")
_is_secure = PUBLIC_URL.startswith("https://")
ENVIRONMENT = os.environ.get("QUARTERDAY_ENV", "")
IS_PRODUCTION = ENVIRONMENT == "production" if ENVIRONMENT else _is_secure
ALLOWED_HOSTS = [
    urlsplit(PUBLIC_URL).hostname or "localhost",
    *os.environ.get("QUARTERDAY_HOSTS", "").split(),
]
CSRF_TRUSTED_ORIGINS = [
    PUBLIC_URL,
    *(f"https://{host}" for host in os.environ.get("QUARTERDAY_HOSTS", "").split()),
]

ROOT_URLCONF = "quarterday.project.urls"
WSGI_APPLICATION = "quarterday.project.wsgi.application"
MIDDLEWARE = [
    "quarterday.api.health.HealthFirst",
    "quarterday.web.kit.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "quarterday.web.kit.context.Visitor",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent.parent / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quarterday.web.kit.context.page_context",
            ],
            "builtins": ["django.templatetags.i18n", "quarterday.web.kit.templatetags.kit"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent.parent / "web" / "static"]
# Files are served from where they lie, so that nothing has to be collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _is_secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IS_BEHIND_PROXY = os.environ.get("QUARTERDAY_BEHIND_PROXY") == "1"
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

vars().update(ACCESS_SETTINGS)
# Addresses of links hold their tokens, which must not stand in logs.
LOGGING: dict[str, Any] = {"version": 1, "disable_existing_loggers": False}
LOGGING_CONFIG = "quarterday.project.logs.configure_logs"
DEFAULT_EXCEPTION_REPORTER = "quarterday.project.error_report.SafeReporter"

MAIL_FROM: str
DKIM_KEYS: dict[str, tuple[str, str]]
ALERT_MAIL: list[str]
ALERT_WAY: dict[str, Any] | None
METRICS_TOKEN: str
BACKUP_DIR: Path | None
BACKUP_KEEP: int
vars().update(read_mail_settings(os.environ))
vars().update(read_operating_settings(os.environ))
