"""Tax by EN 16931: per rate on the sum of rounded lines, and nothing lost between net and gross."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, round_half_up
from quarterday.core.tax import (
    EXEMPTIONS,
    OUTSIDE_SCOPE,
    TAXABLE,
    DocumentTotals,
    TaxableLine,
    TaxRate,
    TaxResult,
    Treatment,
    TreatmentKind,
    UnknownTax,
    broken_rules,
    compute_taxes,
    credit_tax,
    decide_treatment,
    document_totals,
    payable_rounding,
    rates_for,
    tax_on,
    taxing_country,
)

EUR = currency("EUR")
REVERSE = decide_treatment(seller_country="DE", customer_country="FR", customer_tax_id_valid=True)
EXEMPT = decide_treatment(seller_country="DE", customer_country="DE", exempt_reason="VATEX-EU-132")


def rate(code: str, percent: str, **more: object) -> TaxRate:
    return TaxRate(code, code.upper(), Decimal(percent), "XX", **more)  # type: ignore[arg-type]


VAT20, VAT7 = rate("vat20", "20"), rate("vat7", "7")
GST = rate("gst", "5")
QST = rate("qst", "9.975", level=2)
PST = rate("pst", "10", level=2, compound=True)
MARKUPS = [(VAT20,), (VAT7,), (rate("zero", "0"),), (GST, QST), (GST, PST), (GST,)]

amounts = st.integers(-10_000_000, 10_000_000)
percents = st.decimals(0, 100, places=3)
treatments = st.sampled_from([TAXABLE, TAXABLE, REVERSE, EXEMPT])
lines = st.builds(TaxableLine, amounts, st.sampled_from([*MARKUPS, ()]), treatments)
documents = st.lists(lines, max_size=8)


def tax_of(result: TaxResult) -> list[tuple[str, int, int]]:
    return [
        (tax.rate.code if tax.rate else tax.category, tax.base_minor, tax.tax_minor)
        for tax in result.taxes
    ]


def taxes(*given: tuple[int, tuple[TaxRate, ...]], **setting: bool) -> TaxResult:
    return compute_taxes(
        [TaxableLine(amount, rates) for amount, rates in given], currency=EUR, **setting
    )


class TestPerRate:
    def test_rounds_once_on_the_sum(self) -> None:
        vat = (rate("vat", "21"),)
        assert taxes((23150, vat), (15650, vat)).tax_total == 8148
        assert taxes((23150, vat), (15650, vat), per_line=True).tax_total == 8149

    def test_rounding_per_line_is_a_setting(self) -> None:
        ten = [(13, (VAT20,))] * 10
        assert taxes(*ten).tax_total == 26
        assert taxes(*ten, per_line=True).tax_total == 30

    @pytest.mark.parametrize(
        ("base", "percent", "tax"),
        [
            (-649134, "25", -162284),
            (214105, "14", 29975),
            (214119, "2.1", 4496),
            (999, "10.5", 105),
            (10000, "33.333", 3333),
            (100, "0.1", 0),
        ],
    )
    def test_half_up_away_from_zero(self, base: int, percent: str, tax: int) -> None:
        assert (
            taxes((base, (rate("r", percent),))).tax_total == tax == tax_on(base, Decimal(percent))
        )

    def test_several_rates_on_one_base_are_each_rounded(self) -> None:
        three = (rate("a", "8.875"), rate("b", "2.125"), rate("c", "0.5"))
        assert tax_of(taxes((9999, three))) == [("a", 9999, 887), ("b", 9999, 212), ("c", 9999, 50)]

    def test_compound_is_charged_on_the_tax_below(self) -> None:
        assert tax_of(taxes((10000, (GST, PST)))) == [("gst", 10000, 500), ("pst", 10500, 1050)]
        assert tax_of(taxes((10000, (GST, QST)))) == [("gst", 10000, 500), ("qst", 10000, 998)]

    def test_a_rate_shared_by_different_lines_is_rounded_once(self) -> None:
        result = taxes((110, (GST,)), (100, (GST, QST)))
        assert tax_of(result) == [("gst", 210, 11), ("qst", 100, 10)]

    def test_refuses_a_level_out_of_order(self) -> None:
        with pytest.raises(BillingError, match="lowest level first"):
            taxes((100, (PST, GST)))

    def test_nothing_to_tax(self) -> None:
        assert taxes() == TaxResult((), (), 0, 0, 0, EUR)

    @given(documents, st.booleans(), st.booleans())
    def test_parts_sum_to_the_whole(
        self, document: list[TaxableLine], inclusive: bool, per_line: bool
    ) -> None:
        result = compute_taxes(document, currency=EUR, inclusive=inclusive, per_line=per_line)
        total = sum(line.amount_minor for line in document)
        assert len(result.net_minor) == len(document)
        assert sum(result.net_minor) == result.net_total
        assert sum(tax.tax_minor for tax in result.taxes) == result.tax_total
        assert result.net_total + result.tax_total == result.gross_total
        assert (result.gross_total if inclusive else result.net_total) == total

    @given(documents)
    def test_the_tax_of_a_rate_is_that_of_its_base(self, document: list[TaxableLine]) -> None:
        for tax in compute_taxes(document, currency=EUR).taxes:
            assert tax.tax_minor == round_half_up(Fraction(tax.percent) * tax.base_minor / 100)

    @given(documents)
    def test_every_line_is_in_the_base_of_its_rates(self, document: list[TaxableLine]) -> None:
        found = {tax.rate: tax for tax in compute_taxes(document, currency=EUR).taxes if tax.rate}
        for plain in (VAT20, VAT7, GST, QST):
            bearing = [
                line.amount_minor
                for line in document
                if line.treatment is TAXABLE and plain in line.rates
            ]
            assert (plain in found) == bool(bearing)
            assert not bearing or found[plain].base_minor == sum(bearing)

    @given(
        documents.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))),
        st.booleans(),
        st.booleans(),
    )
    def test_order_of_lines_does_not_matter(
        self, both: tuple[list[TaxableLine], list[TaxableLine]], inclusive: bool, per_line: bool
    ) -> None:
        one, other = (
            compute_taxes(each, currency=EUR, inclusive=inclusive, per_line=per_line)
            for each in both
        )
        assert one.taxes == other.taxes
        assert one[2:] == other[2:]
        assert sorted(zip(both[0], one.net_minor, strict=True), key=repr) == sorted(
            zip(both[1], other.net_minor, strict=True), key=repr
        )

    @given(documents, st.booleans(), st.booleans())
    def test_a_credit_mirrors_its_invoice(
        self, document: list[TaxableLine], inclusive: bool, per_line: bool
    ) -> None:
        negative = [line._replace(amount_minor=-line.amount_minor) for line in document]
        invoice, credit = (
            compute_taxes(each, currency=EUR, inclusive=inclusive, per_line=per_line)
            for each in (document, negative)
        )
        assert credit.net_minor == tuple(-net for net in invoice.net_minor)
        assert tax_of(credit) == [(code, -base, -tax) for code, base, tax in tax_of(invoice)]

    @given(st.lists(amounts, min_size=1, max_size=4), percents)
    def test_the_short_way_is_the_long_way(self, given: list[int], percent: Decimal) -> None:
        # Equal but distinct objects do not take the short way.
        short = (rate("r", str(percent)),)
        short_result = taxes(*((amount, short) for amount in given))
        long_result = taxes(*((amount, (rate("r", str(percent)),)) for amount in given))
        assert short_result == long_result


class TestInclusive:
    @pytest.mark.parametrize(
        ("gross", "percent", "net"),
        [(10000, "19", 8403), (999, "21", 826), (2999, "23", 2438), (499, "20", 416)],
    )
    def test_net_is_rounded_and_tax_is_the_rest(self, gross: int, percent: str, net: int) -> None:
        result = taxes((gross, (rate("r", percent),)), inclusive=True)
        assert (result.net_total, result.tax_total) == (net, gross - net)

    def test_net_is_spread_over_the_lines(self) -> None:
        result = taxes(*[(100, (VAT20,))] * 3, inclusive=True)
        assert result.net_minor == (84, 83, 83)

    def test_the_odd_cent_falls_on_the_larger_line_in_any_order(self) -> None:
        assert taxes((100, (VAT20,)), (700, (VAT20,)), inclusive=True).net_minor == (83, 584)
        assert taxes((700, (VAT20,)), (100, (VAT20,)), inclusive=True).net_minor == (584, 83)

    def test_a_credit_beside_a_charge_keeps_its_own_net(self) -> None:
        result = taxes((1000, (VAT20,)), (-999, (VAT20,)), inclusive=True)
        assert result.net_minor == (833, -832)
        assert result.tax_total == 0

    def test_compound_and_plain(self) -> None:
        assert tax_of(taxes((11550, (GST, PST)), inclusive=True)) == [
            ("gst", 10000, 500),
            ("pst", 10500, 1050),
        ]
        assert tax_of(taxes((11498, (GST, QST)), inclusive=True)) == [
            ("gst", 10000, 500),
            ("qst", 10000, 998),
        ]

    def test_untaxed_lines_keep_their_amount(self) -> None:
        result = compute_taxes([TaxableLine(1000, (VAT20,), REVERSE)], currency=EUR, inclusive=True)
        assert (result.net_total, result.tax_total) == (1000, 0)

    @given(st.lists(amounts, min_size=1, max_size=6), percents)
    def test_agrees_with_exclusive_within_one_unit(
        self, gross: list[int], percent: Decimal
    ) -> None:
        rates = (rate("r", str(percent)),)
        inside = taxes(*((amount, rates) for amount in gross), inclusive=True)
        added = taxes(*((net, rates) for net in inside.net_minor))
        assert abs(inside.tax_total - added.tax_total) <= 1

    @given(amounts, st.lists(st.decimals(0, 40, places=3), min_size=2, max_size=3), st.booleans())
    def test_agrees_with_exclusive_within_one_unit_per_rate(
        self, gross: int, percents: list[Decimal], compound: bool
    ) -> None:
        rates = tuple(
            rate(f"r{level}", str(percent), level=level, compound=compound)
            for level, percent in enumerate(percents)
        )
        inside = taxes((gross, rates), inclusive=True)
        added = taxes((inside.net_total, rates))
        for one, other in zip(inside.taxes, added.taxes, strict=True):
            assert abs(one.tax_minor - other.tax_minor) <= 1

    @given(st.lists(amounts, min_size=1, max_size=6), percents)
    def test_each_net_is_within_one_unit_of_its_share(
        self, gross: list[int], percent: Decimal
    ) -> None:
        rates = (rate("r", str(percent)),)
        nets = taxes(*((amount, rates) for amount in gross), inclusive=True).net_minor
        for amount, net in zip(gross, nets, strict=True):
            assert abs(net - amount / (1 + Fraction(percent) / 100)) <= 1


class TestCategory:
    def test_each_result_says_why(self) -> None:
        document = [TaxableLine(100, (VAT20,), one) for one in (TAXABLE, REVERSE, EXEMPT)]
        found = compute_taxes(document, currency=EUR).taxes
        assert {(tax.category, tax.reason_code, tax.reason) for tax in found} == {
            ("S", "", ""),
            ("AE", "VATEX-EU-AE", "Reverse charge"),
            ("E", "VATEX-EU-132", EXEMPTIONS["VATEX-EU-132"]),
        }
        assert sum(tax.tax_minor for tax in found) == 20

    def test_no_rates_is_not_subject_to_tax(self) -> None:
        (only,) = taxes((100, ())).taxes
        assert (only.category, only.reason_code, only.base_minor) == ("O", "VATEX-EU-O", 100)

    def test_lines_of_one_reason_are_one_result(self) -> None:
        document = [TaxableLine(100, (VAT20,), EXEMPT), TaxableLine(50, (VAT7,), EXEMPT)]
        for per_line in (False, True):
            (only,) = compute_taxes(document, currency=EUR, per_line=per_line).taxes
            assert only.base_minor == 150

    def test_a_rate_carries_its_own_reason(self) -> None:
        insurance = rate("ins", "0", category="E", reason_code="VATEX-EU-135-1")
        (only,) = taxes((100, (insurance,))).taxes
        assert (only.category, only.reason_code) == ("E", "VATEX-EU-135-1")


class TestTaxRate:
    def test_category_follows_the_percentage(self) -> None:
        assert (rate("a", "20").category, rate("a", "0").category) == ("S", "Z")

    @pytest.mark.parametrize(
        ("percent", "category"), [("-1", ""), ("20", "E"), ("0", "S"), ("20", "X"), ("NaN", "")]
    )
    def test_refuses_what_contradicts_itself(self, percent: str, category: str) -> None:
        with pytest.raises(BillingError, match="tax rate r"):
            rate("r", percent, category=category)


class TestRatesFor:
    OLD = TaxRate("vat", "VAT", Decimal(19), "DE", valid_end=date(2020, 7, 1))
    LOW = TaxRate(
        "vat", "VAT", Decimal(16), "DE", valid_from=date(2020, 7, 1), valid_end=date(2021, 1, 1)
    )
    NEW = TaxRate("vat", "VAT", Decimal(19), "DE", valid_from=date(2021, 1, 1))
    BOOKS = TaxRate("books", "VAT", Decimal(7), "DE", tax_class="reduced")
    RATES = (OLD, LOW, NEW, BOOKS)

    def find(self, on: date, **where: str) -> list[TaxRate]:
        asked = {"country": "DE", "tax_class": "standard", **where}
        return list(rates_for(self.RATES, on=on, **asked))  # type: ignore[arg-type]

    def test_the_day_decides(self) -> None:
        assert self.find(date(2020, 6, 30)) == [self.OLD]
        assert self.find(date(2020, 7, 1)) == [self.LOW]
        assert self.find(date(2021, 1, 1)) == [self.NEW]

    def test_the_class_decides(self) -> None:
        assert self.find(date(2020, 6, 30), tax_class="reduced") == [self.BOOKS]

    @pytest.mark.parametrize("where", [{"tax_class": "food"}, {"country": "FR"}])
    def test_what_is_not_stated_is_unknown(self, where: dict[str, str]) -> None:
        with pytest.raises(UnknownTax, match="no tax rate of class"):
            self.find(date(2020, 6, 30), **where)

    @pytest.mark.parametrize(
        ("region", "codes"),
        [("ON", ["hst"]), ("QC", ["gst", "qst"]), ("AB", ["gst"]), ("", ["gst"])],
    )
    def test_a_region_replaces_the_country_level_by_level(
        self, region: str, codes: list[str]
    ) -> None:
        known = [
            TaxRate("qst", "QST", Decimal("9.975"), "CA", region="QC", level=2),
            TaxRate("hst", "HST", Decimal(13), "CA", region="ON"),
            TaxRate("gst", "GST", Decimal(5), "CA"),
        ]
        found = rates_for(
            known, country="CA", region=region, tax_class="standard", on=date(2026, 1, 1)
        )
        assert [rate.code for rate in found] == codes

    def test_a_seller_without_rates_charges_no_tax(self) -> None:
        assert rates_for((), country="US", tax_class="standard", on=date(2026, 1, 1)) == ()

    def test_two_of_one_code_at_once_are_refused(self) -> None:
        twice = [self.OLD, TaxRate("vat", "VAT", Decimal(18), "DE")]
        with pytest.raises(BillingError, match="two tax rates vat"):
            rates_for(twice, country="DE", tax_class="standard", on=date(2020, 1, 1))

    @given(st.permutations([*RATES]), st.dates(date(2019, 1, 1), date(2022, 1, 1)))
    def test_order_of_rates_does_not_matter(self, rates: list[TaxRate], on: date) -> None:
        found = rates_for(rates, country="DE", tax_class="standard", on=on)
        assert list(found) == self.find(on)


class TestTreatment:
    @pytest.mark.parametrize(
        ("seller", "customer", "valid", "more", "category"),
        [
            ("DE", "DE", True, {}, "S"),
            ("DE", "FR", True, {}, "AE"),
            ("DE", "FR", False, {}, "S"),
            ("DE", "EL", True, {}, "AE"),
            ("FR", "MC", True, {}, "S"),
            ("DE", "FR", True, {"goods": True}, "K"),
            ("DE", "XI", True, {"goods": True}, "K"),
            ("DE", "XI", True, {}, "G"),
            ("DE", "US", False, {}, "G"),
            ("DE", "CH", True, {"registrations": ["CH"]}, "S"),
            ("DE", "FR", True, {"registrations": ["FR"]}, "AE"),
            ("US", "DE", True, {}, "G"),
            ("US", "US", False, {}, "S"),
            ("DE", "DE", False, {"exempt_reason": "school"}, "E"),
            ("DE", "FR", True, {"charges_tax": False}, "O"),
        ],
    )
    def test_category(
        self, seller: str, customer: str, valid: bool, more: dict[str, bool], category: str
    ) -> None:
        found = decide_treatment(
            seller_country=seller,
            customer_country=customer,
            customer_tax_id_valid=valid,
            **more,  # type: ignore[arg-type]
        )
        assert found.category == category
        assert bool(found.reason) == (category != "S")

    def test_exemption_in_words_or_by_code(self) -> None:
        assert EXEMPT.reason == EXEMPTIONS["VATEX-EU-132"]
        words = decide_treatment(seller_country="DE", customer_country="DE", exempt_reason="school")
        assert words == Treatment(TreatmentKind.EXEMPT, "E", "", "school")

    def test_only_an_eu_seller_exports_from_the_eu(self) -> None:
        codes = [
            decide_treatment(seller_country=seller, customer_country="CH").reason_code
            for seller in ("DE", "US")
        ]
        assert codes == ["VATEX-EU-G", ""]
        assert OUTSIDE_SCOPE.reason_code == "VATEX-EU-O"

    def test_the_country_that_taxes(self) -> None:
        asked = {"seller_country": "DE", "customer_country": "EL"}
        assert taxing_country(**asked) == "DE"  # type: ignore[arg-type]
        assert taxing_country(**asked, registrations=["GR"]) == "GR"  # type: ignore[arg-type]


class TestCredit:
    def test_two_notes_give_back_the_invoice(self) -> None:
        assert credit_tax(76900, 15380, 0, 0, 72686) == 14537
        assert credit_tax(76900, 15380, 72686, 14537, 4214) == 843

    def test_the_discount_of_a_credited_line(self) -> None:
        assert credit_tax(39900, 25000, 0, 0, 26260) == 16454

    @pytest.mark.parametrize("credit", [-1, 101])
    def test_refuses_more_than_is_left(self, credit: int) -> None:
        with pytest.raises(BillingError, match="left"):
            credit_tax(200, 40, 100, 20, credit)

    def test_earlier_notes_rounded_elsewhere_never_cost_extra(self) -> None:
        assert credit_tax(100, 20, 50, 20, 10) == 0
        assert credit_tax(100, 20, 50, 20, 50) == 0

    def test_nothing_was_charged(self) -> None:
        assert credit_tax(0, 0, 0, 0, 0) == 0

    @given(
        st.integers(0, 1_000_000),
        st.integers(-100_000, 100_000),
        st.lists(st.integers(0, 1_000_000), max_size=6),
        st.sampled_from([1, -1]),
    )
    def test_partial_credits_sum_to_the_invoice(
        self, base: int, tax: int, cuts: list[int], sign: int
    ) -> None:
        assume(base or not tax)
        given = 0
        edges = [0, *sorted(min(cut, base) for cut in cuts), base]
        for start, end in pairwise(edges):
            part = credit_tax(sign * base, sign * tax, sign * start, given, sign * (end - start))
            assert not base or abs(part - Fraction(sign * tax * (end - start), base)) <= 1
            assert part * sign * tax >= 0
            given += part
        assert given == sign * tax


class TestTotals:
    def test_computes_all(self) -> None:
        assert document_totals(
            [143650], tax_total=36528, allowances=[10000], charges=[10000], prepaid=100000
        ) == DocumentTotals(143650, 10000, 10000, 143650, 36528, 180178, 100000, 0, 80178)

    @pytest.mark.parametrize(
        ("totals", "more", "broken"),
        [
            (DocumentTotals(line_total=-2000), {"lines": [-11000, 9000]}, ()),
            (DocumentTotals(line_total=20001), {"lines": [11000, 9000]}, ("BR-CO-10",)),
            (DocumentTotals(allowance_total=1), {"allowances": [2]}, ("BR-CO-11",)),
            (DocumentTotals(charge_total=1), {"charges": [2]}, ("BR-CO-12",)),
            (DocumentTotals(1000, 100, 100, 1000), {}, ()),
            (DocumentTotals(line_total=1000, net_total=1001), {}, ("BR-CO-13",)),
            (DocumentTotals(tax_total=5), {"taxes": [(30, Decimal(20), 6)]}, ("BR-CO-14",)),
            (DocumentTotals(net_total=-100, tax_total=100, gross_total=1), {}, ("BR-CO-15",)),
            (DocumentTotals(gross_total=120022, rounding=-22, payable=120000), {}, ()),
            (DocumentTotals(gross_total=120, prepaid=10, payable=120), {}, ("BR-CO-16",)),
            (DocumentTotals(), {"taxes": [(214119, Decimal("2.1"), 4391)]}, ("BR-CO-17",)),
        ],
    )
    def test_verifies_what_is_stated(
        self, totals: DocumentTotals, more: dict[str, list[int]], broken: tuple[str, ...]
    ) -> None:
        assert broken_rules(totals, **more) == broken  # type: ignore[arg-type]

    @given(
        st.lists(amounts), st.lists(amounts), st.lists(amounts), amounts, amounts, amounts, percents
    )
    def test_what_is_computed_breaks_no_rule(
        self,
        nets: list[int],
        allowances: list[int],
        charges: list[int],
        base: int,
        prepaid: int,
        rounding: int,
        percent: Decimal,
    ) -> None:
        tax = tax_on(base, percent)
        parts = {"allowances": allowances, "charges": charges}
        totals = document_totals(nets, tax_total=tax, prepaid=prepaid, rounding=rounding, **parts)
        assert not broken_rules(totals, lines=nets, taxes=[(base, percent, tax)], **parts)

    @given(amounts, st.integers(1, 1000))
    def test_payable_in_steps(self, due: int, step: int) -> None:
        rounding = payable_rounding(due, step)
        assert (due + rounding) % step == 0
        assert 2 * abs(rounding) <= step

    def test_no_step(self) -> None:
        with pytest.raises(BillingError, match="at least 1"):
            payable_rounding(100, 0)
