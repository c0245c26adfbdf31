"""What PayPal has paid out to the bank, and of what it consists.

PayPal keeps a balance, and pays out what somebody, or a rule, takes from it. So a payout consists
of all that moved the balance since the one before; what was left stands as a part of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from quarterday.gateways.paypal_api import PayPalApi, Refusal, Row
from quarterday.gateways.paypal_words import read_amount
from quarterday.ports.outcomes import PayoutNews, PayoutPart, PayoutState

_PATH = "/v1/reporting/transactions"
# PayPal answers for so long at a time, and lists what happened some hours later.
_LONGEST, _LATE = timedelta(days=31), timedelta(hours=3)
# Payouts of the last days may have been pending when they were listed before.
_MOVES = timedelta(days=7)
_NOT_ALLOWED = 403
_KINDS = {
    "T1108": "fee",
    "T1109": "fee",
    "T1107": "refund",
    "T1106": "dispute",
    "T1110": "dispute",
    "T1111": "dispute",
}
_STATES = {"S": PayoutState.ARRIVED, "P": PayoutState.ANNOUNCED}


class _Moved(NamedTuple):
    """One movement of the balance, in signed minor units; ``fee_minor`` is kept by PayPal."""

    at: datetime
    name: str
    code: str
    status: str
    currency: str
    minor: int
    fee_minor: int


def read_payouts(api: PayPalApi, since: datetime, until: datetime) -> Iterator[PayoutNews]:
    """Payouts of the time, and of some days before; none where PayPal does not let us look."""
    try:
        moved, through = _read(api, since - _MOVES - _LONGEST, until)
    except Refusal as error:
        if error.status == _NOT_ALLOWED:
            return
        raise
    before: dict[str, list[_Moved]] = {}
    for one in sorted(moved, key=lambda one: one.at):
        if not (one.code.startswith("T04") and one.minor < 0):
            if one.status == "S":
                before.setdefault(one.currency, []).append(one)
        elif one.status in _STATES:
            parts = before.pop(one.currency, [])
            if since - _MOVES <= one.at <= through:
                yield _make_payout(one, parts)


def _make_payout(payout: _Moved, moved: list[_Moved]) -> PayoutNews:
    net = -payout.minor
    parts = [part for one in moved for part in _read_parts(one)]
    if payout.fee_minor:
        parts.append(PayoutPart("fee", payout.name, 0, payout.fee_minor))
    fee = sum(one.fee_minor for one in parts)
    if rest := net + fee - sum(one.gross_minor for one in parts):
        parts.append(PayoutPart("other", "", rest))
    return PayoutNews(
        f"{payout.name}:{payout.status}",
        payout.name,
        _STATES[payout.status],
        payout.currency,
        net + fee,
        fee,
        net,
        payout.at.date(),
        tuple(parts),
    )


def _read_parts(one: _Moved) -> Iterator[PayoutPart]:
    """Fees that are not of a payment stand alone: what PayPal calls a dispute here is not what
    it calls it elsewhere.
    """
    kind = _kind(one)
    if kind == "fee":
        yield PayoutPart("fee", one.name, 0, one.fee_minor - one.minor)
        return
    is_alone = kind == "dispute" and one.fee_minor
    yield PayoutPart(kind, one.name, one.minor, 0 if is_alone else one.fee_minor)
    if is_alone:
        yield PayoutPart("fee", one.name, 0, one.fee_minor)


def _kind(one: _Moved) -> str:
    if one.code.startswith("T01"):
        return "fee"
    if one.code.startswith("T00") and one.minor > 0:
        return "payment"
    return "dispute" if one.code.startswith("T12") else _KINDS.get(one.code, "other")


def _read(api: PayPalApi, since: datetime, until: datetime) -> tuple[list[_Moved], datetime]:
    """All that moved the balance in a time, and through when PayPal has listed all."""
    found, through = {}, until - _LATE
    while since < until:
        end, page, pages = min(since + _LONGEST, until), 1, 1
        while page <= pages:
            answer = api.get(
                _PATH,
                start_date=_text(since),
                end_date=_text(end),
                fields="transaction_info",
                balance_affecting_records_only="Y",
                page_size="500",
                page=str(page),
            )
            for row in (answer or {}).get("transaction_details") or ():
                one = _read_row(row["transaction_info"])
                found[one.name] = one
            pages, page = int((answer or {}).get("total_pages") or 1), page + 1
            if refreshed := (answer or {}).get("last_refreshed_datetime"):
                through = datetime.fromisoformat(str(refreshed))
        since = end
    return list(found.values()), through


def _read_row(info: Row) -> _Moved:
    money, fee = info["transaction_amount"], info.get("fee_amount")
    return _Moved(
        datetime.fromisoformat(str(info["transaction_initiation_date"])),
        str(info["transaction_id"]),
        str(info.get("transaction_event_code", "")),
        str(info.get("transaction_status", "")),
        str(money["currency_code"]),
        read_amount(money),
        -read_amount(fee) if fee else 0,
    )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
