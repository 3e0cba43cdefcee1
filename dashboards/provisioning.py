"""What Grafana reads when it starts: data source, folder, home board, alert rules, who is told, and a life offline.

Forms: the files of Grafana's provisioning, ``apiVersion: 1``, and ``grafana.ini``, as 12.4 and 13.2 read them. Values
in ``$NAME`` and ``$__file{PATH}`` are replaced by Grafana; :data:`ENVIRONMENT` and :data:`SECRETS` list them all. A
secret must hold no ``$``, which Grafana would replace too.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from dashboards import alerting
from dashboards.boards import FOLDER as BOARDS
from dashboards.boards import HOME
from dashboards.panels import SOURCE
from ingest.reading import ROLE

ROOT = "grafana"
"""Where the files lie, below :mod:`dashboards`."""
MOUNTED = "/etc/grafana"
"""Where Grafana finds them: ``provisioning/``, ``dashboards/`` and ``grafana.ini`` below it."""
FOLDER = "Trung tâm điều hành"
FOLDER_UID = "commune-ioc"
RULES_FOLDER = "Quy tắc cảnh báo"
"""Apart from the boards': files name the rules' folder by its title only, and Grafana makes it beside theirs or before,
under a uid of its own. One title for both shows two folders of that name (grafana issue 125079)."""
RECEIVER = "commune-ioc"

ENVIRONMENT: Mapping[str, str] = {
    "IOC_GRAFANA_DATABASE": "Host and port of PostgreSQL, as database:5432.",
    "IOC_GRAFANA_DATABASE_NAME": "Its database, as ioc.",
    "IOC_GRAFANA_SSLMODE": "disable, require, verify-ca or verify-full.",
    "IOC_GRAFANA_API": "Our API as Grafana reaches it, without a path, as http://api:8080.",
}
"""What the process of Grafana must have in its environment, each with its meaning."""
SECRETS: Mapping[str, str] = {
    "/run/secrets/grafana_reader_password": "Of the role that may only read: what `ioc migrate` was given.",
    "/run/secrets/grafana_alerts_token": "What the contact point shows our API: what `ioc migrate` was given.",
}
"""Files that it must be able to read."""
_PASSWORD, _TOKEN = (f"$__file{{{path}}}" for path in SECRETS)

_HEAD = "# Written by `ioc dashboards build`: edit the definitions, not this file.\n"
_OFFLINE: Mapping[str, Mapping[str, str]] = {
    "analytics": {
        "reporting_enabled": "false",
        "check_for_updates": "false",
        "check_for_plugin_updates": "false",
        "feedback_links_enabled": "false",
    },
    "security": {"disable_gravatar": "true", "allow_embedding": "false"},
    "news": {"news_feed_enabled": "false"},
    "help": {"enabled": "false"},
    "snapshots": {"external_enabled": "false"},
    "plugins": {
        # The PostgreSQL data source is a bundled plugin since 13.2: an update from the internet removes it first, so
        # that one without internet, or on a read-only disk, is left without it (13.2.0 and 13.2.1 lost it anyway).
        "preinstall_disabled": "true",
        "preinstall_auto_update": "false",
        "plugin_admin_enabled": "false",
        "public_key_retrieval_disabled": "true",
    },
    "geomap": {"enable_custom_baselayers": "false"},
    "users": {"allow_sign_up": "false", "allow_org_create": "false", "default_language": "en-US"},
    "auth.anonymous": {"enabled": "false"},
    "public_dashboards": {"enabled": "false"},
    "date_formats": {
        "default_timezone": "Asia/Ho_Chi_Minh",
        "default_week_start": "monday",
        "full_date": "DD/MM/YYYY HH:mm:ss",
        "interval_second": "HH:mm:ss",
        "interval_minute": "HH:mm",
        "interval_hour": "DD/MM HH:mm",
        "interval_day": "DD/MM",
        "interval_month": "MM/YYYY",
        "interval_year": "YYYY",
    },
    "dashboards": {
        "default_home_dashboard_path": f"{MOUNTED}/dashboards/{HOME}.json",
        "min_refresh_interval": "10s",
    },
    "dataproxy": {"row_limit": "200000"},
    "paths": {"provisioning": f"{MOUNTED}/provisioning"},
}
"""Sections of ``grafana.ini``: nothing is asked of the internet or told to it. Grafana has no Vietnamese of its own:
boards bring their words, and its frame stays English."""


def files() -> dict[str, str]:
    """Return every file's text by its path below :mod:`dashboards`."""
    tables: dict[str, Mapping[str, Any]] = {
        "datasources": {"prune": True, "datasources": [datasource()]},
        "dashboards": {"providers": [_provider()]},
        "alerting": {
            "contactPoints": [_contact_point()],
            "policies": [_policy()],
            "groups": [{"orgId": 1, "folder": RULES_FOLDER, **group} for group in alerting.groups()],
        },
        # Grafana complains of a folder that is not there; there is no app to set up.
        "plugins": {"apps": []},
    }
    made = {
        f"{ROOT}/provisioning/{kind}/commune-ioc.yaml": _HEAD + _yaml({"apiVersion": 1, **table})
        for kind, table in tables.items()
    }
    return {**made, f"{ROOT}/grafana.ini": _ini()}


def datasource() -> dict[str, Any]:
    """Return the one data source: a role that may only read, few connections, no TimescaleDB macros."""
    return {
        "name": "IOC PostgreSQL",
        "uid": SOURCE["uid"],
        "type": SOURCE["type"],
        "access": "proxy",
        "url": "$IOC_GRAFANA_DATABASE",
        "user": ROLE,
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "database": "$IOC_GRAFANA_DATABASE_NAME",
            "sslmode": "$IOC_GRAFANA_SSLMODE",
            # The same SQL on plain PostgreSQL and both editions of TimescaleDB.
            "timescaledb": False,
            "postgresVersion": 1500,
            "maxOpenConns": 10,
            "maxIdleConns": 4,
            "maxIdleConnsAuto": False,
            "connMaxLifetime": 14400,
            "timeInterval": "1m",
        },
        "secureJsonData": {"password": _PASSWORD},
    }


def _provider() -> dict[str, Any]:
    return {
        "name": "commune-ioc",
        "orgId": 1,
        "type": "file",
        "folder": FOLDER,
        "folderUid": FOLDER_UID,
        "disableDeletion": True,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 30,
        "options": {"path": f"{MOUNTED}/{BOARDS.rpartition('/')[2]}", "foldersFromFilesStructure": False},
    }


def _contact_point() -> dict[str, Any]:
    settings = {
        "url": "$IOC_GRAFANA_API/api/v1/grafana/alerts",
        "httpMethod": "POST",
        "authorization_scheme": "Bearer",
        "authorization_credentials": _TOKEN,
        # All of a group in one post: what is left out would never become an incident.
        "maxAlerts": 0,
    }
    receiver = {"uid": "commune-ioc", "type": "webhook", "settings": settings, "disableResolveMessage": False}
    return {"orgId": 1, "name": RECEIVER, "receivers": [receiver]}


def _policy() -> dict[str, Any]:
    return {
        "orgId": 1,
        "receiver": RECEIVER,
        "group_by": ["grafana_folder", "alertname"],
        "group_wait": "10s",
        "group_interval": "1m",
        # Told again so often: what a person resolved and still fires returns, and a lost post is made good.
        "repeat_interval": "1h",
    }


def _ini() -> str:
    sections = [
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) for name, keys in _OFFLINE.items()
    ]
    return _HEAD + "\n" + "\n".join(sections)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that SQL can be read, and everything where it belongs."""

    def ignore_aliases(self, _node: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(table: Mapping[str, Any]) -> str:
    return yaml.dump(dict(table), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
