"""What is refused in production, and who of the staff can be impersonated."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.checks import run_checks

from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.store.models import StaffMember


def check_safety(visit: Visit) -> Iterator[Finding]:
    """Settings that are unsafe in production, secret key, clock and staff."""
    wrong = run_checks(tags=["production"])
    for one in wrong:
        yield bad("settings", str(one.msg), str(one.hint))
    if settings.IS_PRODUCTION and not wrong:
        yield ok("settings", "nothing unsafe was found")
    elif not settings.IS_PRODUCTION:
        yield warn(
            "settings",
            "this is not production, so unsafe settings are let pass",
            "let QUARTERDAY_URL begin with https, or set QUARTERDAY_ENV=production",
        )
        # In production it is among those that are refused.
        if visit.is_moved:
            yield warn("clock", "the clock is moved: this is a rehearsal", "unset QUARTERDAY_NOW")
    yield _check_key()
    yield from _check_staff()


def _check_key() -> Finding:
    """Whether all machines would have the same key, and a restored backup too."""
    path = settings.SECRET_KEY_PATH
    if not path.exists():
        return ok("secret key", "it comes from the environment, or is made when it is needed")
    if path.stat().st_mode & 0o077:
        return bad("secret key", f"others can read {path.name}", f"chmod 600 {path}")
    return ok("secret key", f"{path.name} can be read by its owner only")


def _check_staff() -> Iterator[Finding]:
    rows = StaffMember.objects.filter(ended_at__isnull=True).select_related("user")
    members = {row.user.email: row.user_id for row in rows}
    if not any(row.role == "owner" for row in rows):
        yield warn(
            "staff",
            "nobody may do everything in the console",
            "quarterday staff add you@example.com --role owner",
        )
    kinds = ["totp", "webauthn"]
    proved = set(
        Authenticator.objects.filter(user_id__in=members.values(), type__in=kinds).values_list(
            "user_id", flat=True
        )
    )
    without = sorted(email for email, key in members.items() if key not in proved)
    if without:
        more = f" and {len(without) - 3} more" if len(without) > 3 else ""
        yield warn(
            "staff",
            f"no second factor: {', '.join(without[:3])}{more}; the console is closed to them",
            "they set one up at /security/ when they sign in",
        )
    elif members:
        yield ok("staff", f"{len(members)} of the staff, all with a second factor")
