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


# Tables that came later, with a migration of their own.
FROZEN_FILES: dict[str, tuple[str, ...]] = {"store_documentfile": ()}
FROZEN_MONEY: dict[str, tuple[str, ...]] = {
    "store_bankstatement": (),
    "store_bankline": ("status", "open_minor"),
    "store_payoutitem": ("payment_id", "refund_id", "dispute_id"),
    "store_tillentry": (),
}
FROZEN_STEPS: dict[str, tuple[str, ...]] = {"store_dunningstep": ()}


def install_guards(schema_editor: Any) -> None:
    """Put the guards into a database; the first migration calls it when the tables are there."""
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(_REFUSE, params=None)
    freeze_tables(schema_editor, FROZEN)
    if connection.vendor == "postgresql":
        schema_editor.execute(_NO_DAY_TWICE, params=None)
        # Half of each page stays free, so that moving `billed_through` touches no index (HOT).
        schema_editor.execute("ALTER TABLE store_subscriptionitem SET (fillfactor = 50)", None)


def freeze_tables(schema_editor: Any, frozen: Mapping[str, Sequence[str]]) -> None:
    """Put triggers on tables, so that only the named columns of their rows can move."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        columns = {
            table: [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            ]
            for table in frozen
        }
    make = _postgresql_triggers if connection.vendor == "postgresql" else _sqlite_triggers
    for table, free in frozen.items():
        watched = ", ".join(f'"{name}"' for name in columns[table] if name not in free)
        for statement in make(table, watched):
            schema_editor.execute(statement, params=None)


_REFUSE = (
    "CREATE FUNCTION quarterday_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';"
    " END $$"
)


def _sqlite_triggers(table: str, watched: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_message(table)}'); END"
    yield f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {watched} ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}"


def _postgresql_triggers(table: str, watched: str) -> Iterator[str]:
    refuse = f"FOR EACH ROW EXECUTE FUNCTION quarterday_refuse('{_message(table)}')"
    yield f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {watched} ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}"


def _message(table: str) -> str:
    return f"{table.removeprefix('store_')} rows are never changed or deleted; correct by a new row"
