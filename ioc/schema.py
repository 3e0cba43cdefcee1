"""`ioc schema`: the JSON schema of ioc.toml, with every connector's own fields."""

from typing import Any

from connectors import CONNECTORS
from ingest.config import Settings


def schema_of_settings() -> dict[str, Any]:
    """Return the schema; a source is any one of the connectors, told apart by ``connector``."""
    whole = Settings.model_json_schema()
    definitions = whole.setdefault("$defs", {})
    for name, connector in CONNECTORS.items():
        own = connector.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(own.pop("$defs", {}))
        own["properties"]["connector"] = {"const": name}
        own.setdefault("required", []).append("connector")
        definitions[name] = own
    whole["properties"]["sources"] = {
        "type": "object",
        "additionalProperties": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in CONNECTORS]},
    }
    _seconds_too(whole)
    return whole


def _seconds_too(node: Any) -> None:
    """Let a duration be a number of seconds, as the configuration takes it; pydantic's schema knows the text only."""
    if isinstance(node, dict):
        if node.get("format") == "duration":
            node["type"] = ["number", "string"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            _seconds_too(inner)
