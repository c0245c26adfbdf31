"""Make an empty database for the demo, and never at the cost of anybody's data."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.db import connection

from quarterday.core.errors import BillingError
from quarterday.services.database.migrate_database import migrate_database
from quarterday.services.demo.is_demo import DEMO_SELLERS
from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Seller
from quarterday.store.queries.readiness import describe_database, is_empty_place


def clear_demo() -> None:
    """Empty the database of an earlier demo, or make a new one.

    Raises `BillingError` when the database holds anything but a demo: it is never touched then.
    """
    if not is_empty_place():
        tables = set(connection.introspection.table_names())
        if tables:
            _check_is_demo(tables)
            _empty()
    migrate_database()


def _check_is_demo(tables: set[str]) -> None:
    """Raise unless all that is there are the sellers of the demo, by code and name."""
    known: list[tuple[str, str]] = []
    if Seller._meta.db_table in tables:
        known = list(Seller.objects.values_list("code", "name"))
    elif "django_migrations" not in tables:
        known = [("", "tables of another program")]
    foreign = [name for code, name in known if code not in DEMO_SELLERS or "Example" not in name]
    if foreign:
        raise BillingError(
            f"the database {describe_database()} holds {foreign[0]}, which is not of the demo; "
            "unset QUARTERDAY_DATABASE_URL, or let it name an empty database"
        )


def _empty() -> None:
    """Documents cannot be deleted row by row, so the file goes, or the tables are cut."""
    if is_postgresql():
        tables = ", ".join(
            connection.ops.quote_name(model._meta.db_table)
            for model in apps.get_app_config("store").get_models()
        )
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        return
    connection.close()
    path = Path(str(connection.settings_dict["NAME"]))
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
