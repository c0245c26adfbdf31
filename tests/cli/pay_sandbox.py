"""Pays an invoice by the sandbox, in a process of its own."""

from __future__ import annotations


def pay(label: str) -> None:
    """Pay what is open of an invoice with a test card; the payment and its attempt are printed."""
    from quarterday.ports.clock import read_now
    from quarterday.ports.outcomes import Succeeded
    from quarterday.services.payments.finish_attempt import finish_attempt
    from quarterday.services.payments.start_attempt import start_attempt
    from quarterday.store.queries.references import find_invoice

    invoice, now = find_invoice(label), read_now()
    attempt = start_attempt(
        account=invoice.account,
        gateway="sandbox",
        choice="card",
        amount_minor=invoice.open_minor,
        invoices=[invoice.public_id],
        now=now,
    )
    reference = f"sbx.ok.visa.4242.203001.{attempt.public_id}"
    outcome = Succeeded(reference)
    attempt = finish_attempt(attempt=attempt, outcome=outcome, today=now.date(), now=now)
    assert attempt.payment is not None
    print(attempt.payment.public_id, attempt.public_id)


def report(account: str) -> None:
    """A payment at the gateway that nothing here began; its event is printed."""
    from quarterday.ports.clock import read_now
    from quarterday.ports.outcomes import AttemptNews, Succeeded
    from quarterday.services.gateway_events.process_events import WAITS, process_events
    from quarterday.services.gateway_events.store_events import store_events
    from quarterday.store.models import GatewayEvent
    from quarterday.store.queries.references import find_account

    seller, now = find_account(account).seller, read_now()
    news = AttemptNews("e1", Succeeded("pi_9", amount_minor=1000), reference="pi_9")
    store_events(seller=seller, gateway="sandbox", news=[news], body=f"of {account}", now=now)
    for wait in (0 * WAITS[0], *WAITS):
        now += wait
        process_events(now=now)
    print(GatewayEvent.objects.latest("id").public_id)
