"""Tokens of links: what went in comes out, and nothing else opens."""

from __future__ import annotations

import base64
import os
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.token import (
    BINDING_BYTES,
    LINK_BYTES,
    NONCE_BYTES,
    SECRET_BYTES,
    TOKEN_LENGTH,
    BadToken,
    TokenBody,
    bind_token,
    derive_key,
    digest_secret,
    open_token,
    seal_token,
)

KEY, OTHER = derive_key("only for tests"), derive_key("another installation")
UNTIL = datetime(2026, 3, 31, 12, tzinfo=UTC)
URL_SAFE = string.ascii_letters + string.digits + "-_"
bodies = st.builds(
    TokenBody,
    st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES),
    st.binary(min_size=LINK_BYTES, max_size=LINK_BYTES),
    st.binary(min_size=BINDING_BYTES, max_size=BINDING_BYTES),
    st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(microsecond=0)
    ),
)
nonces = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)
BODY = TokenBody(bytes(range(16)), bytes(range(16, 32)), bind_token("pay", "inv_1"), UNTIL)
TOKEN = seal_token(BODY, key=KEY, nonce=bytes(NONCE_BYTES))


@given(bodies, nonces)
def test_what_was_sealed_is_opened(body: TokenBody, nonce: bytes) -> None:
    token = seal_token(body, key=KEY, nonce=nonce)
    assert open_token(token, keys=[KEY]) == body
    assert len(token) == TOKEN_LENGTH
    assert set(token) <= set(URL_SAFE)


def test_every_flipped_bit_is_refused() -> None:
    data = base64.urlsafe_b64decode(TOKEN)
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadToken):
            open_token(base64.urlsafe_b64encode(changed).decode(), keys=[KEY])


def test_every_changed_letter_is_refused() -> None:
    for place, known in enumerate(TOKEN):
        for letter in URL_SAFE.replace(known, ""):
            with pytest.raises(BadToken):
                open_token(TOKEN[:place] + letter + TOKEN[place + 1 :], keys=[KEY])


@given(st.text(max_size=200) | st.text(URL_SAFE, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH))
def test_any_other_text_is_refused_with_the_same_words(text: str) -> None:
    with pytest.raises(BadToken, match="this link is not valid"):
        open_token(text, keys=[KEY])


@given(st.text(max_size=3), st.text(min_size=1, max_size=3))
def test_a_token_with_something_added_is_refused(before: str, after: str) -> None:
    # Spaces, line ends and padding, too: one token has one spelling.
    for text in (TOKEN + after, before + TOKEN + after, TOKEN[:-1], TOKEN + "=", TOKEN + "\n"):
        with pytest.raises(BadToken):
            open_token(text, keys=[KEY])


def test_a_token_has_no_second_spelling() -> None:
    tokens = (seal_token(BODY, key=KEY, nonce=os.urandom(NONCE_BYTES)) for _ in range(1000))
    token = next(one for one in tokens if "-" in one and "_" in one)
    for text in (token.replace("-", "+"), token.replace("_", "/")):
        with pytest.raises(BadToken):
            open_token(text, keys=[KEY])


@given(bodies, nonces)
def test_another_secret_opens_nothing(body: TokenBody, nonce: bytes) -> None:
    with pytest.raises(BadToken):
        open_token(seal_token(body, key=OTHER, nonce=nonce), keys=[KEY])


def test_old_tokens_open_as_long_as_their_key_is_among_the_keys() -> None:
    assert open_token(TOKEN, keys=[OTHER, KEY]) == BODY
    with pytest.raises(BadToken):
        open_token(TOKEN, keys=[OTHER])


def test_a_token_that_claims_another_key_is_refused() -> None:
    data = base64.urlsafe_b64decode(TOKEN)
    forged = base64.urlsafe_b64encode(OTHER.name + data[len(OTHER.name) :]).decode()
    with pytest.raises(BadToken):
        open_token(forged, keys=[KEY, OTHER])


@given(bodies)
def test_nothing_can_be_read_in_a_token(body: TokenBody) -> None:
    data = base64.urlsafe_b64decode(seal_token(body, key=KEY, nonce=bytes(NONCE_BYTES)))
    for part in body[:3]:
        assert part == bytes(16) or part not in data


@given(st.lists(st.text(max_size=8), max_size=4), st.lists(st.text(max_size=8), max_size=4))
def test_a_binding_tells_all_parts_apart(one: list[str], other: list[str]) -> None:
    assert (bind_token(*one) == bind_token(*other)) == (one == other)


def test_equal_tokens_are_never_made_twice() -> None:
    made = {seal_token(BODY, key=KEY, nonce=os.urandom(NONCE_BYTES)) for _ in range(100)}
    assert len(made) == 100


def test_the_expiry_is_kept_to_the_second() -> None:
    body = BODY._replace(expires_at=UNTIL + timedelta(microseconds=999_999))
    token = seal_token(body, key=KEY, nonce=bytes(NONCE_BYTES))
    assert open_token(token, keys=[KEY]).expires_at == UNTIL


def test_the_stored_digest_is_not_the_secret() -> None:
    assert digest_secret(BODY.secret) != digest_secret(bytes(16))
    assert BODY.secret.hex() not in digest_secret(BODY.secret)


def test_parts_of_the_wrong_size_are_refused() -> None:
    for body in (BODY._replace(secret=b"short"), BODY._replace(binding=b"")):
        with pytest.raises(BillingError, match="must have 16 bytes"):
            seal_token(body, key=KEY, nonce=bytes(NONCE_BYTES))
    with pytest.raises(BillingError, match="nonce must have 12 bytes"):
        seal_token(BODY, key=KEY, nonce=b"")
