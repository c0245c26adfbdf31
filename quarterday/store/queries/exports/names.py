"""Names as beancount allows them: each part begins with a capital and holds letters and digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ROOTS = {
    "assets": "Assets",
    "liabilities": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expenses": "Expenses",
}
_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")
_NOT_LINK = re.compile(r"[^A-Za-z0-9_/.-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def name_accounts(ledger_accounts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """A beancount account for each (seller, ledger account), no two alike.

    >>> name_accounts([("shop", "assets:clearing:card")])
    {('shop', 'assets:clearing:card'): 'Assets:Shop:Clearing:Card'}
    """
    names: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for seller, code in sorted(ledger_accounts):
        root, _, rest = code.partition(":")
        parts = [_part(seller), *(_part(part) for part in rest.split(":"))]
        wanted = name = ":".join([_ROOTS.get(root, "Equity"), *parts])
        number = 2
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name)
        names[seller, code] = name
    return names


def name_opening(seller: str, names: Iterable[str]) -> str:
    """Where the balances of a seller come from that an export does not begin at zero with."""
    name, taken = f"Equity:{_part(seller)}:Opening-Balances", set(names)
    while name in taken:
        name += "-X"
    return name


def make_link(text: str) -> str:
    """A text as a link or tag: without the signs that end one.

    >>> make_link("INV 7")
    'INV-7'
    """
    return _NOT_LINK.sub("-", _ascii(text)).strip("-.") or "none"


def quote(text: str) -> str:
    r"""A text in quotes, on one line.

    >>> quote('a "b"')
    '"a \\"b\\""'
    """
    escaped = _CONTROL.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _part(text: str) -> str:
    """One part of an account's name."""
    plain = _NOT_NAME.sub("-", _ascii(text)).strip("-")
    return plain[:1].upper() + plain[1:] if plain else "X"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
