"""What staff see first: what needs them now, then how the business stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.figures import Amount, Figure, month_so_far, same_days_before
from quarterday.core.period import local_date
from quarterday.store.models import ScheduledRun, Seller
from quarterday.store.queries.cycles import read_last_cycle
from quarterday.store.queries.figures.read import read_made_at, sum_days
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.home.money import Tile, list_url, read_money
from quarterday.web.console.home.notices import Waiting, read_waiting
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day

_CYCLE = {
    "waiting": ("waits for its hours", ""),
    "running": ("is under way", ""),
    "done": ("is done", "good"),
    "failed": ("failed in part", "bad"),
    "stopped": ("was stopped", "due"),
}


@require_safe
@staff_page(StaffPermission.FIND_PAYER)
def home(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What waits, and how the business stands; without the money for who may not see it."""
    seller, today = staff.seller, read_today(staff.seller)
    context: dict[str, object] = {"today": today}
    if not staff.may(StaffPermission.SEE_MONEY):
        return show(request, staff, "console/home/home.html", context, title=seller.name)
    waiting = read_waiting(staff, today)
    money = read_money(seller, today, request.GET.get("currency", ""))
    made_at = read_made_at(seller)
    context |= {
        "notices": waiting.notices,
        "money": money,
        "tiles": money.tiles,
        "work": [*_work(seller, waiting, today), *_health(staff, today)],
        "made_at": made_at and _say_when(made_at, read_now(), seller),
    }
    count = sum(one.number for one in waiting.notices)
    title = f"{count:,} things need you now" if count else "Nothing needs you now"
    title = "One thing needs you now" if count == 1 else title
    return show(request, staff, "console/home/home.html", context, title=title)


def _work(seller: Seller, waiting: Waiting, today: date) -> list[Tile]:
    """What waits for people, and mail that came back."""
    inbox = sum(waiting.inbox.values())
    lines = waiting.inbox["bank"] + waiting.inbox["gateway"]
    now, before = month_so_far(today), same_days_before(today)
    kinds = (Figure.BOUNCED, Figure.SENT)
    here, there = sum_days(seller, kinds, now), sum_days(seller, kinds, before)
    back = here.get((Figure.BOUNCED, ""), Amount()).number
    sent = here.get((Figure.SENT, ""), Amount()).number
    then = there.get((Figure.BOUNCED, ""), Amount()).number
    return [
        Tile(
            "In the inbox",
            f"{inbox:,}",
            "/console/inbox/",
            f"{lines:,} of them money that is not placed",
            "due" if inbox else "good",
        ),
        Tile(
            "Open tasks",
            f"{waiting.tasks:,}",
            "/console/tasks/?show=open",
            "yours and everybody’s",
        ),
        Tile(
            "Messages that came back",
            f"{back:,}",
            list_url("deliveries", now, "", show="came_back"),
            f"of {sent:,} sent this month; {then:,} in the same days before",
            "due" if back else "",
        ),
    ]


def _health(staff: Staff, today: date) -> list[Tile]:
    """The last cycle, the next run, and what the last check found."""
    last, url = read_last_cycle(), "/console/system/"
    url = url if staff.may(StaffPermission.SEE_SETTINGS) else ""
    run = _next_run(staff.seller, today)
    if last.cycle is None:
        note = "quarterday serve or quarterday work does the work of each day"
        return [Tile("Work of the day", "None yet", url, note, "due"), run]
    word, tone = _CYCLE[last.cycle.status]
    day = "Today" if last.cycle.day == today else format_day(last.cycle.day, "short")
    note = f"trouble in {', '.join(last.failed_steps)}" if last.failed_steps else "every step"
    note = note if last.cycle.status in ("done", "failed") else "step by step through the day"
    tiles = [Tile("Work of the day", f"{day} {word}", url, note, tone), run]
    if last.checked_on is not None and "proofs" in last.checked:
        offences = int(last.checked.get("offences", 0))
        told = f"{last.checked['proofs']} proofs on {format_day(last.checked_on, 'short')}"
        value = "Agree" if not offences else f"{offences:,} offences"
        mood = "bad" if offences else "good"
        tiles.append(Tile("The books", value, url, told, mood))
    return tiles


def _next_run(seller: Seller, today: date) -> Tile:
    """The run that is under way or was ordered, or else that of the next night."""
    label, url = "Next billing run", "/console/run/"
    rows = ScheduledRun.objects.filter(seller=seller, status__in=["waiting", "running"])
    ordered = rows.order_by("start_at", "id").first()
    if ordered is None:
        after = today + timedelta(days=1)
        return Tile(label, format_day(after, "short"), url, "soon after midnight, by itself")
    if ordered.status == "running":
        note = f"{ordered.done:,} of {ordered.total:,} accounts"
        return Tile("Billing run", "Under way", url, note)
    clock = f"{ordered.start_at.astimezone(ZoneInfo(seller.time_zone)):%H:%M}"
    day = local_date(ordered.start_at, seller.time_zone)
    return Tile(label, format_day(day, "short"), url, f"at {clock}, as it was ordered")


def _say_when(made_at: datetime, now: datetime, seller: Seller) -> str:
    """How old the figures of days are, in words."""
    minutes = int((now - made_at).total_seconds() // 60)
    if 0 <= minutes < 2:
        return "just now"
    if 0 <= minutes < 90:
        return f"{minutes} minutes ago"
    return f"on {format_day(local_date(made_at, seller.time_zone), 'short')}"
