"""The one Django app, so that there is one linear history of migrations."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Everything that Quarterday stores."""

    name = "quarterday.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
