"""What `ioc doctor` finds at the Grafana of ``[grafana]``: whether it answers, and whether its data source does."""

from collections.abc import Iterator

from dashboards.grafana_api import Grafana, GrafanaFault
from dashboards.panels import SOURCE
from ingest.errors import ConfigError
from ingest.sections import Grafana as Settings

Seen = tuple[str, bool, str, str]
"""What was looked at, whether it is good, what was seen, what to do."""

_LOST = ("13.2.0", "13.2.1")
"""Installed from packages without internet, these lose the PostgreSQL data source (grafana issues 130921, 131956)."""


def assess(settings: Settings) -> Iterator[Seen]:
    """Yield what was seen of the Grafana and its data source; nothing where none is configured."""
    if not settings.url:
        return
    try:
        with Grafana(settings) as grafana:
            version = grafana.version()
            old = version.partition(".")[0].isdecimal() and int(version.partition(".")[0]) < 12
            remedy = "install Grafana 12.4 or 13.2.2 and newer: " if old or version in _LOST else ""
            remedy += "boards need it" if old else "this one loses its data source without internet" if remedy else ""
            yield "grafana", not remedy, f"{version} at {settings.url}", remedy
            yield "grafana datasource", True, grafana.datasource_health(SOURCE["uid"]), ""
    except GrafanaFault as fault:
        yield f"grafana {fault.what}" if fault.what != "Grafana" else "grafana", False, fault.seen, fault.remedy
    except ConfigError as error:
        yield "grafana", False, str(error), "correct [grafana], or leave it out"
