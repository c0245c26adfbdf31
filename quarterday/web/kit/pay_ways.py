"""The ways to pay that a page shows, and what somebody filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from quarterday.ports.gateway import Ability, Gateway
from quarterday.ports.outcomes import Field, FieldKind
from quarterday.store.models import Account, AttemptPurpose, PaymentMethod
from quarterday.store.queries.method_fees import find_method_fee
from quarterday.store.queries.paying import Offered, list_methods, list_offered

# How browsers fill them in, and which keyboard a phone shows.
_INPUTS: Mapping[str, dict[str, str]] = {
    FieldKind.TEXT: {},
    FieldKind.NAME: {"autocomplete": "name"},
    FieldKind.CARD_NUMBER: {
        "autocomplete": "cc-number",
        "inputmode": "numeric",
        "maxlength": "23",
        "class": "figures",
    },
    FieldKind.CARD_EXPIRY: {"autocomplete": "cc-exp", "inputmode": "numeric", "maxlength": "7"},
    FieldKind.CARD_CODE: {"autocomplete": "cc-csc", "inputmode": "numeric", "maxlength": "4"},
    FieldKind.IBAN: {"autocapitalize": "characters", "spellcheck": "false", "maxlength": "42"},
}
# What nobody should find in a page that was left open.
_SECRET = (FieldKind.CARD_NUMBER, FieldKind.CARD_CODE)
_LONGEST = 200


@dataclass(frozen=True)
class Input:
    """A field as the page shows it."""

    id: str
    name: str
    label: str
    hint: str
    attributes: Mapping[str, str]
    is_required: bool = True
    is_short: bool = False
    value: str = ""
    error: str = ""


@dataclass
class Way:
    """One way to pay: a kept method, or a choice of a gateway with its fields.

    ``total_minor`` is the amount with the fee for paying this way, if it has one.
    """

    value: str
    name: str
    gateway: str
    opened: Gateway
    choice: str = ""
    hint: str = ""
    method: PaymentMethod | None = None
    declared: tuple[Field, ...] = ()
    abilities: frozenset[Ability] = frozenset()
    inputs: list[Input] = field(default_factory=list)
    is_open: bool = False
    saves: bool = False
    fee_minor: int = 0
    total_minor: int = 0

    @property
    def instructs(self) -> bool:
        """Whether the payer is only told where to pay."""
        return Ability.INSTRUCT in self.abilities

    @property
    def can_save(self) -> bool:
        """Whether it can be kept for the next time."""
        return Ability.SAVE in self.abilities

    @property
    def error_count(self) -> int:
        """How many fields have to be looked at again."""
        return sum(bool(one.error) for one in self.inputs)

    def read_fields(self, request: HttpRequest) -> dict[str, str]:
        """What was filled in, by the gateway's own names."""
        return {
            one.name: str(request.POST.get(f"field-{one.name}", ""))[:_LONGEST].strip()
            for one in self.declared
        }

    def check(self, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """What is wrong with it, by field."""
        errors = {
            one.name: gettext("Fill this in.")
            for one in self.declared
            if one.is_required and not fields.get(one.name)
        }
        said = self.opened.check_fields(self.choice, fields, now) if self.declared else {}
        return {name: gettext(text) for name, text in said.items()} | errors

    def fill(self, fields: Mapping[str, str], errors: Mapping[str, str]) -> None:
        """Show what was filled in, but no secret numbers, and what is wrong with it."""
        self.inputs = make_inputs(self.declared, self.value, fields, errors)


def list_ways(
    account: Account,
    *,
    purpose: AttemptPurpose,
    shows_methods: bool,
    amount_minor: int = 0,
    confirms: PaymentMethod | None = None,
) -> list[Way]:
    """The ways to pay, or to keep for later; the first is open, the rest one touch away.

    ``confirms`` is a kept method that its owner is asked to confirm; it comes first.
    """
    offered = list_offered(account.seller, account.currency)
    ways = []
    if purpose is AttemptPurpose.PAY:
        kept = list_methods(account) if shows_methods else []
        if confirms is not None:
            kept = [confirms, *(one for one in kept if one.id != confirms.id)]
        ways = _list_kept(account, kept, offered)
    wanted = Ability.PAY if purpose is AttemptPurpose.PAY else Ability.SAVE
    for one in offered:
        for choice in one.gateway.list_choices(account.currency):
            if wanted in choice.abilities:
                value = f"{one.code}-{choice.code}"
                way = Way(
                    value=value,
                    name=gettext(choice.name),
                    gateway=one.code,
                    opened=one.gateway,
                    choice=choice.code,
                    hint=gettext(choice.hint) if choice.hint else "",
                    declared=choice.fields,
                    abilities=choice.abilities,
                )
                way.fill({}, {})
                ways.append(way)
    for way in ways:
        if not way.instructs:
            way.fee_minor = find_method_fee(account, way.gateway, way.choice, amount_minor)
        way.total_minor = amount_minor + way.fee_minor
    if ways:
        ways[0].is_open = True
    return ways


def find_way(ways: list[Way], value: str) -> Way | None:
    """The way that was chosen, which is now the open one; None for one that is not offered."""
    found = next((one for one in ways if one.value == value), None)
    for one in ways:
        one.is_open = one is found if found else one.is_open
    return found


def make_inputs(
    fields: tuple[Field, ...],
    prefix: str,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> list[Input]:
    """Fields with their hints, errors and what was filled in."""
    inputs = []
    for one in fields:
        name, error = f"{prefix}-{one.name}", errors.get(one.name, "")
        described = [
            f"{name}_{part}" for part, there in (("hint", one.hint), ("error", error)) if there
        ]
        extra: dict[str, Any] = dict(_INPUTS[one.kind])
        if described:
            extra["aria-describedby"] = " ".join(described)
        if error:
            extra["aria-invalid"] = "true"
        inputs.append(
            Input(
                id=name,
                name=f"field-{one.name}",
                label=gettext(one.label),
                hint=gettext(one.hint) if one.hint else "",
                attributes=extra,
                is_required=one.is_required,
                is_short=one.kind in (FieldKind.CARD_EXPIRY, FieldKind.CARD_CODE),
                value="" if one.kind in _SECRET else values.get(one.name, ""),
                error=error,
            )
        )
    return inputs


def _list_kept(
    account: Account, methods: Iterable[PaymentMethod], offered: list[Offered]
) -> list[Way]:
    gateways = {one.code: one.gateway for one in offered}
    return [
        Way(
            value=method.public_id,
            name=method.label,
            gateway=method.gateway,
            opened=gateways[method.gateway],
            choice=_find_choice(method, gateways[method.gateway], account.currency),
            method=method,
        )
        for method in methods
        if method.gateway in gateways
    ]


def _find_choice(method: PaymentMethod, gateway: Gateway, currency: str) -> str:
    """Which of its gateway's ways to pay a kept method is."""
    codes = [one.code for one in gateway.list_choices(currency) if Ability.SAVE in one.abilities]
    return method.kind if method.kind in codes else next(iter(codes), "")
