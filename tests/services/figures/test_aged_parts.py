"""What is paid in parts is as late as each part: in the report, in its lists and on Home."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from quarterday.core.aging import BANDS
from quarterday.core.instalments import Part
from quarterday.reports.receivables import BAND_TITLES
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.collection.end_instalments import end_instalments
from quarterday.services.reports.run_report import run_report
from quarterday.store.queries.figures.read import sum_open
from tests.services.till import DAY, NOW, Shop

START = DAY + timedelta(days=14)


def report(shop: Shop, day: date) -> tuple[Counter[str], Counter[str]]:
    """What the report says by band, and what the lists behind its figures come to."""
    values = {"as_of": str(day)}
    terms = {"today": day, "sellers": [shop.seller.id]}
    found, listed = Counter[str](), Counter[str]()
    for row in run_report("receivables", values, **terms).rows:  # type: ignore[arg-type]
        minor = row.cells["owed"]
        assert isinstance(minor, int)
        title = str(row.cells["band"])
        found[next(band for band, name in BAND_TITLES.items() if name == title)] += minor
        link = row.links.get("owed")
        if link is not None:
            rows = run_report(link.report, link.values, **terms).rows  # type: ignore[arg-type]
            assert len(rows) == row.cells["invoices"]
            listed[link.values["band"]] += sum(int(str(one.cells["owed"])) for one in rows)
    return +found, +listed


def home(shop: Shop, day: date) -> Counter[str]:
    owed = sum_open(shop.seller, day).get("EUR", [])
    return +Counter({band: one.minor for band, one in zip(BANDS, owed, strict=True)})


def test_parts_age_by_their_own_days_everywhere(shop: Shop) -> None:
    shop.invoice(10000)
    other = shop.open_account("A2")
    planned = shop.invoice(30000, account=other)
    assert planned.total_minor == 35700
    agreed_on = START + timedelta(days=40)
    parts = [Part(agreed_on + timedelta(days=30 * n), 11900) for n in range(3)]
    before = agreed_on - timedelta(days=1)
    old, _ = report(shop, before)
    agree_instalments(
        invoice=planned, parts=parts, today=agreed_on,
        now=datetime.combine(agreed_on, NOW.timetz()),
    )  # fmt: skip
    # Before they agreed, all of it was late, and stays so in the report of that day.
    assert old == report(shop, before)[0] == {"to_60": 47600}
    late = {
        0: {"not_due": 35700, "to_60": 11900},
        1: {"not_due": 23800, "to_30": 11900, "to_60": 11900},
        31: {"not_due": 11900, "to_30": 11900, "to_60": 11900, "to_90": 11900},
        200: {"over_90": 47600},
    }
    for days, expected in late.items():
        day = agreed_on + timedelta(days=days)
        found, listed = report(shop, day)
        assert found == listed == home(shop, day) == expected, days
    # What is paid fills the parts in their order.
    on = agreed_on + timedelta(days=1)
    shop.pay(20000, account=other, on=on)
    found, listed = report(shop, on)
    assert found == listed == home(shop, on) == {"not_due": 15700, "to_60": 11900}
    # Without the plan, the invoice's own day counts again.
    end_instalments(
        invoice=planned, reason="broken", today=on, now=datetime.combine(on, NOW.timetz())
    )
    found, listed = report(shop, on)
    assert found == listed == home(shop, on) == {"to_60": 27600}
