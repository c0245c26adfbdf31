"""The books in other forms, streamed with flat memory: canonical, beancount, CSV.

Each export takes a ``write`` that is called with pieces of text, such as a file's.
"""

from quarterday.store.queries.exports.beancount import export_beancount
from quarterday.store.queries.exports.canonical import export_all
from quarterday.store.queries.exports.ledger_csv import export_ledger_csv

__all__ = ["export_all", "export_beancount", "export_ledger_csv"]
