"""Have a report mailed by itself, and end that."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.reports.end_schedule import end_schedule
from quarterday.services.reports.schedule_report import DAYS, schedule_report
from quarterday.store.models import ReportSchedule
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.reports.views import find, title_of
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day

HOME = "/console/reports/"
_EVERY = (
    ("daily", "Every day, of the day before"),
    ("weekly", "Every Monday, of the week before"),
    ("monthly", "On the first of each month, of the month before"),
)


class MailForm(forms.Form):
    """Who gets it, and when."""

    recipients = forms.CharField(
        label="Email addresses",
        max_length=2000,
        help_text="One on each line. The mail has the main amounts, and the file comes with it.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    cadence = forms.ChoiceField(label="When", choices=_EVERY, widget=forms.RadioSelect)
    file_type = forms.ChoiceField(
        label="File", choices=(("xlsx", "Excel (XLSX)"), ("csv", "CSV")), widget=forms.RadioSelect
    )


@staff_page(StaffPermission.BOOK_MONEY)
def mail(request: HttpRequest, staff: Staff, name: str) -> HttpResponse:
    """Schedule a report with the parameters that it is looked at with, days left out."""
    report = find(name)
    known = {one.name for one in report.parameters} - set(DAYS)
    given = {key: request.GET.get(key, "") for key in request.GET if key in known}
    options = {key: value for key, value in given.items() if value}
    start = {"recipients": staff.user.email, "cadence": "monthly", "file_type": "xlsx"}
    form = MailForm(request.POST or None, initial=start)
    if form.is_bound and form.is_valid():
        try:
            made = schedule_report(
                seller=staff.seller,
                report=report.name,
                cadence=form.cleaned_data["cadence"],
                file_type=form.cleaned_data["file_type"],
                recipients=form.cleaned_data["recipients"].split(),
                options=options,
                today=read_today(staff.seller),
                now=read_now(),
                actor=staff.actor,
            )
        except BillingError as error:
            form.add_error(None, str(error))
        else:
            day = format_day(made.next_on, "weekday")
            messages.success(request, f"{report.title} is mailed from {day} on.")
            return HttpResponseRedirect(HOME)
    context = {"form": form, "report": report, "options": options}
    title = f"Mail “{report.title}” by itself"
    status = 422 if form.errors else 200
    return show(request, staff, "console/reports/mail.html", context, title=title, status=status)


@require_POST
@staff_page(StaffPermission.BOOK_MONEY)
def end(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Stop mailing a report."""
    row = ReportSchedule.objects.filter(seller=staff.seller, public_id=key).first()
    if row is None:
        raise Http404
    end_schedule(schedule=row, now=read_now(), actor=staff.actor)
    messages.success(request, f"{title_of(row)} is not mailed any more.")
    return HttpResponseRedirect(HOME)
