"""What somebody who means harm tries with links, and gets nowhere with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from quarterday.ports.clock import read_now
from quarterday.services.links.revoke_link import revoke_link
from quarterday.services.links.revoke_links import revoke_links
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import (
    Brand,
    Click,
    Invitation,
    Link,
    LinkPurpose,
    Membership,
    Unsubscription,
    User,
)
from tests.services.till import NOW, Shop, together
from tests.web.links.holder import Holder

P = LinkPurpose
ACTIONS = ("invoice.pdf", "receipt.pdf", "sign-in", "open", "accept", "subscribe", "go-on")


def all_paths(holder: Holder) -> dict[LinkPurpose, str]:
    """A link of every purpose that needs no quote."""
    shop = holder.shop
    invoice = shop.invoice(10000)
    user = holder.user()
    invitation = Invitation.objects.create(
        account=shop.account,
        email="new@example.com",
        role="billing",
        created_at=NOW,
        expires_at=read_now() + timedelta(days=1),
    )
    return {
        P.PAY: holder.link(P.PAY, subject=invoice.public_id),
        P.VIEW: holder.link(P.VIEW, subject=invoice.public_id),
        P.SIGN_IN: holder.link(P.SIGN_IN, subject=user.public_id),
        P.PORTAL: holder.link(P.PORTAL, destination="/invoices/"),
        P.INVITATION: holder.link(P.INVITATION, subject=invitation.public_id),
        P.CUSTOM: holder.link(P.CUSTOM, destination="/order/", single_use=True),
        P.UNSUBSCRIBE: holder.link(P.UNSUBSCRIBE, address="news@example.com"),
    }


def assert_untouched(holder: Holder) -> None:
    assert not Link.objects.filter(used_at__isnull=False).exists()
    assert not Unsubscription.objects.exists()
    assert not Invitation.objects.filter(accepted_at__isnull=False).exists()
    assert not holder.is_signed_in
    assert Membership.objects.count() == 1


def test_looking_changes_nothing(holder: Holder) -> None:
    paths = all_paths(holder)
    for path in paths.values():
        for ask in (holder.client.get, holder.client.head, holder.client.options):
            for tail in ("", *(f"/{action}" for action in ACTIONS)):
                ask(path + tail)
    assert_untouched(holder)


def test_forged_forms_change_nothing(holder: Holder) -> None:
    paths = all_paths(holder)
    for purpose, path in paths.items():
        holder.get(path)
        for tail in ("", *(f"/{action}" for action in ACTIONS), "/renew"):
            if (purpose, tail) != (P.UNSUBSCRIBE, ""):
                answer = holder.client.post(path + tail)
                assert answer.status_code in (403, 405), (purpose, tail)
    assert_untouched(holder)


def test_a_link_does_only_what_it_is_for(holder: Holder) -> None:
    """Every action is tried with every link; those of another purpose are as if not there."""
    fits = {
        P.VIEW: "invoice.pdf",
        P.SIGN_IN: "sign-in",
        P.PORTAL: "open",
        P.INVITATION: "accept",
        P.UNSUBSCRIBE: "subscribe",
    }
    paths = all_paths(holder)
    for purpose, path in paths.items():
        holder.get(path)
        for action in ACTIONS:
            if fits.get(purpose) == action or action in ("go-on", "receipt.pdf"):
                continue
            ask = holder.get if action.endswith(".pdf") else holder.press
            answer = ask(f"{path}/{action}")
            assert answer.status_code == 404, (purpose, action)
    assert_untouched(holder)


@pytest.mark.parametrize("place", [7, 20, 60, 114])
def test_a_changed_token_is_refused(holder: Holder, place: int) -> None:
    for path in all_paths(holder).values():
        letter = "A" if path[place] != "A" else "B"
        page = holder.see(path[:place] + letter + path[place + 1 :], 404)
        assert "This link is not complete" in page
        assert "INV-" not in page


@pytest.mark.parametrize("token", ["x", "a" * 112, "é" * 112, "..", "A" * 5000])
def test_any_other_token_is_refused_alike(holder: Holder, token: str) -> None:
    assert "This link is not complete" in holder.see(f"/l/{token}", 404)


def test_a_link_names_its_own_invoice_only(holder: Holder) -> None:
    shop = holder.shop
    mine, later = shop.invoice(10000), shop.invoice(5000)
    foreign = shop.invoice(7000, account=shop.open_account("A2"))
    for purpose in (P.PAY, P.VIEW):
        page = holder.see(holder.link(purpose, subject=mine.public_id))
        assert mine.label in page
        for other in (later.label, foreign.label, "customer A2", "59.50", "83.30"):
            assert other not in page


def test_a_row_that_was_turned_to_another_invoice_opens_nothing(holder: Holder) -> None:
    mine = holder.shop.invoice(10000)
    foreign = holder.shop.invoice(7000, account=holder.shop.open_account("A2"))
    path = holder.link(P.PAY, subject=mine.public_id)
    Link.objects.update(subject=foreign.public_id)
    assert foreign.label not in holder.see(path, 404)


def test_the_pages_of_one_seller_do_not_dress_the_link_of_another(holder: Holder) -> None:
    other = open_seller(
        code="other", name="Other Ltd", country="IE", time_zone="UTC", currency="EUR", now=NOW
    )
    Brand.objects.create(seller=other, domain="localhost")
    path = holder.link(P.PAY, subject=holder.shop.invoice(10000).public_id)
    assert "100" not in holder.see(path, 404)
    for host in ("localhost", "localhost.", "LOCALHOST.:8000"):
        assert holder.client.get(path, headers={"Host": host}).status_code == 404


def test_a_link_ends_by_the_clock(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", "2026-03-02T12:00+00:00")
    path = holder.link(P.PORTAL, expires_at=NOW + timedelta(hours=1))
    assert holder.get(path).status_code == 200
    monkeypatch.setenv("QUARTERDAY_NOW", "2026-03-02T13:00:01+00:00")
    assert "This link has expired" in holder.see(path, 410)


def test_revoked_links_are_refused_everywhere(holder: Holder) -> None:
    paths = all_paths(holder)
    for path in paths.values():
        holder.get(path)
        revoke_link(link=holder.links[path], now=read_now())
    for path in paths.values():
        assert "This link was withdrawn" in holder.see(path, 410)
        for action in ACTIONS:
            ask = holder.get if action.endswith(".pdf") else holder.press
            assert ask(f"{path}/{action}").status_code in (404, 410), action
    assert_untouched(holder)


def test_all_links_of_an_account_are_refused_after_that(holder: Holder) -> None:
    path = holder.link(P.PORTAL)
    revoke_links(seller=holder.shop.seller, account=holder.shop.account, now=read_now())
    assert holder.get(path).status_code == 410


def test_a_sign_in_is_not_repeated(holder: Holder) -> None:
    path = holder.link(P.SIGN_IN, subject=holder.user().public_id)
    holder.get(path)
    assert holder.press(f"{path}/sign-in").status_code == 302
    assert holder.is_signed_in
    holder.client = holder.browser()
    assert "This link was used already" in holder.see(path, 410)
    assert holder.press(f"{path}/sign-in").status_code == 410
    assert not holder.is_signed_in


def test_of_many_who_press_at_once_one_is_signed_in(open_shop: Shop) -> None:
    holder = Holder(open_shop)
    path = holder.link(P.SIGN_IN, subject=holder.user().public_id)
    browsers = [Holder(open_shop) for _ in range(4)]
    for one in browsers:
        one.get(path)
    answers = together(
        *[lambda one=one: one.press(f"{path}/sign-in").status_code for one in browsers]
    )
    assert sorted(answers) == [302, 410, 410, 410]  # type: ignore[type-var]
    assert [one.is_signed_in for one in browsers].count(True) == 1


def test_somebody_who_was_locked_out_cannot_sign_in(holder: Holder) -> None:
    path = holder.link(P.SIGN_IN, subject=holder.user().public_id)
    holder.get(path)
    User.objects.update(is_active=False)
    assert holder.press(f"{path}/sign-in").status_code == 410
    assert not holder.is_signed_in


def test_a_second_factor_is_still_asked_for(holder: Holder) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = holder.user()
    TOTP.activate(user, generate_totp_secret())
    path = holder.link(P.SIGN_IN, subject=user.public_id)
    holder.get(path)
    assert holder.press(f"{path}/sign-in").status_code == 302
    assert not holder.is_signed_in


def test_an_accepted_invitation_is_no_way_to_sign_in(holder: Holder) -> None:
    path = all_paths(holder)[P.INVITATION]
    holder.get(path)
    assert holder.press(f"{path}/accept").status_code == 302
    assert holder.is_signed_in
    holder.client = holder.browser()
    page = holder.see(path)
    assert "You have accepted already" in page
    holder.press(f"{path}/accept")
    assert not holder.is_signed_in


def test_headers_cannot_be_injected(holder: Holder) -> None:
    path = holder.link(
        P.CUSTOM, destination="/order/", parameters={"a": "b\r\nX-Evil: 1", "#": "&"}
    )
    answer = holder.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == "/order/?%23=%26&a=b%0D%0AX-Evil%3A+1"
    assert "X-Evil" not in answer.headers


def test_a_host_that_is_trusted_no_more_is_not_led_to(holder: Holder) -> None:
    brand = Brand.objects.create(
        seller=holder.shop.seller, data={"link_hosts": ["docs.example.net"]}
    )
    path = holder.link(P.CUSTOM, destination="https://docs.example.net/x", parameters={"a": "1"})
    assert holder.get(path)["Location"] == "https://docs.example.net/x?a=1"
    brand.data = {}
    brand.save()
    answer = holder.get(path)
    assert answer.status_code == 410
    assert "docs.example.net" not in answer.content.decode()


def test_a_foreign_host_header_changes_no_link(holder: Holder) -> None:
    path = holder.link(P.PORTAL)
    for host in ("evil.example", "localhost:8000@evil.example"):
        assert holder.client.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("purpose", [P.PAY, P.VIEW, P.PORTAL, P.CUSTOM, P.UNSUBSCRIBE, P.SIGN_IN])
def test_pages_are_not_kept_found_or_told_of(holder: Holder, purpose: LinkPurpose) -> None:
    paths = all_paths(holder)
    answers = [holder.get(paths[purpose]), holder.get(paths[purpose][:-1])]
    if purpose != P.CUSTOM:
        answers.append(holder.press(paths[purpose] + "/renew"))
    for answer in answers:
        assert answer["Referrer-Policy"].startswith("no-referrer")
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_pages_name_no_other_host(holder: Holder) -> None:
    for path in all_paths(holder).values():
        page = holder.see(path)
        assert 'src="http' not in page
        assert 'href="http' not in page
        assert "<script>" not in page
        assert "style=" not in page


def test_machines_are_told_apart_from_people(holder: Holder) -> None:
    path = holder.link(P.PORTAL)
    holder.client.get(path, headers={"User-Agent": "Barracuda Sentinel (EE)"})
    holder.client.head(path)
    holder.client.get(path, headers={"Sec-Purpose": "prefetch"})
    assert not Click.objects.filter(is_bot=False).exists()
    holder.get(path)
    click: Any = Click.objects.get(is_bot=False)
    assert (click.action, click.device) == ("open", "phone")
