"""The pages of the console that are looked at: add yours here; each is one test.

Names in braces are filled with what the world of `tests.browser.test_console` has: ``account``,
``invoice``, ``payment``, ``subscription`` (public ids).
"""

from __future__ import annotations

PAGES: tuple[str, ...] = (
    # The frame, lists, staff and search.
    "/console/",
    "/console/lists/accounts/",
    "/console/lists/invoices/?show=all",
    "/console/lists/invoices/{invoice}/",
    "/console/lists/invoices/?show=void",
    "/console/lists/messages/",
    "/console/staff/",
    "/console/staff/add/",
    "/console/staff/approvals/",
    "/console/staff/audit/?system=on",
    "/console/staff/acting/{account}/",
    "/console/search/?q=bakery",
    # One customer.
    "/console/accounts/{account}/",
    "/console/accounts/{account}/?show=documents",
    "/console/accounts/{account}/next/",
    "/console/accounts/{account}/invoices/?state=open",
    "/console/accounts/{account}/invoices/{invoice}/",
    "/console/accounts/{account}/invoices/{invoice}/link/",
    "/console/accounts/{account}/payments/",
    "/console/accounts/{account}/payments/{payment}/",
    "/console/accounts/{account}/credit/",
    "/console/accounts/{account}/export/",
    "/console/accounts/{account}/subscriptions/{subscription}/",
    "/console/accounts/{account}/subscriptions/{subscription}/change/?what=plan",
    "/console/accounts/{account}/subscriptions/{subscription}/change/?verb=cancel",
    "/console/accounts/{account}/do/grant-credit/",
    "/console/accounts/{account}/do/record-payment/",
    "/console/accounts/{account}/do/edit-details/",
    "/console/accounts/{account}/do/add-contact/",
    "/console/accounts/{account}/do/add-note/",
    "/console/accounts/{account}/do/pause-reminding/",
    "/console/accounts/{account}/do/credit-note/?of={invoice}",
    "/console/accounts/{account}/do/send-again/?of={invoice}",
    "/console/accounts/{account}/do/hold-service/?of={subscription}",
    "/console/accounts/{account}/do/autopay/",
    "/console/accounts/new/",
    # Today and the system.
    "/console/inbox/",
    "/console/inbox/?kind=disputes",
    "/console/tasks/?show=closed",
    "/console/system/",
    "/console/system/doctor/",
    "/console/system/services/",
    # The billing run and the catalogue.
    "/console/run/",
    "/console/run/accounts/{account}/",
    "/console/run/now/",
    "/console/run/charges/",
    "/console/run/holds/new/",
    "/console/run/orders/",
    "/console/catalogue/",
    "/console/catalogue/products/new/",
    "/console/catalogue/taxes/",
    "/console/catalogue/taxes/new/",
    "/console/catalogue/discounts/",
    "/console/catalogue/discounts/new/",
)
