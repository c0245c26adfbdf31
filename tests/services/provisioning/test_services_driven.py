"""Services follow contracts and holds, whatever their place answers, and customers are told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction
from quarterday.jobs.repair_services import RepairServices
from quarterday.ports.provisioner import Done, ask
from quarterday.services.errors import Conflict
from quarterday.services.provisioning.begin_call import begin_call
from quarterday.services.provisioning.claim_service import claim_service
from quarterday.services.provisioning.hold_service import hold_service
from quarterday.services.provisioning.mark_done import mark_done
from quarterday.services.provisioning.record_answer import record_answer
from quarterday.services.provisioning.release_service import release_service
from quarterday.services.provisioning.repair_services import repair_wanted
from quarterday.services.provisioning.retry_service import retry_service
from quarterday.services.provisioning.settle_service import TRIES
from quarterday.services.sellers.change_brand import change_brand
from quarterday.services.subscriptions.advance_states import advance_states
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.resume_subscription import resume_subscription
from quarterday.services.subscriptions.undo_change import undo_change
from quarterday.store.models import Dunning, ServiceCall, ServiceHold, Subscription, Task
from quarterday.store.queries.check.services import check_services
from quarterday.store.queries.paying import read_brand
from quarterday.store.queries.strayed import find_strayed
from tests.services.provisioning.world import ENV, Served, events, serve, stands, state, told
from tests.services.till import DAY, NOW, Shop


@pytest.fixture
def served(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    with serve(shop) as found:
        yield found
    assert find_strayed(10) == []


def hold(one: Subscription, cause: str = "unpaid", subject: str = "", **more: str) -> ServiceHold:
    given = {"level": "suspended", **more}
    return hold_service(subscription=one, cause=cause, subject=subject, now=NOW, **given)


def release(served: Served, cause: str = "unpaid", subject: str = "") -> int:
    return release_service(
        account=served.shop.account, cause=cause, subject=subject, now=served.now
    )


def test_the_life_of_a_service(served: Served) -> None:
    one = served.start()
    assert stands(one) == ("active", "none", "due")
    assert served.drive() == 1 and served.drive(hours=1) == 0
    assert stands(one) == ("active", "active", "settled")
    assert state(one).data == {"host": "node-1"}
    terms = {"subscription_id": one.id, "today": DAY, "now": NOW}
    pause_subscription(**terms)
    served.drive()
    assert served.there(one)[0] == "suspended" and told("suspended") == [], "it was their own wish"
    resume_subscription(**terms)
    change_plan(plan=served.pro, **terms)
    served.drive()
    assert served.there(one) == ("active", "pro")
    cancel_subscription(**terms)
    served.drive()
    assert stands(one) == ("terminated", "terminated", "settled")
    assert served.asked() == ["create", "suspend", "restore", "change_plan", "terminate"]
    assert events("entitlement.") == [
        "entitlement.granted",
        "entitlement.revoked",
        "entitlement.granted",
        "entitlement.changed",
        "entitlement.revoked",
    ]
    assert ServiceCall.objects.exclude(outcome="done").count() == 0


def test_what_is_unpaid_is_suspended_and_runs_again_when_nothing_holds_it(served: Served) -> None:
    one = served.start()
    served.drive()
    invoice = served.shop.bill()
    first = hold(one, subject=invoice.public_id, reason="30 days late")
    assert hold(one, subject=invoice.public_id) == first, "the same holds once"
    hold(one, subject="inv_other")
    served.drive()
    assert served.there(one)[0] == "suspended" and told("suspended") == ["suspended"]
    assert release(served, subject=invoice.public_id) == 1
    assert release(served, subject=invoice.public_id) == 0, "it ended once"
    assert served.drive() == 0, "another invoice is unpaid"
    hold(one, cause="abuse")
    assert release(served, subject="inv_other") == 1
    assert served.drive() == 0, "never restored when held for another reason"
    assert told("restored") == []
    release(served, cause="abuse")
    served.drive()
    assert served.there(one)[0] == "active"
    assert served.asked() == ["create", "suspend", "restore"]
    assert told("restored") == ["restored"] and told("suspended") == ["suspended"]
    with pytest.raises(BillingError, match="level"):
        hold(one, level="deleted")


def test_it_runs_again_within_seconds_of_the_payment(served: Served) -> None:
    one = served.start()
    served.drive()
    invoice = served.shop.bill()
    Dunning.objects.get_or_create(
        invoice=invoice, account=served.shop.account, defaults={"started_at": NOW}
    )
    hold(one, subject=invoice.public_id)
    served.drive()
    served.shop.pay(invoice.open_minor - 1)
    assert served.drive(seconds=5) == 0, "a cent is missing"
    served.shop.pay(1)
    assert served.drive(seconds=5) == 1
    assert served.there(one)[0] == "active" and told("restored") == ["restored"]


def test_paid_before_the_place_was_asked_nobody_is_told(served: Served) -> None:
    one = served.start()
    served.drive()
    hold(one, subject="inv_1")
    release(served, subject="inv_1")
    served.drive()
    assert served.there(one)[0] == "active" and told("suspended") == told("restored") == []


def test_the_firmest_hold_wins(served: Served) -> None:
    one = served.start()
    served.drive()
    hold(one, level="restricted", subject="inv_1")
    served.drive()
    assert served.there(one)[0] == "restricted"
    hold(one, level="suspended", subject="inv_1")
    served.drive()
    assert served.there(one)[0] == "suspended"
    assert release(served, subject="inv_1") == 2, "both levels end with the payment"
    served.drive()
    assert served.there(one)[0] == "active"


@pytest.mark.parametrize(
    "trouble", ["error_before", "error_after", "drop_before", "drop_after", "busy"]
)
def test_a_lost_call_is_repaired_by_a_later_one(served: Served, trouble: str) -> None:
    one = served.start()
    served.fake.fail(trouble, times=3)
    for _ in range(4):
        served.drive(minutes=5)
    assert stands(one) == ("active", "active", "settled") and served.asked() == ["create"]
    assert events("service.") == ["service.created"]


def test_what_fails_for_good_is_given_up_and_can_be_tried_again(served: Served) -> None:
    one = served.start()
    served.drive()
    del served.fake.services[state(one).public_id]
    hold(one)
    served.drive()
    assert stands(one)[2] == "failed" and "404" in state(one).error
    assert events("service.failed") == ["service.failed"] and told("suspended") == []
    release(served)
    served.drive()
    assert stands(one)[2] == "settled", "running is what it did all along, as far as it is known"
    hold(one)
    served.fake.fail("drop_before", times=1000)
    for _ in range(TRIES):
        served.drive(hours=2)
    assert stands(one) == ("suspended", "active", "failed"), "a day of trying is enough"
    served.fake.heal()
    served.fake.services[state(one).public_id] = (
        next(iter([*served.fake.services.values()]), None) or _made()
    )
    retry_service(service=state(one), now=served.now)
    served.drive()
    assert stands(one) == ("suspended", "suspended", "settled")
    with pytest.raises(Conflict, match="nothing to try again"):
        retry_service(service=state(one), now=served.now)


def _made() -> object:
    from tests.fakes.recorder import Service

    return Service("active", "basic", 1)


def test_another_wish_while_a_call_is_under_way(served: Served) -> None:
    """Paid while the place is being told to suspend: what it did is known, and undone."""
    one = served.start()
    served.drive()
    hold(one, subject="inv_1")
    service = claim_service(now=NOW)
    assert service is not None and claim_service(now=NOW) is None, "one worker has it"
    asked = begin_call(service, now=NOW)
    assert asked is not None and asked.wish.action is ServiceAction.SUSPEND
    release(served, subject="inv_1")
    assert claim_service(now=NOW) is None, "it is still being asked"
    assert record_answer(asked, ask(asked.provisioner, asked.wish), now=NOW)
    assert stands(one) == ("active", "suspended", "due")
    served.drive()
    assert served.there(one)[0] == "active" and stands(one)[2] == "settled"
    assert told("suspended") == [], "it was paid by then"


def test_an_answer_that_comes_after_another_worker_took_over(served: Served) -> None:
    one = served.start()
    served.drive()
    hold(one)
    slow = claim_service(now=NOW)
    assert slow is not None
    asked = begin_call(slow, now=NOW)
    assert asked is not None
    release(served)
    # The worker is taken for dead, and another one restores; only then the first call arrives.
    served.drive(minutes=10)
    assert served.there(one)[0] == "active"
    served.fake.services[state(one).public_id].condition = "suspended"
    assert not record_answer(asked, Done(), now=served.now)
    served.drive()
    assert served.there(one)[0] == "active", "asked anew, under a new generation"
    assert stands(one) == ("active", "active", "settled")


def test_a_plan_that_changes_on_a_day_to_come(served: Served) -> None:
    one = served.start()
    served.drive()
    terms = {"subscription_id": one.id, "today": DAY, "now": NOW}
    change_plan(plan=served.pro, on=DAY + timedelta(10), **terms)
    assert served.drive(days=9) == 0 and served.there(one) == ("active", "basic")
    assert served.drive(days=1) == 1 and served.there(one) == ("active", "pro")
    assert stands(one)[2] == "settled"
    change_plan(
        plan=served.basic,
        on=served.today + timedelta(10),
        **{**terms, "today": served.today, "now": served.now},
    )
    undo_change(subscription_id=one.id, today=served.today, now=served.now)
    assert served.drive(days=20) == 0 and served.there(one) == ("active", "pro")


def test_the_day_begins_contracts_and_ends_them(served: Served) -> None:
    later = DAY + timedelta(5)
    one = served.start(on=later)
    two = served.start("S2", end_on=later)
    three = served.start("S3", on=later, end_on=later + timedelta(9))
    assert served.drive() == 1, "only the second runs"
    advance_states(later, now=served.now + timedelta(5))
    served.drive(days=5)
    assert [stands(x)[1] for x in (one, two, three)] == ["active", "terminated", "active"]
    advance_states(later + timedelta(9), now=served.now + timedelta(9))
    served.drive(days=9)
    assert stands(three)[1] == "terminated"


def test_contracts_from_elsewhere_are_served_already(served: Served) -> None:
    one = served.start(billed_through=DAY + timedelta(3))
    assert stands(one) == ("active", "active", "settled") and served.drive() == 0
    hold(one)
    served.fake.services[state(one).public_id] = _made()  # type: ignore[assignment]
    served.drive()
    assert served.there(one)[0] == "suspended"


def test_nothing_is_made_to_be_suspended_or_taken_down(served: Served) -> None:
    one, two = served.start(), served.start("S2")
    hold(one)
    cancel_subscription(subscription_id=two.id, today=DAY, now=NOW)
    assert served.drive() == 0 and served.fake.requests == []
    release(served)
    assert served.drive() == 1 and served.there(one)[0] == "active"


def test_people_drive_it(served: Served) -> None:
    from quarterday.services.catalog.publish_provisioning import publish_provisioning

    publish_provisioning(product=served.shop.hosting, place="desk", now=NOW)
    one = served.start()
    served.drive()
    assert stands(one) == ("active", "none", "manual")
    task = Task.objects.get(kind="service")
    assert state(one).public_id in task.text
    mark_done(service=state(one), now=NOW, actor="usr_1")
    assert stands(one) == ("active", "active", "settled")
    task.refresh_from_db()
    assert (task.status, task.closed_by) == ("done", "usr_1")
    hold(one)
    served.drive()
    release(served)
    served.drive()
    assert stands(one) == ("active", "active", "settled"), "nobody had suspended it yet"
    assert list(Task.objects.order_by("id").values_list("status", flat=True)) == [
        "done",
        "dismissed",
    ]


def test_a_place_that_is_not_set_up_is_seen_and_heals(served: Served) -> None:
    from quarterday.services.sellers.change_brand import change_brand

    one = served.start()
    brand = change_brand(seller=served.shop.seller, now=NOW)
    change_brand(seller=served.shop.seller, data={}, now=NOW)
    served.drive()
    assert "no place 'node'" in state(one).error and stands(one)[2] == "due"
    change_brand(seller=served.shop.seller, data=brand.data, now=NOW)
    served.drive(minutes=1)
    assert stands(one)[2] == "settled"


def test_what_was_not_told_is_found(served: Served) -> None:
    one = served.start()
    served.drive()
    Subscription.objects.filter(id=one.id).update(status="cancelled")
    assert [row.public_id for row in find_strayed(10)] == [one.public_id]
    assert [offence.subject for offence in check_services()] == [one.public_id]
    assert repair_wanted(now=NOW) == 1 and repair_wanted(now=NOW) == 0
    served.drive()
    assert served.there(one)[0] == "terminated"


def test_without_a_place_it_is_so_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    with serve(shop, place="") as served:
        one = served.start()
        assert stands(one) == ("active", "active", "settled")
        invoice = served.shop.bill()
        hold(one, subject=invoice.public_id)
        assert stands(one) == ("suspended", "suspended", "settled")
        release(served, subject=invoice.public_id)
        assert told("suspended") + told("restored") == ["suspended", "restored"]
        assert served.drive(days=1) == 0 and served.fake.requests == []


def test_what_has_begun_is_asked_for_until_somebody_wants_it_told_anew(served: Served) -> None:
    served.fake.looks = 3
    one = served.start()
    assert served.drive() == 1 and stands(one) == ("active", "none", "due")
    assert served.drive(minutes=1) == 1 and served.drive(seconds=1) == 0, "later each time"
    assert served.fake.requests == ["POST /services", f"GET /jobs/{state(one).public_id}.1.create"]
    retry_service(service=state(one), now=served.now)
    assert served.drive() == 1 and served.fake.requests[-1] == "POST /services"
    for _ in range(3):
        assert served.drive(hours=1) == 1
    assert served.fake.requests.count("POST /services") == 2
    assert stands(one) == ("active", "active", "settled") and served.asked() == ["create"]
    assert state(one).data == {"host": "node-1"}
    # Something newer is wanted meanwhile: that is told, and nobody asks after the old any more.
    hold(one)
    assert served.drive() == 1
    release(served)
    assert served.drive(minutes=1) >= 1 and served.fake.requests[-1] == "POST /services"


def test_what_was_changed_at_a_place_that_can_be_asked_is_put_right(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = read_brand(served.shop.seller)["provisioners"]["node"]
    node = {**node, "status_url": f"{served.fake.url}/services/{{service}}"}
    change_brand(seller=served.shop.seller, data={"provisioners": {"node": node}}, now=NOW)
    one, two, three = (served.start(f"S{number}") for number in range(3))
    hold(two, level="restricted")
    served.drive()
    served.fake.services[state(one).public_id].condition = "suspended"
    del served.fake.services[state(three).public_id]
    served.now += timedelta(days=2)
    monkeypatch.setenv("QUARTERDAY_NOW", served.now.isoformat())
    assert RepairServices().run() == {"looked_at": 3, "strayed": 2}
    served.drive(hours=1)
    assert served.there(one)[0] == "active" and served.there(two)[0] == "restricted"
    assert stands(three) == ("active", "none", "failed")
