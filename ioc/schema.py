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
    return whole
