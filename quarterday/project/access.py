"""How people sign in: passwords, the second step, passkeys, sessions.

The pages and rules are ours (`quarterday.web.portal.sign_in`, `quarterday.core.throttle`);
allauth keeps and checks authenticator apps, recovery codes and passkeys. None of its own pages,
mails or sign-ups can be reached.
"""

from __future__ import annotations

from typing import Any

_VALIDATORS: dict[str, dict[str, Any]] = {
    "UserAttributeSimilarityValidator": {"user_attributes": ("email", "name")},
    "MinimumLengthValidator": {"min_length": 10},
    "CommonPasswordValidator": {},
    "NumericPasswordValidator": {},
}

ACCESS_SETTINGS: dict[str, Any] = {
    "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
        for name, options in _VALIDATORS.items()
    ],
    "CSRF_FAILURE_VIEW": "quarterday.web.kit.stale_form.stale_form",
    "LOGIN_URL": "/sign-in/",
    "LOGIN_REDIRECT_URL": "/",
    # Counted from the last day on which somebody was there.
    "SESSION_COOKIE_AGE": 14 * 24 * 3600,
    "ACCOUNT_ADAPTER": "quarterday.web.kit.authenticators.AccountAdapter",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_EMAIL_NOTIFICATIONS": False,
    # Allauth counts in the memory of one process; ours hold over all of them.
    "ACCOUNT_RATE_LIMITS": False,
    "MFA_RATE_LIMITS": False,
    "MFA_ADAPTER": "quarterday.web.kit.authenticators.MfaAdapter",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_WEBAUTHN_USER_VERIFICATION": "required",
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    # A step of 30 seconds before and after: the clocks of phones are not exact.
    "MFA_TOTP_TOLERANCE": 1,
}
