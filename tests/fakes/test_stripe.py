"""The fake looks like Stripe, and keeps the promises of its API that ours rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.fakes import stripe_objects as make
from tests.fakes.process import start
from tests.fakes.stripe import FakeStripe

FIXTURES = Path(__file__).resolve().parents[3] / "shared/samples/gateways/stripe-fixtures3.json"
# Stripe's fixtures leave out what an object only has in some states.
ONLY_SOMETIMES = {("refund", "failure_reason"), ("payment_method", "sepa_debit")}


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with FakeStripe() as one:
        yield one


def connect(url: str, retries: int = 0) -> Any:
    client = stripe.RequestsClient(timeout=5)
    return stripe.StripeClient(
        FakeStripe.key, base_addresses={"api": url}, http_client=client, max_network_retries=retries
    ).v1


def charge(api: Any, fake: FakeStripe, number: str = "4242424242424242", **more: Any) -> Any:
    kept = fake.make_method(number)
    fields = {
        "amount": 1000,
        "currency": "eur",
        "customer": kept["customer"],
        "payment_method": kept["method"],
        "payment_method_types": [make.NUMBERS[number].kind],
        "confirm": True,
        "off_session": True,
        "metadata": {"attempt": "att_1"},
    }
    return api.payment_intents.create({**fields, **more}, {"idempotency_key": "att_1"})


def live_a_little(fake: FakeStripe) -> None:
    """Bring about every kind of object in many states."""
    api = connect(fake.url)
    paid = charge(api, fake)
    made = api.refunds.create({"payment_intent": paid.id, "amount": 300})
    fake.finish_refund(made.id, is_ok=False)
    with pytest.raises(stripe.CardError):
        api.payment_intents.create(
            {
                "amount": 1000,
                "currency": "eur",
                "confirm": True,
                "off_session": True,
                **dict(zip(("customer", "payment_method"), refused(fake), strict=True)),
            }
        )
    page = {"success_url": "https://example.com/", "customer_creation": "always"}
    setup = api.checkout.sessions.create({"mode": "setup", **page})
    fake.complete_checkout(setup.id)
    price = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Hosting"}}
    lines = {"mode": "payment", "line_items": [{"quantity": 2, "price_data": price}], **page}
    session = api.checkout.sessions.create(lines)
    fake.complete_checkout(session.id)
    fake.expire_checkout(api.checkout.sessions.create(lines).id)
    fake.close_dispute(fake.open_dispute(fake.get(session.id)["payment_intent"]), is_won=True)
    fake.land_payout(fake.pay_out())


def refused(fake: FakeStripe) -> tuple[str, str]:
    kept = fake.make_method("4000000000000002")
    return kept["customer"], kept["method"]


def test_its_objects_have_the_fields_and_types_of_stripes_fixtures(fake: FakeStripe) -> None:
    if not FIXTURES.exists():
        pytest.skip("Stripe's fixtures are not on this machine")
    known = json.loads(FIXTURES.read_text())["resources"]
    live_a_little(fake)
    seen = set()
    for one in fake.objects.values():
        kind = one["object"]
        seen.add(kind)
        for name, value in one.items():
            if name.startswith("_") or (kind, name) in ONLY_SOMETIMES:
                continue
            assert name in known[kind], f"{kind} has no {name}"
            theirs = known[kind][name]
            if value is not None and theirs is not None:
                assert type(value) is type(theirs), f"{kind}.{name}"
    expected = "payment_intent setup_intent checkout.session charge refund dispute payout event"
    assert {*expected.split(), "customer", "payment_method", "balance_transaction"} <= seen


def test_the_same_key_gets_the_same_answer_and_another_question_an_error(
    fake: FakeStripe,
) -> None:
    api = connect(fake.url)
    first = charge(api, fake)
    fields = {
        name: first.to_dict()[name]
        for name in ("amount", "currency", "customer", "payment_method", "payment_method_types")
    }
    fields |= {"confirm": True, "off_session": True, "metadata": {"attempt": "att_1"}}
    key = {"idempotency_key": "att_1"}
    again = api.payment_intents.create(fields, key)
    assert again.to_dict() == first.to_dict()
    with pytest.raises(stripe.IdempotencyError):
        api.payment_intents.create(fields | {"amount": 2000}, key)
    assert fake.total("att_1") == 1000


def test_a_declined_answer_is_kept_with_its_key(fake: FakeStripe) -> None:
    api = connect(fake.url)
    kept = dict(zip(("customer", "payment_method"), refused(fake), strict=True))
    fields = {"amount": 1000, "currency": "eur", "confirm": True, "off_session": True, **kept}
    said = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            api.payment_intents.create(fields, {"idempotency_key": "att_1"})
        said.append(caught.value.error.payment_intent.id)
    assert said[0] == said[1]
    assert len([one for one in fake.objects if one.startswith("pi_")]) == 1


def test_a_key_that_is_at_work_refuses_a_second_request(fake: FakeStripe) -> None:
    kept = fake.make_method()
    fields = {
        "amount": 1000,
        "currency": "eur",
        "customer": kept["customer"],
        "payment_method": kept["method"],
        "confirm": True,
        "off_session": True,
    }
    fake.fail("slow", seconds=0.3)

    def ask(_: int) -> str:
        try:
            made = connect(fake.url).payment_intents.create(fields, {"idempotency_key": "k"})
            return str(made.id)
        except stripe.APIError as error:
            return str(error.http_status)

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(ask, range(2)))
    assert said[0] == "409"
    assert said[1].startswith("pi_")
    assert fake.total() == 1000


def test_what_stripe_does_not_know_is_refused(fake: FakeStripe) -> None:
    api = connect(fake.url)
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        charge(api, fake, invented="yes")
    with pytest.raises(stripe.InvalidRequestError):
        charge(api, fake, amount=10)
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_wrong", base_addresses={"api": fake.url}).v1.refunds.list()


def test_off_session_three_d_secure_is_an_error_and_no_redirect(fake: FakeStripe) -> None:
    with pytest.raises(stripe.CardError) as caught:
        charge(connect(fake.url), fake, "4000002760003184")
    assert caught.value.code == "authentication_required"
    assert caught.value.error.payment_intent.status == "requires_payment_method"
    assert fake.total() == 0


def test_it_lives_on_while_what_it_serves_is_killed() -> None:
    with start("stripe") as remote:
        kept = remote.act("make_method")
        api = connect(remote.url)
        fields = {"amount": 1000, "currency": "eur", "customer": kept["customer"]}
        fields |= {"payment_method": kept["method"], "confirm": True, "off_session": True}
        remote.act("fail", trouble="drop_after", pattern="POST /v1/payment_intents")
        with pytest.raises(stripe.APIConnectionError):
            api.payment_intents.create(fields, {"idempotency_key": "att_1"})
        assert remote.total() == 1000
        assert api.payment_intents.create(fields, {"idempotency_key": "att_1"}).amount == 1000
        assert remote.total() == 1000
