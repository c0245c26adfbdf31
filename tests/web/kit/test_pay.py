"""The pay page, at its public surface: a pay link that a stranger opens."""

from __future__ import annotations

import pytest
from django.test import Client

from quarterday.ports.outcomes import Pending
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import IdempotencyKey, Payment, PaymentAttempt, PaymentMethod
from tests.services.till import DAY, NOW, Shop, together
from tests.web.kit.counter import CARD, DEBIT, Counter


def test_the_page_says_how_much_for_what(shop: Shop) -> None:
    page = Counter(shop).see()
    assert "Pay 119.00 €" in page
    assert "Test mode: paying by a test card" in page
    assert page.count('<form method="post" class="way-form"') == 3


def test_a_card_pays_and_nothing_of_it_is_kept(shop: Shop) -> None:
    counter = Counter(shop)
    answer = counter.pay()
    counter.invoice.refresh_from_db()
    assert (counter.invoice.status, answer.headers["Location"]) == ("paid", counter.url)
    attempt = PaymentAttempt.objects.get()
    stored = f"{attempt.__dict__} {list(IdempotencyKey.objects.values())}"
    assert "4242424242424242" not in stored.replace(" ", "")
    assert "123" not in str(attempt.data)
    assert not PaymentMethod.objects.exists()


def test_a_declined_card_is_explained_and_may_be_tried_again(shop: Shop) -> None:
    counter = Counter(shop)
    page = counter.follow(counter.pay(fields=CARD | {"number": "4000000000009995"}))
    assert "The bank says that there is not enough money." in page
    assert "Nothing was charged" in page
    counter.pay()
    assert Payment.objects.get().amount_minor == 11900


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "4111 1111 1111 1111"}, "Only test numbers work here"),
        ({"expiry": "13/39"}, "Write month and year like 05/30"),
        ({"expiry": "01/20"}, "This date has passed"),
        ({"code": ""}, "Fill this in"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    shop: Shop, fields: dict[str, str], words: str
) -> None:
    counter = Counter(shop)
    answer = counter.pay(fields=CARD | fields)
    page = answer.content.decode()
    assert (answer.status_code, PaymentAttempt.objects.count()) == (422, 0)
    assert words in page
    assert "4111 1111" not in page


def test_a_card_that_needs_confirmation_goes_by_the_bank(shop: Shop) -> None:
    counter = Counter(shop)
    page = counter.follow(counter.pay(fields=CARD | {"number": "4000002500003155"}))
    bank = f"/pay/{PaymentAttempt.objects.get().public_id}/bank/"
    assert "Confirm 119.00 € at your bank" in page
    assert bank in page
    assert not Payment.objects.exists()
    counter.client.get(bank.replace("/bank/", "/back/"))
    assert PaymentAttempt.objects.get().data["url"] == f"http://localhost{bank}"
    assert "This bank does not exist" in counter.see(bank)
    answer = counter.client.post(bank, {"answer": "yes"}, follow=True)
    assert answer.redirect_chain[-1][0] == counter.url
    assert Payment.objects.get().amount_minor == 11900


def test_a_refused_confirmation_charges_nothing(shop: Shop) -> None:
    counter = Counter(shop)
    counter.pay(fields=CARD | {"number": "4000002500003155"})
    bank = f"/pay/{PaymentAttempt.objects.get().public_id}/bank/"
    page = counter.client.post(bank, {"answer": "no"}, follow=True).content.decode()
    assert "did not go through" in page
    assert "The bank asked for a confirmation and got none." in page
    assert not Payment.objects.exists()


def test_nobody_else_sees_or_confirms_a_payment(shop: Shop) -> None:
    counter = Counter(shop)
    counter.pay(fields=CARD | {"number": "4000002500003155"})
    address = f"/pay/{PaymentAttempt.objects.get().public_id}/"
    stranger = Client(SERVER_NAME="localhost")
    page = stranger.get(address).content.decode()
    assert "119.00" not in page
    assert stranger.post(address + "bank/", {"answer": "yes"}).status_code == 404
    stranger.post(address + "cancel/")
    assert PaymentAttempt.objects.get().status == "action"


def test_a_debit_takes_days_and_cannot_be_paid_twice(shop: Shop) -> None:
    counter = Counter(shop)
    page = counter.follow(counter.pay("sandbox-sepa_debit", DEBIT))
    assert "Your payment of 119.00 € is on its way" in page
    page = counter.see()
    assert "A payment of 119.00 € is on its way since" in page
    assert "Nothing more to pay now" in page
    assert "way-form" not in page
    sent = {"way": "sandbox-card", "key": "k", "shown": "11900"}
    assert counter.client.post(counter.url, sent).status_code == 409


def test_a_transfer_shows_where_to_send_the_money(shop: Shop) -> None:
    counter = Counter(shop)
    page = counter.follow(counter.pay("bank_transfer-transfer", {}))
    assert "DE89 3704 0044 0532 0130 00" in page
    assert 'data-copy="119.00"' in page
    assert "<svg" in page
    assert "RF" in page
    # It blocks nothing, and asking again shows the same.
    assert "how to transfer 119.00 €" in counter.see()
    counter.pay("bank_transfer-transfer", {})
    assert PaymentAttempt.objects.count() == 1
    counter.pay()
    assert Payment.objects.get().method == "sandbox"


def test_an_answer_that_was_lost_is_looked_up(shop: Shop) -> None:
    counter = Counter(shop)
    answer = counter.pay(fields=CARD | {"number": "4000000000000119"})
    assert PaymentAttempt.objects.get().status == "unknown"
    counter.client.get(answer.headers["Location"])
    assert PaymentAttempt.objects.get().status == "succeeded"
    assert Payment.objects.get().amount_minor == 11900


def test_pressed_twice_it_pays_once(shop: Shop) -> None:
    counter = Counter(shop)
    sent = counter.fill(counter.see(), "sandbox-card", CARD)
    answers = [counter.client.post(counter.url, sent) for _ in range(3)]
    assert {one.status_code for one in answers} <= {200, 302}
    assert Payment.objects.count() == PaymentAttempt.objects.count() == 1


def test_a_stale_page_pays_nothing(shop: Shop) -> None:
    counter = Counter(shop)
    sent = counter.fill(counter.see(), "sandbox-card", CARD)
    shop.pay(1900)
    answer = counter.client.post(counter.url, sent)
    page = answer.content.decode()
    assert (answer.status_code, PaymentAttempt.objects.count()) == (409, 0)
    assert "The amount has changed" in page
    assert "Pay 100.00 €" in page


def test_a_link_shows_no_kept_methods_and_keeps_none(shop: Shop) -> None:
    counter = Counter(shop)
    assert "Keep it for next time" not in counter.see()
    counter.pay(save="1")
    assert not PaymentMethod.objects.exists()


def test_another_way_may_be_chosen_instead(shop: Shop) -> None:
    counter = Counter(shop)
    counter.follow(counter.pay(fields=CARD | {"number": "4000002500003155"}))
    attempt = PaymentAttempt.objects.get()
    answer = counter.client.post(f"/pay/{attempt.public_id}/cancel/")
    attempt.refresh_from_db()
    assert (attempt.status, answer.headers["Location"]) == ("cancelled", counter.url)
    # The bank's page is of no use any more.
    bank = counter.client.post(f"/pay/{attempt.public_id}/bank/", {"answer": "yes"})
    assert (bank.status_code, Payment.objects.count()) == (302, 0)


def test_pressed_twice_at_once_it_pays_once(open_shop: Shop) -> None:
    counter = Counter(open_shop)
    sent = counter.fill(counter.see(), "sandbox-card", CARD)
    cookies = counter.client.cookies

    def press() -> int:
        client = Client(SERVER_NAME="localhost")
        client.cookies = cookies
        return client.post(counter.url, sent).status_code

    assert set(together(press, press, press, press)) <= {200, 302}
    assert Payment.objects.count() == PaymentAttempt.objects.count() == 1


def test_a_link_to_one_invoice_shows_nothing_of_others_paid_with_it(shop: Shop) -> None:
    other = shop.invoice(5000)
    counter = Counter(shop)
    attempt = start_attempt(
        account=shop.account,
        gateway="sandbox",
        choice="sepa_debit",
        amount_minor=11900 + 5950,
        invoices=[counter.invoice.public_id, other.public_id],
        now=NOW,
    )
    finish_attempt(attempt=attempt, outcome=Pending("sbx_1"), today=DAY, now=NOW)
    assert attempt.public_id in counter.see()
    page = counter.see(f"/pay/{attempt.public_id}/")
    assert other.label not in page
