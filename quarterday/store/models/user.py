"""Users, who log in, and the accounts that they act for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from quarterday.store.fields import PublicIdField
from quarterday.store.models.base import Row


class UserManager(BaseUserManager["User"]):
    """Makes users by mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a hashed password, or without one (mailed links, passkeys)."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A member of staff who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who logs in. What they may see is given by their memberships."""

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField("usr")
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"


class Membership(Row):
    """A user may act for an account, in a role. ``chosen_at`` is when the user last switched to it,
    so that the next sign-in begins there.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    account = models.ForeignKey("store.Account", models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "account"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "billing", "technical", "read_only"]),
                name="membership_role",
            ),
        )
