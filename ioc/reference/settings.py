"""Every setting of ``ioc.toml``: key, type, default, meaning, and the variable that overrides it."""

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from connectors import CONNECTORS
from ingest.config import Settings
from ingest.receiver import Receiver
from ingest.receivers import KINDS
from ioc.reference.markdown import code, table

Json = Mapping[str, Any]
_HEAD = """# Settings

One file, `ioc.toml` ([an example](../ioc.example.toml)); unknown keys are refused, `ioc check` names every fault with
its place, and `ioc schema` prints the JSON schema. A variable overrides the file: `IOC_<SECTION>__<KEY>`; lists are set
in the file only. A secret stands in no file: it comes by its variable, or by a file that `…_FILE` names. A duration is
a number of seconds or an ISO 8601 text, as `PT5M`.
"""
_FORMATS = {"duration": "duration", "path": "path", "password": "secret", "date": "date", "date-time": "instant",
            "time": "time", "binary": "bytes"}  # fmt: skip
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
}
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def page() -> str:
    """Return the page: sections in the order of the model, then receivers by kind and sources by connector."""
    parts = [_HEAD]
    for name, field in Settings.model_fields.items():
        model = field.annotation
        if inspect.isclass(model) and issubclass(model, BaseModel):
            parts.append(
                f"\n## [{name}]\n\n{_doc(model)}\n\n" + _keys(model, {*model.model_fields}, f"IOC_{name.upper()}__")
            )
    for name in ("hamlets", "devices"):
        (model,) = Settings.model_fields[name].annotation.__args__[:1]  # type: ignore[union-attr]
        parts.append(f"\n## [[{name}]]\n\n{_doc(model)}\n\n" + _keys(model, {*model.model_fields}))
    parts.append(
        f"\n## [[rules.KEY]]\n\n{Settings.model_fields['rules'].description} The rules: [rules.md](rules.md).\n"
    )
    parts.append(
        "\n## [[receivers]]\n\nWho is told of incidents. `IOC_RECEIVERS__<NAME>__<KEY>` sets a key of one.\n\n"
    )
    parts.append(_keys(Receiver, {*Receiver.model_fields} - {"kind"}))
    for name, kind in KINDS.items():
        parts.append(f'\n### kind = "{name}"\n\n{_doc(kind)}\n\n' + _keys(kind, {*_own(kind, [Receiver])} - {"kind"}))
    parts.append("\n## [sources.NAME]\n\nOne source; `IOC_SOURCES__<NAME>__<KEY>` sets a key of one.\n")
    parts += _sources()
    return "".join(parts)


def _sources() -> Iterator[str]:
    """Yield what several connectors share, the most general first, then every connector's own."""
    lines = {name: [c for c in connector.__mro__ if _is_table(c)] for name, connector in CONNECTORS.items()}
    used = Counter(one for line in lines.values() for one in line)
    shared = [one for one, n in used.items() if n > 1]
    shared.sort(key=lambda one: (len([c for c in one.__mro__ if _is_table(c)]), one.__name__))
    for one in shared:
        own = _own(one, [c for c in one.__mro__[1:] if c in shared])
        if own:
            its = [f"`{name}`" for name, line in lines.items() if one in line]
            who = "every source" if len(its) == len(lines) else ", ".join(its)
            yield f"\n### {one.__name__}\n\n{_doc(one)} Of {who}.\n\n" + _keys(one, own)
    for name, connector in CONNECTORS.items():
        own = _own(connector, [c for c in lines[name] if c in shared])
        yield f'\n### connector = "{name}"\n\n{_doc(connector)} [More](../../connectors/{name}/README.md).\n\n'
        yield _keys(connector, own) if own else "No keys of its own.\n"


def _is_table(one: type) -> bool:
    return issubclass(one, BaseModel) and one is not BaseModel and "model_fields" in dir(one) and bool(one.model_fields)


def _own(model: type[BaseModel], bases: list[type]) -> set[str]:
    """Return the fields that no base has, or has with another default."""
    return {
        name
        for name, field in model.model_fields.items()
        if not any(name in b.model_fields and b.model_fields[name].default == field.default
                   for b in bases if issubclass(b, BaseModel))
    }  # fmt: skip


def _doc(model: type[BaseModel]) -> str:
    """Return the first sentence or two of a model: its docstring's first paragraph."""
    return " ".join((inspect.getdoc(model) or "").partition("\n\n")[0].split()).replace("``", "`")


def _keys(model: type[BaseModel], keys: set[str], variable: str = "") -> str:
    schema = model.model_json_schema()
    bases = [base for base in model.__mro__ if issubclass(base, BaseModel)]
    for key, its in schema["properties"].items():  # what a base says of a key holds where another default is given
        told = [base.model_fields[key].description for base in bases if key in base.model_fields]
        its.setdefault("description", next(filter(None, told), ""))
    rows = list(_rows(schema, schema.get("$defs", {}), keys, "", variable))
    head = ["key", "type", "default", "meaning", *(["variable"] if variable else [])]
    return table(head, rows)


def _rows(schema: Json, defs: Json, keys: set[str], under: str, variable: str) -> Iterator[list[str]]:
    for key, its in schema["properties"].items():
        if key not in keys:
            continue
        inner, many = _inner(its, defs)
        named = f"{under}{key}"
        default = "" if inner and its.get("default") else _default(its, key in schema.get("required", ()))
        meaning = its.get("description") or (inner or {}).get("description", "").partition("\n\n")[0]
        row = [code(named), _type(its, defs), default, meaning.replace("``", "`")]
        scalar = not inner and its.get("type") not in ("array", "object")
        yield [*row, code(f"{variable}{key.upper()}") if scalar else ""] if variable else row
        if inner:
            deeper = f"{variable}{key.upper()}__" if variable and not many else ""
            below = list(_rows(inner, defs, {*inner["properties"]}, f"{named}{'[]' if many else ''}.", deeper))
            yield from ([*one, ""] if variable and not deeper else one for one in below)


def _inner(its: Json, defs: Json) -> tuple[Json | None, bool]:
    """Return the table that a key holds, and whether it holds a list or a table of them."""
    for one in (its, *its.get("anyOf", ())):
        if "$ref" in one:
            found = defs[one["$ref"].rpartition("/")[2]]
            return (found, False) if "properties" in found else (None, False)
        for nested in (one.get("items"), one.get("additionalProperties")):
            if isinstance(nested, dict) and "$ref" in nested:
                found = defs[nested["$ref"].rpartition("/")[2]]
                return (found, True) if "properties" in found else (None, True)
    return None, False


def _type(its: Json, defs: Json) -> str:
    if "$ref" in its:
        found = defs[its["$ref"].rpartition("/")[2]]
        return "table" if "properties" in found else _type(found, defs)
    if "anyOf" in its or "oneOf" in its:
        kinds = [_type(one, defs) for one in its.get("anyOf", its.get("oneOf", ()))]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in its or "const" in its:
        return ", ".join(f"`{one}`" for one in its.get("enum", [its.get("const")]))
    if its.get("type") == "array":
        if "prefixItems" in its:
            return "[" + ", ".join(_type(one, defs) for one in its["prefixItems"]) + "]"
        return "list of " + _type(its.get("items", {}), defs)
    if its.get("type") == "object":
        values = its.get("additionalProperties")
        return "table of " + _type(values, defs) if isinstance(values, dict) and values else "table"
    kind = _FORMATS.get(its.get("format", ""), _TYPES.get(its.get("type", ""), "anything"))
    bounds = [f"{sign} {its[name]:g}" for name, sign in _BOUNDS.items() if name in its]
    return " ".join([kind, ", ".join(bounds)]).strip()


def _default(its: Json, required: bool) -> str:
    if required:
        return "**needed**"
    value = its.get("default")
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, list):
        return code(", ".join(map(str, value)))
    if isinstance(value, dict):
        return code(", ".join(f"{key} = {one}" for key, one in value.items()))
    return code(str(value))
