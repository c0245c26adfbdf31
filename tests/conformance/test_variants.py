"""Cases of our own, in words that other sources may use: each adapter understands variants."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.case import Case
from tests.conformance.runner import Status, run_case

Fields = dict[str, Any]

DATES: list[tuple[Fields, Fields]] = [
    (
        {"date": "2024-02-29", "add": {"years": 1, "months": 1, "days": 3}},
        {"date": "2025-04-01"},
    ),
    ({"date": "2024-03-31", "subtract": {"months": 1, "weeks": 1}}, {"date": "2024-02-22"}),
    (
        {"rrule": "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1", "from": "2023-01-29", "count": 3},
        {"dates": ["2023-01-29", "2023-02-28", "2023-03-29"]},
    ),
    (
        {"rrule": "FREQ=WEEKLY;INTERVAL=2", "from": "2026-01-05", "count": 2},
        {"dates": ["2026-01-05", "2026-01-19"]},
    ),
    (
        {"anchor": "2024-02-29", "interval": "biennial"},
        {"billing_dates": ["2024-02-29", "2026-02-28", "2028-02-29"]},
    ),
    (
        {"anchor": "2026-01-07", "interval": "biweekly", "weekday": "Friday"},
        {"billing_dates": ["2026-01-07", "2026-01-09", "2026-01-23"]},
    ),
    (
        {"period": "triennial", "start_date": "2020-02-29", "number_of_periods": -1},
        {"boundaries": ["2020-02-29", "2017-02-28"]},
    ),
    (
        {
            "billing_mode": "in_arrear",
            "period": "half_year",
            "anchor_day": 31,
            "start_date": "2025-08-31",
            "end_date": "2026-03-02",
            "bill_through_target_date": "2026-03-02",
        },
        {
            "periods": [
                {"start": "2025-08-31", "end_exclusive": "2026-02-28"},
                {"start": "2026-02-28", "end_exclusive": "2026-03-02"},
            ]
        },
    ),
    (
        {
            "interval": "half_year",
            "timezone": "Europe/Berlin",
            "current_period_start": "2025-07-31",
            "anchor": "2025-08-31T10:00:00",
        },
        {"next_period_start": "2025-08-31T10:00:00+02:00"},
    ),
    (
        {"start": "2026-03-28T23:30Z", "end": "2026-03-29T22:30Z", "timezone": "Europe/Berlin"},
        {"calendar_days": 1},
    ),
    (
        {
            "interval": "monthly",
            "billing_time": "calendar",
            "subscription_at": "2022-02-10",
            "billing_at": "2022-03-07T04:20:46Z",
            "pay_in_advance": True,
        },
        {"from": "2022-03-01", "to_inclusive": "2022-03-31", "charges_from": "2022-02-10"},
    ),
    (
        {
            "interval": "yearly",
            "billing_time": "anniversary",
            "subscription_at": "2020-02-29T12:00:00Z",
            "billing_at": "2022-03-07",
            "timezone": "America/New_York",
        },
        {
            "from_datetime": "2021-02-28T05:00:00Z",
            "to_datetime_inclusive": "2022-02-28T04:59:59Z",
            "days": 365,
        },
    ),
    (
        {"interval": "month", "start": "2026-01-20", "trial_days": 14},
        {"first_charge_date": "2026-02-03", "periods": [["2026-02-03", "2026-03-03"]]},
    ),
]

MONEY: list[tuple[Fields, Fields]] = [
    ({"amount": "1.0005", "currency": "KWD"}, {"rounded": "1.001"}),
    ({"amount": "-0.5", "currency": "JPY"}, {"rounded": "-1"}),
    ({"quantity": "-3", "unit_price": "0.335", "currency": "EUR"}, {"amount": "-1.01"}),
    ({"net": "100.00", "rates_percent": ["5", "9.975"]}, {"taxes": ["5.00", "9.98"]}),
    (
        {"net": "100.00", "rates_percent": ["5", "10"], "compound": True},
        {"taxes": ["5.00", "10.50"], "tax_total": "15.50"},
    ),
    (
        {"gross_lines": ["1.00", "1.00", "1.00"], "rate_percent": "20"},
        {"net": "2.50", "tax": "0.50", "tax_per_line_sum": "0.51"},
    ),
    ({"total_with_vat": "10.03", "cash_rounding": "0.05"}, {"rounding_amount": "0.02"}),
    (
        {"totals": {"TaxAmount": "3.00"}, "vat_breakdown": ["1.00", "2.00"]},
        {"valid": True},
    ),
    (
        {"totals": {"TaxAmount": "3.01"}, "vat_breakdown": ["1.00", "2.00"]},
        {"valid": False},
    ),
    (
        {"totals": {"AllowanceTotalAmount": "3"}, "document_allowances": ["1", "1"]},
        {"valid": False},
    ),
    (
        {
            "document": "CreditNote",
            "currency": "JPY",
            "lines": [{"quantity": "3", "price": "1001", "vat": "S", "rate": "10"}],
        },
        {
            "vat_breakdown": [{"base": "3003", "tax": "300", "vat": "S", "rate": "10"}],
            "totals": {"TaxInclusiveAmount": "3303", "PayableAmount": "3303"},
        },
    ),
    (
        {"invoice": "300", "coupon_fixed": "12", "already_used": "8", "unit": "cents"},
        {"discount": "4", "remaining": "0"},
    ),
    (
        {"fees": [{"net": "100"}, {"net": "50"}], "coupons": ["10%", "30.00"]},
        {"coupon_share": ["30.00", "15.00"], "total": "105.00"},
    ),
]

CHARGES: list[tuple[Fields, Fields]] = [
    (
        {"mode": "graduated", "tiers": [[5, "7.00", "1.00"], [None, "6.00"]], "quantity": "6.5"},
        {"amount": "45.00", "lines": ["1.00", "35.00", "9.00"]},
    ),
    ({"model": "standard", "unit_price": "0.335", "quantity": "3"}, {"amount": "1.01"}),
    ({"model": "flat", "unit_price": "9.90", "quantity": "0"}, {"amount": "9.90"}),
    (
        {
            "model": "package",
            "package_size": "10",
            "package_price": "100",
            "free_units": "20",
            "quantity": "31",
            "already_billed_quantity": "5",
        },
        {"total": "200", "packages": 2},
    ),
    ({"block_size": 512, "price": "0.30", "quantity": "513"}, {"total": "0.60"}),
    (
        {"model": "percentage", "rate_percent": "2", "total": "0", "event_count": 0},
        {"amount": "0"},
    ),
    (
        {"amount": "5.00", "minimum_spend": "20.00", "already_billed_amount": "3.00"},
        {"minimum_charge": "12.00", "total": "17.00"},
    ),
    (
        {"amount": "50", "maximum_spend": "60", "already_billed_amount": "20"},
        {"total": "40", "maximum_discount": "10"},
    ),
    (
        {
            "aggregation": "latest",
            "period_start": "2026-01-01",
            "period_end_exclusive": "2026-02-01",
            "events": [
                {"timestamp": "2026-02-01T00:00:00Z", "value": "9"},
                {"timestamp": "2026-01-31T23:59:59Z", "value": "7"},
            ],
        },
        {"value": "7"},
    ),
    (
        {
            "aggregation": "prorated unique count (by day)",
            "period_start": "2026-06-01",
            "period_end_exclusive": "2026-07-01",
            "items": [{"added": "2026-05-01", "removed": "2026-06-16"}, {"added": "2026-06-21"}],
        },
        {"value": "0.83333"},
    ),
    (
        {
            "billing_mode": "in_advance",
            "phases": [
                {"start_date": "2011-09-01", "price": "10.00"},
                {"start_date": "2011-10-15", "price": "20.00"},
            ],
            "period": "monthly",
            "anchor_day": 1,
            "bill_through_target_date": "2011-10-20",
        },
        {"item_count": 3, "balance": "25.49"},
    ),
    (
        {
            "period_start": "2026-06-01",
            "period_end_exclusive": "2026-07-01",
            "active_from": "2026-06-16",
            "price": "29.95",
        },
        {"fraction": "0.5", "days": 15, "charge": "14.98", "credit": "-14.98"},
    ),
    (
        {
            "already_billed": [
                {"type": "recurring", "start": "2026-06-01", "end_exclusive": "2026-07-01"}
                | {"amount": "30.00"}
            ],
            "should_be": [
                {"type": "recurring", "start": "2026-06-01", "end_exclusive": "2026-06-11"}
                | {"amount": "10.00"}
            ],
        },
        {
            "delta": [
                {"type": "credit_unused", "start": "2026-06-11", "end_exclusive": "2026-07-01"}
                | {"amount": "-20.00"}
            ]
        },
    ),
    (
        {"steps": ["2026-06-01 plan 30/month billed", "2026-06-11 cancelled"]},
        {"amounts": ["30.00", "-20.00"], "item_counts": [1, 1]},
    ),
    (
        {
            "plan_price": "30.00",
            "period": "monthly anniversary in advance",
            "start": "2026-06-01",
            "terminated": "2026-06-10",
            "tax_rate_percent": "25",
        },
        {"credit_note": {"net": "20.00", "tax": "5.00", "total": "25.00"}},
    ),
    (
        {
            "period_start": "2026-06-01",
            "period_end_inclusive": "2026-06-30",
            "change_date": "2026-06-16",
            "old": "10 x 2",
            "new": "10 x 3",
        },
        {"credit": "10.00", "charge": "15.00", "net": "5.00"},
    ),
]


@pytest.mark.parametrize(("given", "expect"), DATES + MONEY + CHARGES)
def test_a_variant_is_understood(given: Fields, expect: Fields) -> None:
    case = Case("own", given, expect, rule="", house=False, note="")
    outcome = run_case(case)
    assert outcome.status is Status.PASSED, outcome.reason


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ({"anchor": "2026-01-31", "interval": "moon"}, {"second_date": "2026-02-28"}),
        ({"question": "who pays for the tea"}, {"answer": "no"}),
        ({"model": "barter", "tiers": [[None, "1"]], "quantity": "1"}, {"total": "1"}),
        ({"steps": ["2026-06-01 the moon rises"]}, {"amounts": ["0.00"]}),
        ({"gross": "2.99", "rate_percent": "4", "rule": "round tax"}, {"net": "2.88"}),
        ({"events": "an event arrives twice"}, {"counted": 1}),
        ({"invoice_run": "once"}, {"new_lines": 0}),
    ],
)
def test_words_that_are_not_known_fail(given: Fields, expect: Fields) -> None:
    outcome = run_case(Case("own", given, expect, rule="", house=False, note=""))
    assert outcome.status is Status.FAILED
    assert outcome.reason.startswith("not expressed")


def test_a_mistake_must_be_the_mistake_and_not_our_answer() -> None:
    given = {"anchor": "2026-01-15", "method": "add one month to the PREVIOUS result"}
    dates = {"dates": ["2026-01-15", "2026-02-15"]}
    note = "negative example: chaining drifts"
    no_mistake = run_case(Case("own", given, dates, rule="", house=False, note=note))
    assert no_mistake.status is Status.FAILED
    plain = run_case(Case("own", given, dates, rule="", house=False, note=""))
    assert plain.status is Status.PASSED
