"""Allauth's adapters: secrets are encrypted, the seller is named, and no mail leaves by allauth."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from quarterday.web.kit.context import page_face


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth signs nobody up and mails nobody: our outbox is the only way out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Users come by an order or an invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: what users are told is queued by our services."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing, for the same reason."""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps secrets encrypted, and names the seller whose page it is."""

    def encrypt(self, text: str) -> str:
        """A secret as it lies in the database."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again, with this key or an older one of the installation."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return page_face(self.request).name if self.request else "Quarterday"


def _fernet() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    salted_hmac(
                        "quarterday.authenticators", "", secret=str(key), algorithm="sha256"
                    ).digest()
                )
            )
            for key in keys
        ]
    )
