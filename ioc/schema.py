"""`ioc schema`: the JSON schema of ioc.toml, with every connector's own fields."""

from typing import Any

from connectors import CONNECTORS
from ingest.config import Settings
from ingest.receivers import KINDS


def schema_of_settings() -> dict[str, Any]:
    """Return the schema; a source is any one of the connectors, a receiver any one of the kinds."""
    whole = Settings.model_json_schema()
    definitions = whole.setdefault("$defs", {})
    for name, connector in CONNECTORS.items():
        # Models of two connectors may have one name: each keeps its own.
        own = connector.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
        definitions.update({f"{name}.{model}": inner for model, inner in own.pop("$defs", {}).items()})
        own["properties"]["connector"] = {"const": name}
        own.setdefault("required", []).append("connector")
        definitions[name] = own
    whole["properties"]["sources"] = {
        "type": "object",
        "additionalProperties": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in CONNECTORS]},
    }
    for name, receiver in KINDS.items():
        own = receiver.model_json_schema(ref_template=f"#/$defs/receiver.{name}.{{model}}")
        definitions.update({f"receiver.{name}.{model}": inner for model, inner in own.pop("$defs", {}).items()})
        own.setdefault("required", []).append("kind")
        definitions[f"receiver.{name}"] = own
    whole["properties"]["receivers"]["items"] = {"oneOf": [{"$ref": f"#/$defs/receiver.{name}"} for name in KINDS]}
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
