from __future__ import annotations

import pytest
from django.test import Client

from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Brand
from quarterday.web.kit.brand import write_css

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/sign-in/", "/brand/-.css", "/nowhere/"])
def test_every_answer_refuses_inline_code_and_frames(client: Client, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_are_kept_by_nobody(client: Client) -> None:
    assert client.get("/sign-in/").headers["Cache-Control"] == "private, no-store"


def test_the_accent_is_readable_in_both_themes() -> None:
    css = write_css("#ffd23f")
    assert "--accent-text: #111111" in css
    assert css.count("--accent-ink: ") == 2
    assert css.count("--accent-ink: #ffd23f") == 1  # bright on dark is fine, on white it is not


def test_a_brand_without_colours_has_a_style_sheet(client: Client) -> None:
    answer = client.get("/brand/-.css")
    assert answer.status_code == 200
    assert b"--accent: #" in answer.content


def test_a_logo_is_an_image_and_nothing_else(client: Client, make_seller_row: Brand) -> None:
    answer = client.get("/brand/shop/logo")
    assert answer.headers["Content-Type"] == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get("/brand/none/logo").status_code == 404


@pytest.fixture
def make_seller_row() -> Brand:
    from datetime import UTC, datetime

    seller = open_seller(
        code="shop",
        name="Example Shop",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Brand.objects.create(seller=seller, logo=b"\x89PNG", logo_type="image/png")
