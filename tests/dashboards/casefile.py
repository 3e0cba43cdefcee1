"""Case files of the numbers: rows in, rows out, one line of words a row.

``cases/<indicator>.toml`` holds tables ``[[case]]``: ``that`` says what must hold; ``devices``, ``states``, ``spans``,
``blind``, ``windows``, ``sources``, ``figures``, ``reports``, ``broadcasts``, ``samples`` and ``minutes`` are the rows
put in (columns: see ``TABLES``); ``range`` is [start, stop); ``units`` who is asked for; ``series`` and ``now`` are the
rows expected, as ``time unit label value``.
``-`` is null (a label: none). An instant is local, ``2026-03-01T07:00``, or counts from the transaction's own clock:
``now-2h``, ``minute-1m``, ``hour+1h``, ``day-1d`` (``minute``, ``hour``, ``day``: where those began, local), so a case
needs no tolerance. A figure's further words are ``column=value``.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

from psycopg import sql

from connectors.contract import LOCAL
from ingest.store import Link

FOLDER = Path(__file__).parent / "cases"
TABLES = {
    "devices": ("device", "unit kind name lifecycle registered_at"),
    "states": ("device_state", "unit kind name state"),
    "spans": ("state_span", "unit kind name state started_at ended_at"),
    "blind": ("blind_span", "source started_at ended_at"),
    "windows": ("maintenance", "unit kind name starts_at ends_at"),
    "sources": ("source", "name transport last_message_at"),
    "figures": ("observation", "unit indicator period_end value"),
    "reports": ("case_now", "unit kind id opened_at closed_at due"),
    "broadcasts": ("broadcast", "unit kind id programme starts_at ends_at"),
    "samples": ("device_report", "unit kind name at readings"),
    "minutes": ("source_minute", "unit source minute stored duplicate rejected"),
    "hours": ("contract_hours", "kind opens closes"),
    "incidents": ("incident", "unit rule subject severity state since announced_at cleared_at closed_at"),
    "steps": ("incident_event", "at actor action"),
}
"""What a case puts in: the table, and the columns that its lines name in this order."""

_KNOWN = """
insert into device (unit, kind, name, lifecycle) values (%(unit)s, %(kind)s, %(name)s, 'unconfirmed')
on conflict do nothing
"""

_NEWEST = sql.SQL("(select max(id) from incident)")
"""Steps, and what is folded, are of the incident written before."""

Row = tuple[datetime, str, str, Decimal | None]

_INSTANTS = {"registered_at", "started_at", "ended_at", "opened_at", "closed_at", "due", "minute"} | {
    "starts_at", "ends_at", "at", "last_message_at", "since", "announced_at", "cleared_at",
}  # fmt: skip
_RELATIVE = re.compile(r"(now|minute|hour|day)(?:([+-])(\d+)([dhms]))?")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Case:
    """One case of a number."""

    key: str
    fields: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.key}: {self.fields['that']}"

    @property
    def units(self) -> list[str]:
        return self.fields["units"].split()

    def lines(self, name: str) -> list[list[str]]:
        """Return the words of every line of a field."""
        return [line.split() for line in self.fields.get(name, "").splitlines() if line.strip()]


def cases() -> list[Case]:
    """Return every case of every file."""
    return [
        Case(file.stem, fields)
        for file in sorted(FOLDER.glob("*.toml"))
        for fields in tomllib.loads(file.read_text("utf-8"))["case"]
    ]


def instant(word: str, now: datetime) -> datetime:
    """Return the instant that a word names."""
    relative = _RELATIVE.fullmatch(word)
    if relative is None:
        return datetime.fromisoformat(word).replace(tzinfo=LOCAL)
    base, sign, count, measure = relative.groups()
    local = now.astimezone(LOCAL)
    begins = {
        "now": local,
        "minute": local.replace(second=0, microsecond=0),
        "hour": local.replace(minute=0, second=0, microsecond=0),
        "day": local.replace(hour=0, minute=0, second=0, microsecond=0),
    }
    shift = timedelta(seconds=int(count) * _SECONDS[measure]) if count else timedelta()
    return begins[base] - shift if sign == "-" else begins[base] + shift


def rows(case: Case, name: str, now: datetime) -> list[Row]:
    """Return expected rows."""
    return [
        (instant(time, now), unit, "" if label == ["-"] else " ".join(label), None if value == "-" else Decimal(value))
        for time, unit, *label, value in case.lines(name)
    ]


def put_in(link: Link, case: Case, now: datetime) -> None:
    """Write a case's rows."""
    for name, (table, columns) in TABLES.items():
        for words in case.lines(name):
            row = dict(_row(table, columns.split(), words, now))
            if table == "device_report":  # who speaks is known, as ingest has it
                link.execute(_KNOWN, row)
            names = sql.SQL(", ").join(map(sql.Identifier, row))
            places = sql.SQL(", ").join(
                value if isinstance(value, sql.Composable) else sql.Placeholder(name) for name, value in row.items()
            )
            link.execute(sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), names, places), row)


def _row(table: str, columns: Sequence[str], words: Sequence[str], now: datetime) -> Iterator[tuple[str, Any]]:
    yield from _unsaid(table, words, now)
    for column, word in zip(columns, words[: len(columns)], strict=True):
        value = None if word == "-" else word
        yield column, instant(word, now) if column in _INSTANTS and value else value
    for word in words[len(columns) :]:
        column, _, value = word.partition("=")
        yield column, _NEWEST if column == "folded_into" else value


def _unsaid(table: str, words: Sequence[str], now: datetime) -> Iterator[tuple[str, Any]]:
    """Give the columns that must be filled and decide nothing."""
    if table == "device_state":
        yield from {"at": now, "seen_at": now, "since": now, "reported": words[3], "source": "test"}.items()
    if table == "blind_span":
        yield "reason", "test"
    if table == "maintenance":
        yield from {"reason": "test", "created_by": "test"}.items()
    if table == "source":
        told = {"connector": "test", "feed": "loudspeaker_status", "title": "test", "stale_after": timedelta(days=1)}
        yield from told.items()
    if table == "case_now":
        received = {"at": now, "received_at": now, "source": "test", "status": "new"}
        yield from (received | {"category": "other", "severity": "normal"}).items()
    if table == "device_report":
        # Of what is said, as ingest has it: two different samples of one instant are both kept.
        yield "digest", crc32(" ".join(words).encode())
        yield from {"received_at": now, "state": "online", "source": "test"}.items()
    if table == "incident":
        told = {"subject_kind": "system", "title_vi": "Thử", "owner": "technician"}
        yield from (told | {"opened_at": instant(words[5], now)}).items()
    if table == "incident_event":
        yield from {"incident": _NEWEST, "to_state": "open"}.items()
    if table == "broadcast":
        yield from {"source": "test", "received_at": now, "priority": "normal", "state": "played"}.items()
    if table == "observation":
        period = {"period_start": f"{words[2][:4]}-01-01", "period_kind": "custom", "cumulative": True}
        told = {"revision": 1, "latest": True, "bound": "exact", "source": "test", "received_at": now}
        yield from (period | told).items()
