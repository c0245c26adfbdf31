"""All that staff can do for a customer, by name."""

from __future__ import annotations

from quarterday.web.console.account.deed import Deed
from quarterday.web.console.account.deeds import (
    account,
    charge,
    credit,
    holds,
    instalments,
    invoice,
    people,
    policy,
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
    policy.ChoosePolicy(),
    holds.HoldBilling(),
    holds.ReleaseBilling(),
)
ENDING: tuple[Deed, ...] = (account.CloseAccount(), account.ReopenAccount())
INVOICE: tuple[Deed, ...] = (
    invoice.SendAgain(),
    invoice.CreditLines(),
    invoice.WaiveFee(),
    instalments.AgreeInstalments(),
    instalments.EndInstalments(),
    invoice.StopCharging(),
    invoice.ResumeCharging(),
    invoice.VoidInvoice(),
    invoice.WriteOff(),
)
INVOICE_WAITING: tuple[Deed, ...] = (
    holds.PauseReminding(),
    holds.Promise(),
    policy.ChoosePolicy(),
)
PAYMENT: tuple[Deed, ...] = (refund.RefundPayment(), refund.RefundToCredit())
SERVICE: tuple[Deed, ...] = (services.Pause(), services.Resume(), services.HoldService())
PAUSE: tuple[Deed, ...] = (holds.ReleaseReminding(),)
SERVICE_HOLD: tuple[Deed, ...] = (services.ReleaseService(),)
CHARGE: tuple[Deed, ...] = (services.DropCharge(),)
CONTACT: tuple[Deed, ...] = (people.ChangeContact(), people.RemoveContact())
NOTE: tuple[Deed, ...] = (people.PinNote(), people.RemoveNote())
METHOD: tuple[Deed, ...] = (people.RemoveMethod(),)
DELIVERY: tuple[Deed, ...] = (people.Resend(),)
ALL: tuple[Deed, ...] = (
    *MONEY, *CUSTOMER, *WAITING, *ENDING, *INVOICE, *PAYMENT, *SERVICE, *PAUSE, *SERVICE_HOLD,
    *CHARGE, *CONTACT, *NOTE, *METHOD, *DELIVERY,
)  # fmt: skip
_BY_CODE = {one.code: one for one in ALL}


def find_deed(code: str) -> Deed | None:
    """A deed by its name in addresses."""
    return _BY_CODE.get(code)
