"""How a seller appears to its customers: name, logo, colours, address on the web, bank."""

from __future__ import annotations

from django.db import models

from quarterday.store.fields import DataField
from quarterday.store.models.seller import Seller


class Brand(models.Model):
    """The face of a seller; a seller without one looks plain and works the same.

    ``data`` holds what documents, pages and mails say besides the address: ``support_email``,
    ``phone``, ``website``, ``terms_url``, ``terms_version``, ``footer`` (lines of the legal
    footer), ``iban``, ``bic``, ``bank``, ``payment_instructions``, ``mail_from``, ``reply_to``,
    ``link_hosts`` (where links may lead besides here), ``logo_text``.
    """

    seller = models.OneToOneField(Seller, models.CASCADE, primary_key=True, related_name="brand")
    site_name = models.CharField(max_length=200, blank=True, default="")
    domain = models.CharField(max_length=253, null=True, unique=True)
    accent = models.CharField(max_length=7, blank=True, default="")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=32, blank=True, default="")
    custom_css = models.TextField(blank=True, default="")
    data = DataField(default=dict)
