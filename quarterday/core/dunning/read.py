"""Policies as data from outside: a file, an editor, the database; and back again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from quarterday.core.dunning.fee import LateFee
from quarterday.core.dunning.policy import NONE, DunningPolicy
from quarterday.core.dunning.step import BEFORE_DUE, MESSAGES, TEMPLATES, Action, DunningStep, Unit
from quarterday.core.errors import BillingError
from quarterday.core.limits import find_bad_data
from quarterday.core.money import currency, format_minor, parse_exact, parse_minor, plain

FIRST, LAST, MOST_STEPS = -90, 730, 60
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}")
_FEE = ("fixed", "percent", "minimum", "interest", "every_days", "times", "cap", "cap_percent")
_OPTIONS: Mapping[Action, tuple[str, ...]] = {
    Action.SEND: ("template", "even_if_charged"),
    Action.WARN: ("template",),
    Action.FEE: _FEE,
    Action.COLLECTIONS: ("title", "text"),
    Action.WEBHOOK: ("event",),
    Action.TASK: ("title", "text"),
}
_ALWAYS = ("key", "action", "offset", "unit")
_TOP = ("code", "name", "notice_days", "end_notice_days", "steps")


def read_policy(data: Any, *, version: int = 0) -> DunningPolicy:
    """A policy from data; raises `BillingError`, which names the step, the field and the remedy.

    >>> read_policy({"code": "mine", "steps": [{"key": "first", "offset": 3, "action": "send"}]})
    ... # doctest: +ELLIPSIS
    DunningPolicy(steps=(DunningStep(key='first', offset=3, ...
    >>> read_policy({"code": "mine", "steps": [{"key": "stop", "offset": 5, "action": "halt"}]})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: step 1 'stop': action must be one of invoice, send, charge, \
fee, warn, restrict, suspend, terminate, collections, write_off, webhook, task, not 'halt'
    """
    if not isinstance(data, Mapping):
        raise BillingError("a policy must be names and values, such as code, name and steps")
    if extra := sorted(set(data) - set(_TOP)):
        raise BillingError(f"a policy knows no {extra[0]!r}; it knows {', '.join(_TOP)}")
    if bad := find_bad_data(dict(data)):
        raise BillingError(f"the policy cannot be kept, since {bad}; remove it")
    steps = data.get("steps")
    if not isinstance(steps, Sequence) or isinstance(steps, str) or len(steps) > MOST_STEPS:
        raise BillingError(f"steps must be a list of at most {MOST_STEPS}, each with a key")
    code = str(data.get("code", ""))
    return DunningPolicy(
        steps=tuple(_read_step(one, place) for place, one in enumerate(steps, 1)),
        code=check_code(code),
        name=_text(data, "name", "the policy", 200) or code,
        version=version,
        notice_days=_number(data, "notice_days", "the policy", 1, 60, 2),
        end_notice_days=_number(data, "end_notice_days", "the policy", 1, 365, 7),
    )


def check_code(code: str) -> str:
    """The code of a policy; raises `BillingError` for one that nobody can type.

    >>> check_code("for-schools")
    'for-schools'
    """
    if not is_code(code):
        raise BillingError(
            f"code must be small letters, digits, - and _, such as for-schools, and not "
            f"{NONE!r}: {code!r}"
        )
    return code


def is_code(code: str) -> bool:
    """Whether a text can be the code of a policy.

    >>> is_code("for-schools"), is_code("none")
    (True, False)
    """
    return bool(_CODE.fullmatch(code)) and code != NONE


def _read_step(data: Any, place: int) -> DunningStep:
    if not isinstance(data, Mapping):
        raise BillingError(f"step {place} must be names and values, such as key and offset")
    key = data.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or key == "warning":
        raise BillingError(
            f"step {place}: key must be small letters, digits and _, such as reminder_1, and not "
            f"'warning', not {key!r}"
        )
    where = f"step {place} {key!r}"
    action = Action(_word(data, "action", where, list(Action)))
    known = (*_ALWAYS, *_OPTIONS.get(action, ()))
    if extra := sorted(set(data) - set(known)):
        raise BillingError(f"{where}: {action} knows no {extra[0]!r}; it knows {', '.join(known)}")
    if "offset" not in data:
        raise BillingError(f"{where}: offset is missing; give days after the due date, such as 3")
    template = _read_template(data, where, action)
    offset = _number(data, "offset", where, FIRST, LAST, 0)
    if offset >= 0 and template == "reminder_before_due":
        raise BillingError(f"{where}: reminder_before_due needs an offset below 0, not {offset}")
    if offset < 0 and action in MESSAGES and template not in BEFORE_DUE:
        raise BillingError(
            f"{where}: {template} speaks of what is overdue; give it an offset of 0 or more, or "
            "send reminder_before_due"
        )
    return DunningStep(
        key=key,
        offset=offset,
        action=action,
        unit=Unit(_word(data, "unit", where, list(Unit), str(Unit.DAYS))),
        template=template,
        even_if_charged=_flag(data, "even_if_charged", where),
        fee=_read_fee(data, where) if action is Action.FEE else None,
        title=_text(data, "title", where, 200),
        text=_text(data, "text", where, 2000),
        event=_read_event(data, where) if action is Action.WEBHOOK else "",
    )


def _read_template(data: Mapping[str, Any], where: str, action: Action) -> str:
    templates = TEMPLATES.get(action, ())
    if not templates:
        return ""
    usual = templates[0]
    if action is Action.SEND and isinstance(data.get("offset"), int) and data["offset"] < 0:
        usual = "reminder_before_due"
    return _word(data, "template", where, list(templates), usual)


def _read_event(data: Mapping[str, Any], where: str) -> str:
    event = data.get("event", "invoice.overdue")
    if not isinstance(event, str) or not _EVENT.fullmatch(event) or len(event) > 48:
        raise BillingError(
            f"{where}: event must be words with points between, such as invoice.overdue, "
            f"not {event!r}"
        )
    return event


def _read_fee(data: Mapping[str, Any], where: str) -> LateFee:
    every = _number(data, "every_days", where, 1, 366, 0)
    fee = LateFee(
        fixed=_amounts(data, "fixed", where),
        percent=_percent(data, "percent", where, Decimal(100)) or Decimal(0),
        minimum=_amounts(data, "minimum", where),
        interest=_percent(data, "interest", where, Decimal(100)) or Decimal(0),
        every_days=every,
        times=_number(data, "times", where, 1, 60, 12 if every else 1),
        cap=_amounts(data, "cap", where),
        cap_percent=_percent(data, "cap_percent", where, Decimal(1000)),
    )
    if not (fee.fixed or fee.percent or fee.minimum or fee.interest):
        raise BillingError(f"{where}: it charges nothing; give fixed, percent or interest")
    if fee.times > 1 and not every:
        raise BillingError(f"{where}: times needs every_days; say how often, such as 30")
    return fee


def _amounts(data: Mapping[str, Any], name: str, where: str) -> dict[str, int]:
    given = data.get(name, {})
    if not isinstance(given, Mapping):
        raise BillingError(
            f'{where}: {name} must be currencies and amounts, such as EUR = "5.00", not {given!r}'
        )
    found = {}
    for code, amount in given.items():
        try:
            unit = currency(str(code))
            found[unit.code] = parse_minor(str(amount), unit)
        except BillingError as error:
            raise BillingError(f"{where}: {name}: {error}") from None
        if found[unit.code] <= 0:
            raise BillingError(f"{where}: {name} of {code} must be above 0, not {amount!r}")
    return found


def _percent(data: Mapping[str, Any], name: str, where: str, most: Decimal) -> Decimal | None:
    value = data.get(name)
    if value is None:
        return None
    try:
        number = parse_exact(str(value), 6)
    except BillingError:
        number = Decimal(-1)
    if isinstance(value, bool) or not 0 < number <= most:
        raise BillingError(
            f"{where}: {name} must be a number above 0 and up to {most}, such as 1.5, not {value!r}"
        )
    return number


def _number(data: Mapping[str, Any], name: str, where: str, low: int, high: int, usual: int) -> int:
    if name not in data:
        return usual
    value = data[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BillingError(
            f"{where}: {name} must be a whole number from {low} to {high}, not {value!r}"
        )
    return value


def _flag(data: Mapping[str, Any], name: str, where: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise BillingError(f"{where}: {name} must be true or false, not {value!r}")
    return value


def _word(
    data: Mapping[str, Any], name: str, where: str, words: Sequence[str], usual: str = ""
) -> str:
    value = data.get(name, usual)
    if value not in words:
        raise BillingError(f"{where}: {name} must be one of {', '.join(words)}, not {value!r}")
    return str(value)


def _text(data: Mapping[str, Any], name: str, where: str, most: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise BillingError(f"{where}: {name} must be text of at most {most} characters")
    return value.strip()


def to_data(policy: DunningPolicy) -> dict[str, Any]:
    """A policy as data, which `read_policy` reads again.

    >>> to_data(DunningPolicy((DunningStep("stop", 5, Action.SUSPEND),), code="mine"))["steps"]
    [{'key': 'stop', 'offset': 5, 'unit': 'days', 'action': 'suspend'}]
    """
    return {
        "code": policy.code,
        "name": policy.name,
        "notice_days": policy.notice_days,
        "end_notice_days": policy.end_notice_days,
        "steps": [step_to_data(one) for one in policy.steps],
    }


def step_to_data(step: DunningStep) -> dict[str, Any]:
    """A step as data, as a file or an editor shows it.

    >>> step_to_data(DunningStep("call", 20, Action.TASK, title="Call them"))["title"]
    'Call them'
    """
    data: dict[str, Any] = {
        "key": step.key,
        "offset": step.offset,
        "unit": str(step.unit),
        "action": str(step.action),
    }
    if len(TEMPLATES.get(step.action, ())) > 1:
        data["template"] = step.template
    for name in ("even_if_charged", "title", "text", "event"):
        if value := getattr(step, name):
            data[name] = value
    return data | (_fee_to_data(step.fee) if step.fee else {})


def _fee_to_data(fee: LateFee) -> dict[str, Any]:
    data: dict[str, Any] = {
        "fixed": _write_amounts(fee.fixed),
        "percent": plain(fee.percent) if fee.percent else None,
        "minimum": _write_amounts(fee.minimum),
        "interest": plain(fee.interest) if fee.interest else None,
        "every_days": fee.every_days,
        "times": fee.times if fee.every_days else None,
        "cap": _write_amounts(fee.cap),
        "cap_percent": None if fee.cap_percent is None else plain(fee.cap_percent),
    }
    return {name: value for name, value in data.items() if value}


def _write_amounts(amounts: Mapping[str, int]) -> dict[str, str]:
    return {code: format_minor(minor, currency(code)) for code, minor in amounts.items()}
