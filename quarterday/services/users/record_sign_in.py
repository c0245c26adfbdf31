"""Remember in which browsers a user is signed in, and end that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction

from quarterday.services.users.record_user_event import record_user_event
from quarterday.store.models import Link, LinkPurpose, SignIn, User

SEEN_EVERY = timedelta(hours=1)
LINKS_ENDED = "user.links_ended"


def record_sign_in(
    *, user: User, session_key: str, method: str, device: str, now: datetime
) -> SignIn:
    """Remember that a user signed in; what is left of sessions that are gone goes."""
    with transaction.atomic():
        live = Session.objects.values("session_key")
        SignIn.objects.filter(user=user).exclude(session_key__in=live).delete()
        row, _ = SignIn.objects.update_or_create(
            session_key=session_key,
            defaults={
                "user": user,
                "method": method,
                "device": device[:80],
                "created_at": now,
                "seen_at": now,
            },
        )
        record_user_event(
            user=user,
            kind="user.signed_in",
            now=now,
            actor=user.public_id,
            data={"method": method, "device": device[:80]},
        )
    return row


def move_sign_in(*, old_key: str, new_key: str) -> None:
    """Follow a session whose key was changed."""
    SignIn.objects.filter(session_key=old_key).update(session_key=new_key)


def see_sign_in(*, session_key: str, now: datetime) -> None:
    """Remember that a browser was there, at most once an hour."""
    rows = SignIn.objects.filter(session_key=session_key, seen_at__lt=now - SEEN_EVERY)
    rows.update(seen_at=now)


def end_sign_ins(
    *,
    user: User,
    now: datetime,
    actor: str,
    only: str | None = None,
    only_key: str | None = None,
    keep: Collection[str] = (),
) -> int:
    """Sign a user out of the browsers that are remembered, all but those of the sessions to keep.

    ``only`` is the public id of one of them, ``only_key`` the key of its session. How many there
    were; ending them again is none. Ending all of them ends the links that were mailed, too.
    """
    with transaction.atomic():
        rows = SignIn.objects.filter(user=user).exclude(session_key__in=keep)
        if only is not None:
            rows = rows.filter(public_id=only)
        if only_key is not None:
            rows = rows.filter(session_key=only_key)
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        rows.filter(session_key__in=keys).delete()
        if only is None and only_key is None:
            revoke_sign_in_links(user=user, now=now)
        if keys:
            record_user_event(
                user=user,
                kind="user.signed_out",
                now=now,
                actor=actor,
                data={"browsers": len(keys)},
            )
    return len(keys)


def revoke_sign_in_links(*, user: User, now: datetime) -> None:
    """End the mailed links that would still sign a user in, or change their address."""
    rows = Link.objects.filter(subject=user.public_id, purpose=LinkPurpose.SIGN_IN)
    rows.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    # What `confirm_address` looks for: its links are kept nowhere.
    record_user_event(user=user, kind=LINKS_ENDED, now=now, actor=user.public_id)


def tidy_sign_ins() -> int:
    """Delete sessions that have expired, and what was remembered of them; how many sign-ins went.

    Sessions expire by the time that browsers have, which Django asks for: a rehearsal that moves
    our clock leaves them alone.
    """
    SessionStore.clear_expired()
    live = Session.objects.values("session_key")
    return SignIn.objects.exclude(session_key__in=live).delete()[0]
