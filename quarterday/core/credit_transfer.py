"""What a banking app reads from a QR code to fill in a SEPA credit transfer (EPC069-12)."""

from __future__ import annotations

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, format_minor

_MOST_MINOR = 99_999_999_999


def make_transfer_code(
    *, holder: str, iban: str, amount_minor: int, reference: str, bic: str = ""
) -> str:
    """The content of the code, for euros only; ``reference`` is a creditor reference (RF…).

    Raises `BillingError` for an amount that the standard does not hold.

    >>> make_transfer_code(
    ...     holder="Example Hosting GmbH",
    ...     iban="DE89 3704 0044 0532 0130 00",
    ...     amount_minor=1190,
    ...     reference="RF18539007547034",
    ... ).splitlines()[4:]
    ['', 'Example Hosting GmbH', 'DE89370400440532013000', 'EUR11.90', '', 'RF18539007547034']
    """
    if not 0 < amount_minor <= _MOST_MINOR:
        raise BillingError(f"a transfer code holds 0.01 to 999999999.99 EUR, not {amount_minor}")
    amount = f"EUR{format_minor(amount_minor, currency('EUR'))}"
    lines = ["BCD", "002", "1", "SCT", bic.replace(" ", ""), " ".join(holder.split())[:70]]
    return "\n".join([*lines, iban.replace(" ", ""), amount, "", reference.replace(" ", "")])


def show_iban(iban: str) -> str:
    """An IBAN as it is printed, in groups of four.

    >>> show_iban("DE89370400440532013000")
    'DE89 3704 0044 0532 0130 00'
    """
    bare = iban.replace(" ", "")
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))
