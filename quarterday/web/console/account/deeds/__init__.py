"""All that staff can do for a customer, by name."""

from __future__ import annotations

from quarterday.web.console.account.deed import Deed
from quarterday.web.console.account.deeds import (
    account,
    charge,
    credit,
    holds,
    invoice,
    people,
    refund,
    services,
)

MONEY: tuple[Deed, ...] = (
    charge.ChargeNow(),
    charge.RecordPayment(),
    services.AddCharge(),
    credit.GrantCredit(),
    credit.DeductCredit(),
)
CUSTOMER: tuple[Deed, ...] = (
    account.EditDetails(),
    account.EditSettings(),
    account.ChooseGroup(),
    account.SwitchAutopay(),
    people.AddContact(),
    people.AddNote(),
)
WAITING: tuple[Deed, ...] = (
    holds.PauseReminding(),
    holds.Promise(),
    holds.HoldBilling(),
    holds.ReleaseBilling(),
)
ENDING: tuple[Deed, ...] = (account.CloseAccount(), account.ReopenAccount())
INVOICE: tuple[Deed, ...] = (
    invoice.SendAgain(),
    invoice.CreditLines(),
    invoice.WaiveFee(),
    invoice.StopCharging(),
    invoice.ResumeCharging(),
    invoice.VoidInvoice(),
    invoice.WriteOff(),
)
PAYMENT: tuple[Deed, ...] = (refund.RefundPayment(), refund.RefundToCredit())
SERVICE: tuple[Deed, ...] = (services.Pause(), services.Resume(), services.HoldService())
_ON_ROWS: tuple[Deed, ...] = (
    holds.ReleaseReminding(),
    services.ReleaseService(),
    services.DropCharge(),
    people.ChangeContact(),
    people.RemoveContact(),
    people.PinNote(),
    people.RemoveNote(),
    people.RemoveMethod(),
    people.Resend(),
)
ALL: tuple[Deed, ...] = (
    *MONEY, *CUSTOMER, *WAITING, *ENDING, *INVOICE, *PAYMENT, *SERVICE, *_ON_ROWS
)  # fmt: skip
_BY_CODE = {one.code: one for one in ALL}


def find_deed(code: str) -> Deed | None:
    """A deed by its name in addresses."""
    return _BY_CODE.get(code)
