"""What the roles of staff are called, and what each is for."""

from __future__ import annotations

from quarterday.core.access import StaffRole

ROLE_TEXTS = {
    StaffRole.OWNER: "May see and do everything, and decides who else may.",
    StaffRole.FINANCE: "Sees everything, books money, gives money back, gives credit.",
    StaffRole.SUPPORT: "Sees customers and money, changes customers and their services.",
    StaffRole.CASHIER: "Finds who pays and takes money, and sees no more.",
    StaffRole.AUDITOR: "Sees everything and changes nothing.",
}
ROLE_CHOICES = [
    (role.value, f"{role.value.capitalize()}: {text}") for role, text in ROLE_TEXTS.items()
]
