"""Figures in Prometheus' text format, read anew each time: how much waits, how the last day went.

Every figure comes from a partial index or from a table with few rows, so that asking is cheap
beside a million invoices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from quarterday import __version__
from quarterday.services.alerts.raise_alert import KINDS
from quarterday.store.models import CycleStep, WorkStatus
from quarterday.store.queries.signs import Signs, read_signs
from quarterday.store.queries.waiting_work import STATES, count_open_alerts, count_queues

CONTENT_TYPE = CONTENT_TYPE_LATEST


def write_metrics(now: datetime) -> bytes:
    """All figures."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(now))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        signs = read_signs(self.now)
        yield _one("quarterday_up", "Whether the database answers.", float(signs.is_database_up))
        yield _labelled("quarterday_info", "The program.", "version", {__version__: 1.0})
        if not signs.is_database_up:
            return
        # Never, where there was none: who looks for an old sign must find that, too.
        seen = 0.0 if signs.beat_age is None else (self.now - signs.beat_age).timestamp()
        text = "When a worker last gave a sign of life."
        yield _one("quarterday_worker_seen_timestamp_seconds", text, seen)
        waiting = GaugeMetricFamily(
            "quarterday_waiting",
            "What waits to be done, by queue and state.",
            None,
            ["queue", "state"],
        )
        counts = count_queues()
        for queue, state in STATES:
            waiting.add_metric([queue, state], counts.get((queue, state), 0))
        yield waiting
        alerts = dict.fromkeys(KINDS, 0) | count_open_alerts()
        yield _labelled("quarterday_alerts", "Alerts that stand, by kind.", "kind", alerts)
        yield from _tell_cycle(signs)


def _tell_cycle(signs: Signs) -> Iterator[Metric]:
    """How the last day of work went, and how long its steps took."""
    cycle = signs.cycle
    if cycle is None:
        return
    states = {str(one): float(cycle.status == one) for one in WorkStatus}
    yield _labelled("quarterday_cycle_status", "How the last cycle stands.", "status", states)
    for name, at in (("started", cycle.started_at), ("finished", cycle.finished_at)):
        if at is not None:
            text = f"When the last cycle was {name}."
            yield _one(f"quarterday_cycle_{name}_timestamp_seconds", text, at.timestamp())
    took, offences = {}, None
    for step in CycleStep.objects.filter(cycle=cycle).order_by("position"):
        parts = step.summary.get("parts", {}).values()
        if parts:
            took[step.name] = sum(one.get("seconds", 0.0) for one in parts)
        if step.name == "check":
            offences = step.summary.get("parts", {}).get("check", {}).get("offences")
    text = "How long each step of the last cycle was worked at."
    yield _labelled("quarterday_cycle_step_seconds", text, "step", took)
    if offences is not None:
        yield _one("quarterday_offences", "Offences that the last check found.", float(offences))


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    found = GaugeMetricFamily(name, text, None, [label])
    for key, value in values.items():
        found.add_metric([key], value)
    return found
