"""Grafana's own schema of boards, as its foundation SDK has it: what it does not give back, it does not understand."""

import json
import warnings
from typing import Any

from grafana_foundation_sdk.cog import plugins, runtime, variants
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.panels import SOURCE

with warnings.catch_warnings():  # it prefers v2, which Grafana 12.4 does not read from files
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.models.dashboard import Dashboard

Json = dict[str, Any]


class _Query(variants.Dataquery):
    """What the SDK lacks: a query of the PostgreSQL data source, with the keys that its editor writes."""

    def __init__(
        self,
        refId: str,  # noqa: N803
        datasource: Json,
        editorMode: str,  # noqa: N803
        format: str,
        rawQuery: bool,  # noqa: N803
        rawSql: str,  # noqa: N803
    ) -> None:
        self._keys = {name: value for name, value in locals().items() if name != "self"}

    def to_json(self) -> dict[str, object]:
        return dict(self._keys)


plugins.register_default_plugins()
runtime.register_dataquery_variant(
    runtime.DataqueryConfig(identifier=SOURCE["type"], from_json_hook=lambda keys: _Query(**keys))
)


def lost(board: Json) -> list[str]:
    """Return the paths that do not come back as they were; the schema's defaults may come on top."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return _lost(board, json.loads(json.dumps(Dashboard.from_json(board), cls=JSONEncoder)))


def _lost(ours: Any, theirs: Any, path: str = "") -> list[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [
            line
            for key, value in ours.items()
            for line in (_lost(value, theirs[key], f"{path}.{key}") if key in theirs else [f"{path}.{key} is unknown"])
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [line for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) for line in _lost(a, b, f"{path}[{n}]")]
    return [] if ours == theirs else [f"{path}: {ours!r} became {theirs!r}"]
