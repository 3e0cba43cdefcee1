"""The tables ``[sources.*]`` of ``ioc.toml`` as connectors, and every fault of a table with its place."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, SecretStr, ValidationError

from connectors import CONNECTORS
from connectors.contract import Connector, Polled


class SourceFault(ValueError):
    """Carries the faults of one source through pydantic, with their places."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for _place, message in faults))
        self.faults = faults


def connector_of(name: str, table: Any) -> Connector:
    """Return the connector that a table describes; raises :class:`SourceFault` with all its faults."""
    if isinstance(table, Connector):
        return table
    here = f"sources.{name}"
    if not isinstance(table, dict) or "connector" not in table:
        raise SourceFault([(here, 'names no connector; write connector = "…", one of ' + ", ".join(CONNECTORS))])
    fields = dict(table)
    kind = fields.pop("connector")
    model = CONNECTORS.get(kind)
    if model is None:
        raise SourceFault([(f"{here}.connector", f"there is no connector {kind!r}{meant(kind, CONNECTORS)}")])
    try:
        made = model.model_validate(fields)
        if isinstance(made, Polled) and made.cron:
            CronTrigger.from_crontab(made.cron)
    except ValidationError as error:
        raise SourceFault(faults_of(error, model, here)) from error
    except ValueError as error:  # only the schedule's
        raise SourceFault([(f"{here}.cron", f"{error} (is {fields['cron']!r:.80})")]) from error
    return made


def meant(word: object, words: Mapping[str, object]) -> str:
    """Return the end of a complaint: the word that was probably meant, or all there are."""
    near = difflib.get_close_matches(str(word), list(words), n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(words)}"


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> Mapping[str, object]:
    fields: Mapping[str, object] = model.model_fields
    for part in loc:
        if isinstance(part, int) or part not in fields:
            continue
        annotation = getattr(fields[part], "annotation", None)
        inner = [a for a in _within(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
        if inner:
            fields = inner[0].model_fields
    return fields


def _within(annotation: object) -> Iterator[object]:
    """Yield an annotation and everything that it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from _within(part)


def faults_of(error: ValidationError, model: type[BaseModel], under: str = "") -> list[tuple[str, str]]:
    """Return place and message of every fault; what stands in a table or is a secret is not repeated."""
    found: list[tuple[str, str]] = []
    for fault in error.errors():
        cause = fault.get("ctx", {}).get("error")
        if isinstance(cause, SourceFault):
            found += cause.faults
            continue
        place = ".".join(str(part) for part in ((under, *fault["loc"]) if under else fault["loc"]))
        if fault["type"] == "extra_forbidden":
            fields = _fields_at(model, fault["loc"][:-1])
            found.append((place, f"unknown key{meant(fault['loc'][-1], fields)}"))
        elif fault["type"] == "missing":
            found.append((place, "is missing"))
        else:
            message = fault["msg"].removeprefix("Value error, ")
            written = fault["input"]
            if isinstance(written, str | int | float) and not _is_secret(model, fault["loc"]):
                message += f" (is {written!r:.80})"
            found.append((place, message))
    return found


def _is_secret(model: type[BaseModel], loc: tuple[int | str, ...]) -> bool:
    field = _fields_at(model, loc[:-1]).get(str(loc[-1])) if loc else None
    annotation = getattr(field, "annotation", None)
    return SecretStr in (annotation, *get_args(annotation))


def secrets(model: type[BaseModel], table: Mapping[str, Any], under: str = "") -> Iterator[str]:
    """Give the places in a table of the file where the model wants a secret."""
    for key, value in table.items():
        if key not in model.model_fields:
            continue
        annotation = model.model_fields[key].annotation
        kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
        if any(issubclass(kind, SecretStr) for kind in kinds):
            yield f"{under}{key}"
        for kind in kinds:
            if issubclass(kind, BaseModel) and isinstance(value, dict):
                yield from secrets(kind, value, f"{under}{key}.")
