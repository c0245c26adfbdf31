"""What the database itself refuses, beyond what Django's constraints can say.

Issued documents and postings cannot be changed or deleted (rules 9 and 12), a price cannot be
edited, and on PostgreSQL no service day of an item can be billed twice (rule 10).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Table -> the columns that may still move after the row was written.
FROZEN: dict[str, tuple[str, ...]] = {
    "store_journalentry": (),
    "store_posting": (),
    "store_event": (),
    "store_snapshot": (),
    "store_invoice": ("status", "open_minor"),
    "store_invoiceline": (),
    "store_invoicetax": (),
    "store_creditnote": (),
    "store_creditnoteline": (),
    "store_creditnotetax": (),
    "store_allocation": (),
    "store_creditdeduction": (),
    "store_refund": (),
    "store_price": ("retired_on",),
    "store_dunningstep": (),
}

# Every day of every item is one whole number, so that "no day twice" is that ranges of numbers
# do not overlap: one range column makes a far smaller index than item and dates side by side.
_NO_DAY_TWICE = """
ALTER TABLE store_invoiceline ADD CONSTRAINT line_day_once EXCLUDE USING gist (
  int8range(
    item_id * 1048576 + (period_start - DATE '1970-01-01'),
    item_id * 1048576 + (period_end - DATE '1970-01-01')
  ) WITH &&
) WHERE (kind IN ('recurring', 'usage') AND item_id IS NOT NULL)
"""


def install_guards(schema_editor: Any) -> None:
    """Put the guards into a database; the migration calls it when the tables are there."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        columns = {
            table: [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            ]
            for table in FROZEN
        }
    make = postgresql_guards if connection.vendor == "postgresql" else sqlite_guards
    for statement in make(columns):
        schema_editor.execute(statement, params=None)


def sqlite_guards(columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Triggers for SQLite; ``columns`` are those of each table."""
    for table, free in FROZEN.items():
        watched = ", ".join(f'"{name}"' for name in columns[table] if name not in free)
        yield (
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {watched} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_message(table)}'); END"
        )
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_message(table)}'); END"
        )


def postgresql_guards(columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Triggers and the exclusion constraint for PostgreSQL."""
    yield (
        "CREATE FUNCTION quarterday_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';"
        " END $$"
    )
    for table, free in FROZEN.items():
        watched = ", ".join(f'"{name}"' for name in columns[table] if name not in free)
        yield (
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {watched} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION quarterday_refuse('{_message(table)}')"
        )
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION quarterday_refuse('{_message(table)}')"
        )
    yield _NO_DAY_TWICE
    # Half of each page stays free, so that moving `billed_through` touches no index (HOT).
    yield "ALTER TABLE store_subscriptionitem SET (fillfactor = 50)"


def _message(table: str) -> str:
    return f"{table.removeprefix('store_')} rows are never changed or deleted; correct by a new row"
