"""Which address leads where: staff; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.staff import acting, approvals, audit, members

urlpatterns: list[URLPattern | URLResolver] = [
    path("", members.members, name="staff"),
    path("add/", members.add, name="staff_add"),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit_csv"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:key>/", approvals.approval, name="approval"),
    path("approvals/<str:key>/decide/", approvals.decide, name="approval_decide"),
    path("acting/end/", acting.end, name="acting_end"),
    path("acting/<str:key>/", acting.act, name="acting"),
    path("<str:key>/", members.member, name="staff_member"),
]
