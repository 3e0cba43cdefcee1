"""Alerts that a Grafana posts: each becomes an incident of ours, under the same laws as those of our own rules.

Format: the webhook of Grafana's contact points (Grafana documentation, *Webhook notifier*), which is Alertmanager's.
Of an alert only what is listed here is kept; of texts, no line that tells a person.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar, get_args

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, FiniteFloat

from api import PREFIX
from api.access import OPERATOR
from api.answer import Json
from api.context import TheSettings, TheStore
from api.problems import Problem
from ingest import alerts, rules
from ingest.conditions import SEVERITIES
from ingest.rule import Actor, Subject
from ingest.wording import plain

router = APIRouter(prefix=PREFIX, tags=["incidents"])

_SUBJECTS: tuple[Subject, ...] = ("device", "indicator", "feed", "system")
_ACTORS: tuple[Actor, ...] = get_args(Actor)
_KEPT = ("alertname", "rulename", "indicator", "feed", "label")
"""Labels that an incident keeps as its evidence."""
Word = TypeVar("Word", bound=str)


class Alert(BaseModel):
    """One alert of a webhook; other fields are ignored.

    Labels that are read: ``unit`` (code of a commune; none: this centre's), ``severity``, ``owner`` (an actor),
    ``subject_kind``, and those kept as evidence; annotation ``summary`` (Vietnamese) is the incident's title.
    """

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    started: AwareDatetime = Field(alias="startsAt")
    ended: AwareDatetime | None = Field(default=None, alias="endsAt")
    fingerprint: str = Field(pattern=r"^[0-9A-Fa-f]{1,64}$")
    values: dict[str, FiniteFloat | None] | None = None


class Posted(BaseModel):
    """What a contact point posts."""

    alerts: list[Alert] = Field(max_length=10_000)
    truncated: int = Field(default=0, alias="truncatedAlerts")
    """Alerts that Grafana left out, because its ``maxAlerts`` is set."""


class Followed(BaseModel):
    """What became of the alerts; ``same`` is what was known already, ``tests`` is the button *Test* of Grafana."""

    opened: int
    reopened: int
    cleared: int
    same: int
    tests: int


@router.post("/grafana/alerts", response_model=Followed)
def post(posted: Posted, store: TheStore, settings: TheSettings, _who: Annotated[object, OPERATOR]) -> Json:
    """Open an incident for each alert that fires, and clear it when it is resolved; the same again changes nothing.

    All or nothing: 422 names each alert that can't be taken. A test alert of Grafana's opens nothing.
    """
    if posted.truncated:
        detail = f"Grafana left {posted.truncated} alerts out; set maxAlerts of the contact point to 0"
        raise Problem(422, "invalid-request", detail, reasons=[{"place": "body.truncatedAlerts", "reason": detail}])
    real = [(n, alert) for n, alert in enumerate(posted.alerts) if not _test(alert)]
    known = rules.communes()
    faults = [
        {"place": f"body.alerts.{n}.labels.unit", "reason": f"{unit[:20]!r} is no commune of today; see /api/v1/units"}
        for n, alert in real
        if (unit := alert.labels.get("unit", "")) and unit not in known
    ]
    if faults:
        detail = "; ".join(f"{fault['place']}: {fault['reason']}" for fault in faults[:10])
        raise Problem(422, "invalid-request", detail, reasons=faults)
    outcomes = alerts.take(store, [_meant(alert, settings.commune.unit) for _, alert in real], datetime.now(UTC))
    counts = Counter[str](outcomes)
    names = get_args(alerts.Outcome)
    return Json({**{name: counts[name] for name in names}, "tests": len(posted.alerts) - len(real)})


def _test(alert: Alert) -> bool:
    """Tell Grafana's own trial of a contact point, which nobody resolves."""
    return alert.labels.get("alertname") == "TestAlert" and alert.labels.get("instance") == "Grafana"


def _meant(alert: Alert, commune: str) -> alerts.Alert:
    labels = alert.labels
    fires = alert.status == "firing"
    failed = labels.get("alertname") in ("DatasourceError", "DatasourceNoData")  # the rule could not be judged
    name = labels.get("rulename" if failed else "alertname", "")
    title = alert.annotations.get("summary") or name
    if failed:
        title = f"Grafana không đánh giá được cảnh báo: {name}"
    measured = (alert.values or {}).get("A")
    return alerts.Alert(
        fingerprint=alert.fingerprint.lower(),
        fires=fires,
        since=alert.started if fires else alert.ended or alert.started,
        unit=labels.get("unit") or commune,
        title=plain(title) or "Cảnh báo của Grafana",
        severity=_one_of(labels, "severity", SEVERITIES, "warning"),
        owner=_one_of(labels, "owner", _ACTORS, "technician"),
        subject="system" if failed else _one_of(labels, "subject_kind", _SUBJECTS, "system"),
        value=None if measured is None else Decimal(str(measured)),
        evidence={key: plain(labels[key]) for key in _KEPT if labels.get(key)},
    )


def _one_of(labels: Mapping[str, str], key: str, known: tuple[Word, ...], otherwise: Word) -> Word:
    found = labels.get(key)
    return next((word for word in known if word == found), otherwise)
