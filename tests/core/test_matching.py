"""What matching may never do, whatever stands on a line; and what it reads out of texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.core.matching import BankText, Debt, DebtIndex, Matched, Payer, Promise, match
from quarterday.core.matching_names import AGREES, NameFinder, compare_names, is_near
from quarterday.core.matching_sums import find_sum
from quarterday.core.matching_text import Series, TextReader, list_numbers
from quarterday.core.matching_types import Verdict
from quarterday.core.matching_words import explain_reasons

DAY = date(2026, 3, 2)
NAMES = ("Jörg Grünhafen", "Example Moosbrück GmbH", "Änne Steinquell", "Jörg Grünhafen", "Flint")


def make_debt(number: int, account: str, minor: int, **more: object) -> Debt:
    debt = Debt(f"i{number}", account, f"INV-{number:06d}", number, "INV-", 6, minor, "EUR", DAY)
    return debt._replace(**more)  # type: ignore[arg-type]


def make_index(*debts: Debt, promises: tuple[Promise, ...] = ()) -> DebtIndex:
    """Five accounts, the first and the fourth of one name; the second has paid before."""
    payers = [
        Payer(f"A{place}", name, "EUR", f"K{place}0000", (), ("DE99",) if place == 1 else ())
        for place, name in enumerate(NAMES)
    ]
    return DebtIndex(debts, payers, promises, [("INV-", 6)])


def say(minor: int, text: str = "", name: str = "", **more: str) -> BankText:
    return replace_line(BankText("L", minor, "EUR", DAY, text, name), **more)


def replace_line(line: BankText, **more: str) -> BankText:
    return line._replace(**more)  # type: ignore[arg-type]


def find(line: BankText, *debts: Debt, promises: tuple[Promise, ...] = ()) -> Matched:
    return match(line, make_index(*debts, promises=promises))


TEN, TWIN = make_debt(10, "A1", 1000), make_debt(11, "A1", 1000)
TWO = make_debt(2222, "A2", 1500)


@pytest.mark.parametrize(
    "line",
    [
        say(1000, creditor_reference=make_creditor_reference("INV-000010")),
        say(1000, "rf" + make_creditor_reference("INV-000010")[2:].lower(), "A stranger"),
        say(1000, f"see {make_creditor_reference('INV-000010')[2:]} thanks"),
        say(1000, "Rechnung INV-000010 vom 02.03.2026", "MOOSBRUECK EXAMPLE"),
        say(1000, "inv 10, EUR 10,00", "Moosbruck, Example"),
        say(1000, "no 000010", "", iban="DE99"),
        say(1000, "INV-000 010", "Example Moosbrück Gesellschaft", iban="DE 99"),
        say(1000, "", "Example Moosbrück", end_to_end_id="INV-000010"),
    ],
)
def test_two_independent_pieces_are_certain(line: BankText) -> None:
    found = find(line, TEN, TWO)
    assert (found.verdict, found.candidates[0].invoices) == (Verdict.CERTAIN, ("i10",))


@pytest.mark.parametrize(
    "line",
    [
        # An amount, a name and an IBAN do not say which invoice.
        say(1000, "", "Example Moosbrück", iban="DE99"),
        # A number and the amount do not say who: a slip leads to somebody else's.
        say(1000, "INV-000010", "A stranger"),
        # Wrong check digits, letters for digits, a second document, other amounts.
        say(1000, creditor_reference="RF99INV000010", name="Example Moosbrück"),
        say(1000, "INV-0OOO10", "Example Moosbrück"),
        say(1000, "INV-000010 INV-002222", "Example Moosbrück"),
        say(1000, "INV-000010 INV-999999", "Example Moosbrück"),
        say(999, creditor_reference=make_creditor_reference("INV-000010")),
        say(1000, "INV-000010", "Änne Steinquell"),
        say(1000, "INV-000010", "Änne Steinquell", iban="DE98"),
    ],
)
def test_one_piece_or_a_contradiction_is_only_likely(line: BankText) -> None:
    found = find(line, TEN, TWO)
    assert found.verdict is Verdict.LIKELY
    assert found.candidates[0].invoices == ("i10",)
    assert found.candidates[0].confidence <= 95


def test_namesakes_are_never_certain_by_their_name() -> None:
    debt = make_debt(7777, "A0", 1000)
    assert find(say(1000, "INV-007777", "Joerg Gruenhafen"), debt).verdict is Verdict.LIKELY


def test_numbers_inside_of_others_do_not_count() -> None:
    for text in (
        "Tel. 0221/002222", "+49 221 002222", "4711002222", "2222.00 EUR", "EUR 2222", "22.2.2222",
        "DE02 1203 0000 0000 2222 51", "Kd.-Nr. 2222", "99-002222", "2222-03-04", "A002222",
    ):  # fmt: skip
        assert find(say(1500, text), TWO).verdict is Verdict.OPEN, text


def test_joint_payments_instalments_and_promises_are_exact() -> None:
    listed = find(say(2000, "INV-000010, INV-000011", "A stranger"), TEN, TWIN, TWO)
    assert (listed.verdict, listed.candidates[0].invoices) == (Verdict.CERTAIN, ("i10", "i11"))
    unlisted = find(say(2000, "", "Example Moosbrück"), TEN, TWIN, TWO)
    assert (unlisted.verdict, set(unlisted.candidates[0].invoices)) == (
        Verdict.LIKELY,
        {"i10", "i11"},
    )
    part = make_debt(10, "A1", 700, instalments=(300, 300, 400))
    reference = make_creditor_reference("INV-000010")
    assert find(say(300, creditor_reference=reference), part).verdict is Verdict.CERTAIN
    assert find(say(301, creditor_reference=reference), part).verdict is Verdict.LIKELY
    promise = Promise("att_1", "A1", 5000, "EUR")
    credit = say(5000, creditor_reference=make_creditor_reference("K10000"))
    kept = find(credit, TEN, promises=(promise,))
    assert (kept.verdict, kept.candidates[0].promise) == (Verdict.CERTAIN, "att_1")
    assert kept.candidates[0].invoices == ()


def test_what_a_line_took_is_gone_for_the_next() -> None:
    index = make_index(TEN)
    line = say(1000, creditor_reference=make_creditor_reference("INV-000010"))
    first = match(line, index)
    assert first.verdict is Verdict.CERTAIN
    index.take(first.candidates[0].invoices, 1000)
    again = match(line, index)
    assert (again.verdict, again.candidates[0].invoices) == (Verdict.LIKELY, ())


def test_differences_are_explained() -> None:
    for minor, code in ((9800, "discount"), (9250, "charges"), (12345, "more"), (5555, "part")):
        found = find(say(minor, "INV-000010", "Example Moosbrück"), make_debt(10, "A1", 10000))
        assert code in [one.code for one in found.candidates[0].reasons]
    words = explain_reasons([{"code": "discount", "detail": "2 %"}, {"code": "unheard"}])
    assert words == ["the amount is right less 2 %", "unheard"]


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["INV-000010", "INV-000011", "2222", "RF", "RF67", "inv 10", "000010", "/", "K10000",
             make_creditor_reference("INV-000010"), make_creditor_reference("INV-002222"), "+49 ",
             "0221", "12.03.2026", "10,00 EUR", "INV-0OO010", "l0", "DE02", "Rechnung", "tel"]
        ),
        max_size=6,
    ).map(" ".join),
)  # fmt: skip


@given(
    text=TEXTS,
    name=st.one_of(st.sampled_from([*NAMES, "", "J. GRUENHAFEN", "A stranger"]), st.text()),
    iban=st.sampled_from(["", "DE99", "DE98"]),
    stated=st.sampled_from(["", "RF", make_creditor_reference("INV-000010"), "RF00INV000010"]),
    minor=st.sampled_from([1000, 2000, 1500, 2500, 3500, 999, 1, 10**9]),
)
def test_nothing_is_certain_without_a_name_for_it_and_its_exact_amount(
    text: str, name: str, iban: str, stated: str, minor: int
) -> None:
    index = make_index(TEN, TWIN, TWO)
    found = match(say(minor, text, name, iban=iban, creditor_reference=stated), index)
    for one in found.candidates:
        assert 0 <= one.confidence <= 100
        assert all(index.debts[key].account == one.account for key in one.invoices)
    if found.verdict is Verdict.CERTAIN:
        best = found.candidates[0]
        assert sum(index.open_minor[key] for key in best.invoices) == minor
        named = {"reference", "number", "bare_number", "account_reference"}
        assert named & {one.code for one in best.reasons}
        assert not {"wrong_check_digits", "other_named", "other_payer"} & {
            one.code for one in best.reasons
        }
    assert match(say(-minor, text, name), index).verdict is Verdict.OPEN


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.data())
def test_a_sum_that_is_found_is_right_and_unique_only_if_it_is(
    amounts: list[int], data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.sampled_from(range(len(amounts))), min_size=1))
    target = sum(amounts[place] for place in chosen)
    places, is_only = find_sum(amounts, target)
    assert places is not None and sum(amounts[place] for place in places) == target
    if is_only:
        assert set(places) == chosen


@given(st.sampled_from([name for name in NAMES if " " in name]), st.randoms())
def test_names_are_known_again_in_any_order_and_case(name: str, rng: object) -> None:
    words = name.split()
    rng.shuffle(words)  # type: ignore[attr-defined]
    for stated in (" ".join(words), ", ".join(words).upper(), name.replace("ö", "oe")):
        assert compare_names(stated, name) >= AGREES
    finder = NameFinder([("X", name)])
    assert finder.find(name) == {"X": 100} and finder.has_near(name)
    long = f"{name} und viele weitere Beispiele"
    assert compare_names(long[:35], long) >= AGREES


@given(st.text("ABCDEFGH", min_size=4, max_size=9), st.text("ABCDEFGH", min_size=4, max_size=9))
def test_near_is_the_same_both_ways(one: str, two: str) -> None:
    assert is_near(one, two) == is_near(two, one)
    assert is_near(one, one)


@given(st.integers(1, 10**7), st.sampled_from(["INV-", "RE2026-", "", "R/"]), st.text(max_size=20))
def test_a_reference_is_found_wherever_it_stands(number: int, prefix: str, around: str) -> None:
    label = f"{prefix}{number:06d}"
    reference = make_creditor_reference(label)
    series = [Series("".join(sign for sign in prefix if sign.isalnum()), 6)]
    reader = TextReader(series)
    for text in (reference, f"| {reference} |", f"x {reference.lower()} y"):
        reading = reader.read(text)
        assert reference in reading.references
        assert number in list_numbers(reading, reader.series)
    reader.read(around, around)


def test_a_candidate_is_known_by_what_it_says() -> None:
    found = find(say(1000, "INV-000010"), TEN).candidates[0]
    assert replace(found, confidence=1).key == found.key
