"""A process of its own that makes the business and writes its books in every form.

``python -m tests.store.write_books FOLDER``, on the database that the environment names.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import django


def main(folder: Path) -> None:
    """Write the business, prove it, and export it."""
    django.setup()
    from quarterday.store.queries.check import check_books
    from quarterday.store.queries.exports import export_all, export_beancount, export_ledger_csv
    from tests.store.business import make_business

    make_business()
    offences = list(check_books())
    assert not offences, offences
    with (folder / "all.jsonl").open("w") as file:
        export_all(file.write)
    with (folder / "unnumbered.jsonl").open("w") as file:
        export_all(file.write, numbers=False)
    with (folder / "ledger.csv").open("w", newline="") as file:
        export_ledger_csv(file.write)
    with (folder / "ledger.beancount").open("w") as file:
        export_beancount(file.write)
    with (folder / "range.beancount").open("w") as file:
        export_beancount(file.write, first=date(2025, 2, 5), last=date(2025, 4, 2))
    with (folder / "one.beancount").open("w") as file:
        export_beancount(file.write, first=date(2025, 2, 1), sellers=["canada"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
