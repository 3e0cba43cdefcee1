"""What a Grafana should hold, read from the files of `ioc dashboards build` and put as its HTTP API takes it.

The files are what Grafana itself provisions from, so variables in them (``$NAME``, ``${NAME}``, ``$__env{NAME}``,
``$__file{PATH}``, ``$$``) are replaced where Grafana replaces them, and left alone where it does not: in the models of
queries, annotations, time ranges and templates of alerting. A file of a secret that is on Grafana's machine only is
given by a variable of its name: ``/run/secrets/grafana_token`` as ``GRAFANA_TOKEN``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from ingest.errors import ConfigError

Json = dict[str, Any]
Files = Mapping[str, str]
"""Relative path → text."""

_VARIABLE = re.compile(r"\$\$|\$__(env|file)\{([^}]+)\}|\$\{(\w+)\}|\$(\w+)")
_LEFT_ALONE = frozenset({"model", "annotations", "relativeTimeRange", "time_intervals", "template"})
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


@dataclass(frozen=True, slots=True)
class Folder:
    """Where boards and rules lie."""

    uid: str
    title: str


@dataclass(frozen=True, slots=True)
class Alerting:
    """Groups of rules, who is told, by which policies, and when nobody is."""

    groups: tuple[Json, ...]
    contact_points: tuple[Json, ...]
    mute_times: tuple[Json, ...]
    policies: Json | None


def boards(files: Files) -> dict[str, Json]:
    """Return the boards by uid."""
    found = [json.loads(text) for path, text in sorted(files.items()) if path.endswith(".json")]
    return {str(board["uid"]): board for board in found if "panels" in board}


def folder(files: Files, title: str = "") -> Folder:
    """Return the folder that the provider of boards names, with another title where one is given."""
    for file, table in _tables(files, "dashboards"):
        for provider in table.get("providers", []):
            if not provider.get("folderUid"):
                raise ConfigError(f"{file}: a provider names no folderUid")
            return Folder(provider["folderUid"], title or provider["folder"])
    raise ConfigError("provisioning/dashboards: no file names a provider of boards; `ioc dashboards build` writes one")


def datasources(files: Files, environment: Mapping[str, str]) -> list[Json]:
    """Return the data sources, variables replaced; raises :class:`ConfigError` naming one that is not set."""
    found: list[Json] = []
    for file, table in _tables(files, "datasources"):
        for source in table.get("datasources", []):
            whole = _replaced(source, environment, file)
            found.append({key: value for key, value in whole.items() if key not in ("orgId", "editable", "version")})
    return found


def alerting(files: Files, environment: Mapping[str, str], into: Folder) -> Alerting:
    """Return rules and who is told, variables replaced; raises :class:`ConfigError` naming one that is not set."""
    groups: list[Json] = []
    points: list[Json] = []
    mutes: list[Json] = []
    policies: Json | None = None
    for file, read in _tables(files, "alerting"):
        table = _replaced(read, environment, file)
        groups += [_group(group, into) for group in table.get("groups", [])]
        for point in table.get("contactPoints", []):
            points += [{**receiver, "name": point["name"]} for receiver in point["receivers"]]
        mutes += [_without_org(one) for one in table.get("muteTimes", [])]
        for tree in table.get("policies", []):
            policies = _without_org(tree)
    return Alerting(tuple(groups), tuple(points), tuple(mutes), policies)


def holds(shown: Any, wanted: Any) -> bool:
    """Tell whether what Grafana shows has all that is wanted; what it adds and what it hides counts as equal."""
    if isinstance(wanted, Mapping):
        return isinstance(shown, Mapping) and all(holds(shown.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        here = shown if isinstance(shown, list) else []
        return len(here) == len(wanted) and all(holds(a, b) for a, b in zip(here, wanted, strict=True))
    if shown == wanted or shown == "[REDACTED]" or (not shown and not wanted):
        return True
    return str(shown) == str(wanted) or (_length(shown) is not None and _length(shown) == _length(wanted))


def _tables(files: Files, kind: str) -> Iterator[tuple[str, Json]]:
    for path, text in sorted(files.items()):
        if f"provisioning/{kind}/" in path and path.endswith((".yaml", ".yml")):
            yield path, yaml.safe_load(text) or {}


def _replaced(table: Json, environment: Mapping[str, str], file: str) -> Json:
    """Return a table with its variables replaced; raises :class:`ConfigError` naming all that are not set."""
    faults: list[str] = []

    def value(match: "re.Match[str]") -> str:
        if match[0] == "$$":
            return "$"
        # A secret's file lies on Grafana's machine; elsewhere a variable of its name gives what stands in it.
        name = Path(match[2]).name.upper() if match[1] == "file" else match[2] or match[3] or match[4]
        if name in environment:
            return environment[name]
        if match[1] == "file":
            try:
                return Path(match[2]).read_text("utf-8").strip()
            except OSError as error:
                faults.append(f"{file}: {match[2]} can't be read: {error.strerror}; give what stands in it as {name}")
        else:
            faults.append(
                f"environment:{name}: is not set, and {file} wants it; set it as Grafana's own service has it"
            )
        return ""

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: one if key in _LEFT_ALONE else walk(one) for key, one in node.items()}
        if isinstance(node, list):
            return [walk(one) for one in node]
        return _VARIABLE.sub(value, node) if isinstance(node, str) else node

    made: Json = walk(table)
    if faults:
        raise ConfigError(*dict.fromkeys(faults))
    return made


def _group(group: Json, into: Folder) -> Json:
    """Return a group of rules as the API has it, from the form of files."""
    length = _length(group["interval"])
    if length is None:
        raise ConfigError(f"alerting: group {group['name']}: interval {group['interval']!r} is no duration, as 1m")
    rules = [_rule(rule, group["name"], into.uid) for rule in group["rules"]]
    return {"title": group["name"], "folderUid": into.uid, "interval": int(length.total_seconds()), "rules": rules}


def _rule(rule: Json, group: str, folder_uid: str) -> Json:
    """Return a rule as the API has it: some keys are spelled otherwise than in files, and a panel is an annotation."""
    spelled = {"keepFiringFor": "keep_firing_for", "missing_series_evals_to_resolve": "missingSeriesEvalsToResolve"}
    made = {spelled.get(key, key): value for key, value in rule.items() if key not in ("dashboardUid", "panelId")}
    if "dashboardUid" in rule:
        panel = {"__dashboardUid__": rule["dashboardUid"], "__panelId__": str(rule.get("panelId", ""))}
        made["annotations"] = {**rule.get("annotations", {}), **panel}
    return {"for": "0s", **made, "orgID": 1, "folderUID": folder_uid, "ruleGroup": group}


def _without_org(table: Json) -> Json:
    return {key: value for key, value in table.items() if key != "orgId"}


def _length(value: Any) -> timedelta | None:
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
