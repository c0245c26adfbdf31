"""When, by which kept method and how often an unpaid invoice is charged, with nobody there.

What a gateway said of a try decides what follows: see `DeclineClass`. A method that was declined
for good is never tried again for the same debt, as the rules of the card schemes want it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.money import currency
from quarterday.core.payday import Payday, next_payday, read_paydays

MOST_DAYS_BEFORE = 30


class DeclineClass(StrEnum):
    """What a decline asks for: ``SOFT`` another day, ``FUNDS`` a day on which there is money,
    ``ACTION`` the payer, ``HARD`` another method, ``UNAVAILABLE`` a little patience.
    """

    SOFT = "soft"
    FUNDS = "insufficient_funds"
    ACTION = "needs_action"
    HARD = "hard"
    UNAVAILABLE = "unavailable"


_CLASSES: Mapping[str, DeclineClass] = {
    "insufficient_funds": DeclineClass.FUNDS,
    "expired": DeclineClass.HARD,
    "wrong_details": DeclineClass.HARD,
    "not_authenticated": DeclineClass.ACTION,
    "cancelled": DeclineClass.SOFT,
    "lost_or_stolen": DeclineClass.HARD,
    "limit": DeclineClass.SOFT,
    "method_revoked": DeclineClass.HARD,
    "refused": DeclineClass.SOFT,
    "unavailable": DeclineClass.UNAVAILABLE,
    "not_received": DeclineClass.UNAVAILABLE,
}


def classify(code: str, is_final: bool = False) -> DeclineClass:
    """The class of a gateway's code; final ones are hard, unless the payer can still help.

    >>> classify("refused"), classify("refused", is_final=True)
    (<DeclineClass.SOFT: 'soft'>, <DeclineClass.HARD: 'hard'>)
    >>> classify("something new")
    <DeclineClass.SOFT: 'soft'>
    """
    found = _CLASSES.get(code, DeclineClass.SOFT)
    if is_final and found in (DeclineClass.SOFT, DeclineClass.FUNDS):
        return DeclineClass.HARD
    return found


@dataclass(frozen=True, slots=True)
class CollectionPolicy:
    """How a seller collects.

    ``retry_after`` has for each class the days after its first, second, … decline on which it is
    tried again; when they are used up, it is over. No days for insufficient funds means the next
    payday. ``least`` is by currency what is not worth a charge of its own.
    """

    most_tries: int = 4
    retry_after: Mapping[DeclineClass, tuple[int, ...]] = field(
        default_factory=lambda: dict(_RETRIES)
    )
    paydays: tuple[Payday, ...] = (1, 15, "last")
    falls_back: bool = True
    together: bool = True
    least: Mapping[str, int] = field(default_factory=dict)


_RETRIES: Mapping[DeclineClass, tuple[int, ...]] = {
    DeclineClass.SOFT: (3, 5, 7),
    DeclineClass.FUNDS: (),
    DeclineClass.ACTION: (3, 7),
}
_NAMES = ("most_tries", "retry_after", "paydays", "falls_back", "together", "least")


def read_policy(data: Mapping[str, Any]) -> CollectionPolicy:
    """A seller's policy; what it does not say is as usual. Raises `BillingError`.

    >>> read_policy({"most_tries": 2, "retry_after": {"soft": [1, 2]}}).retry_after[
    ...     DeclineClass.SOFT
    ... ]
    (1, 2)
    >>> read_policy({"tries": 2})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: collection has an unknown 'tries'; it knows falls_back, \
least, most_tries, paydays, retry_after, together
    """
    if not isinstance(data, Mapping):
        raise BillingError("collection must be names and values, such as most_tries")
    for name in data:
        if name not in _NAMES:
            raise BillingError(
                f"collection has an unknown {name!r}; it knows {', '.join(sorted(_NAMES))}"
            )
    for name in ("falls_back", "together"):
        if not isinstance(data.get(name, True), bool):
            raise BillingError(f"collection must have {name} true or false")
    return CollectionPolicy(
        most_tries=_read_number(data.get("most_tries", 4), "most_tries", 1, 15),
        retry_after=_read_retries(data.get("retry_after", {})),
        paydays=read_paydays(data.get("paydays", [1, 15, "last"])),
        falls_back=data.get("falls_back", True),
        together=data.get("together", True),
        least=_read_least(data.get("least", {})),
    )


def _read_retries(data: Any) -> dict[DeclineClass, tuple[int, ...]]:
    if not isinstance(data, Mapping):
        raise BillingError("collection must have retry_after as classes of declines and days")
    found = dict(_RETRIES)
    for name, days in data.items():
        if name not in list(_RETRIES):
            raise BillingError(
                f"retry_after knows no {name!r}; it knows {', '.join(_RETRIES)}, and a hard "
                "decline is never tried again"
            )
        if not isinstance(days, list | tuple) or len(days) > 15:
            raise BillingError(f"retry_after must have {name} as a list of at most 15 days")
        found[DeclineClass(name)] = tuple(
            _read_number(one, f"the days of {name}", 1, 60) for one in days
        )
    return found


def _read_least(data: Any) -> dict[str, int]:
    if not isinstance(data, Mapping):
        raise BillingError("collection must have least as currencies and minor units")
    found = {}
    for code, minor in data.items():
        number = _read_number(minor, f"least of {code}", 0, 10**15)
        found[currency(str(code)).code] = check_minor(number, "least")
    return found


def _read_number(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BillingError(f"collection must have {name} as a whole number from {low} to {high}")
    return value


@dataclass(frozen=True, slots=True)
class Try:
    """One charge that was tried with nobody there; ``code`` is why it was declined."""

    on: date
    method: str
    code: str
    is_final: bool = False

    @property
    def decline(self) -> DeclineClass:
        """What its decline asks for."""
        return classify(self.code, self.is_final)


@dataclass(frozen=True, slots=True)
class KeptWay:
    """A kept method: its name, until when it is valid, and whether it was declined for good."""

    name: str
    expires_on: date | None = None
    is_refused: bool = False


class Reason(StrEnum):
    """Why a charge comes on its day, or none comes."""

    DUE = "due"
    SOFT = "tried_again"
    PAYDAY = "payday"
    ACTION = "payer_asked"
    FALL_BACK = "other_method"
    UNAVAILABLE = "unavailable"
    NO_METHOD = "no_method"
    REFUSED = "refused_for_good"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Plan:
    """What comes next: a charge of ``method`` on a day, or neither, and why."""

    reason: Reason
    on: date | None = None
    method: str = ""


def plan_next(
    policy: CollectionPolicy,
    charge_on: date,
    history: Sequence[Try],
    ways: Sequence[KeptWay],
    today: date,
) -> Plan:
    """The next charge of a debt that is first charged on ``charge_on``, today at the earliest.

    ``history`` are the tries for this debt in their order, ``ways`` the methods of the account,
    the one in use first. A payer who has put another method in use since is charged by that one.

    >>> card, spare = KeptWay("card"), KeptWay("spare")
    >>> first = date(2026, 3, 10)
    >>> plan_next(CollectionPolicy(), first, [], [card], date(2026, 3, 1)).on
    datetime.date(2026, 3, 10)
    >>> stolen = Try(first, "card", "lost_or_stolen")
    >>> plan_next(CollectionPolicy(), first, [stolen], [card, spare], first).method
    'spare'
    >>> plan_next(CollectionPolicy(), first, [stolen], [card], first)
    Plan(reason=<Reason.REFUSED: 'refused_for_good'>, on=None, method='')
    """
    counted = [one for one in history if one.decline is not DeclineClass.UNAVAILABLE]
    refused = {one.method for one in counted if one.decline is DeclineClass.HARD}
    if len(counted) >= policy.most_tries:
        return Plan(Reason.EXHAUSTED)
    valid = _choose(policy, ways, refused, today)
    if isinstance(valid, Reason):
        return Plan(valid)
    first = valid[0].name
    if not counted:
        reason = Reason.UNAVAILABLE if history else Reason.DUE
        return Plan(reason, max(charge_on, today), first)
    last, tried = counted[-1], {one.method for one in counted}
    if first not in tried or last.decline is DeclineClass.HARD:
        # A spare one takes over at once; so does one that the payer has put in use meanwhile.
        return Plan(Reason.FALL_BACK, today, first)
    if history[-1].decline is DeclineClass.UNAVAILABLE:
        return Plan(Reason.UNAVAILABLE, today, _same(history[-1].method, valid))
    return _retry(policy, counted, _same(last.method, valid), today)


def _choose(
    policy: CollectionPolicy, ways: Sequence[KeptWay], refused: Collection[str], today: date
) -> list[KeptWay] | Reason:
    """The methods that can be charged, the first to be charged first; or why there is none."""
    able = [one for one in ways if not one.is_refused and one.name not in refused]
    valid = [one for one in able if one.expires_on is None or one.expires_on >= today]
    if valid and (policy.falls_back or valid[0] == ways[0]):
        return valid
    return Reason.NO_METHOD if ways[:1] == able[:1] else Reason.REFUSED


def _same(name: str, valid: Sequence[KeptWay]) -> str:
    """The method of before where it can still be charged."""
    return name if any(one.name == name for one in valid) else valid[0].name


def _retry(policy: CollectionPolicy, counted: Sequence[Try], method: str, today: date) -> Plan:
    last = counted[-1]
    number = sum(one.decline is last.decline for one in counted)
    days = policy.retry_after.get(last.decline, ())
    if last.decline is DeclineClass.FUNDS and not days:
        return Plan(Reason.PAYDAY, max(next_payday(last.on, policy.paydays), today), method)
    if number > len(days):
        return Plan(Reason.EXHAUSTED)
    reason = Reason.ACTION if last.decline is DeclineClass.ACTION else Reason.SOFT
    return Plan(reason, max(last.on + timedelta(days=days[number - 1]), today), method)


def wait_for_gateway(times: int) -> timedelta:
    """How long to leave a payment service alone that was out of reach so many times in a row.

    >>> [str(wait_for_gateway(times)) for times in (1, 2, 3, 20)]
    ['0:30:00', '1:00:00', '2:00:00', '12:00:00']
    """
    return min(timedelta(minutes=30 * (1 << min(times - 1, 10))), timedelta(hours=12))
