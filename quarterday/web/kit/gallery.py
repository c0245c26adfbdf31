"""All pieces on one page, in debug mode, to look at and to test."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class _Sample(forms.Form):
    """One field of each sort."""

    email = forms.EmailField(label="Mail address", help_text="Where invoices go.")
    plan = forms.ChoiceField(choices=[("s", "Small"), ("l", "Large")])
    agree = forms.BooleanField(label="I agree to the terms")
    note = forms.CharField(widget=forms.Textarea, required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    form = _Sample({"email": "nobody"})
    return render(
        request,
        "kit/gallery.html",
        {"form": form, "on": date(2026, 12, 3), "minor": 123456, "bars": [4, 7, 3, 9]},
    )
