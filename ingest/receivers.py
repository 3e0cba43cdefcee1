"""The tables ``[[receivers]]`` of ``ioc.toml`` as receivers, every fault with its place, secrets from outside only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ingest import rules
from ingest.channel import Email, Http, Telegram, Webhook
from ingest.receiver import Receiver
from ingest.sources import SourceFault, faults_of, meant, secrets
from ingest.zalo_oa import ZaloOa

KINDS: Mapping[str, type[Receiver]] = {
    "email": Email,
    "webhook": Webhook,
    "telegram": Telegram,
    "zalo_oa": ZaloOa,
    "http": Http,
}

SECRETS = frozenset({"secret", "password", "app_secret", "refresh_token"})


def variable(name: str, field: str) -> str:
    """Return the variable of the environment that a receiver's field comes from."""
    return f"IOC_RECEIVERS__{name}__{field}".upper()


def receivers_of(tables: Any) -> tuple[Receiver, ...]:
    """Return what the tables describe; raises :class:`SourceFault` with all faults and their places."""
    if not isinstance(tables, list | tuple):
        raise SourceFault([("receivers", "a list of tables is expected: [[receivers]]")])
    made: dict[str, Receiver] = {}
    places: set[str] = set()
    faults: list[tuple[str, str]] = []
    for n, table in enumerate(tables):
        here = _place(n, table)
        if here in places:
            faults = [fault for fault in faults if not fault[0].startswith(f"{here}.")]
            faults.append((here, "another receiver has this name; rename one"))
            continue
        places.add(here)
        receiver, its = _receiver(n, table)
        faults += its
        if receiver is not None:
            made[receiver.name] = receiver
    if not faults:
        faults = list(_unknown(made))
    if faults:
        raise SourceFault(faults)
    return tuple(made.values())


def _receiver(n: int, table: Any) -> tuple[Receiver | None, list[tuple[str, str]]]:
    if isinstance(table, Receiver):
        return table, []
    here = _place(n, table)
    if not isinstance(table, Mapping) or "kind" not in table:
        return None, [(here, 'has no kind; write kind = "…", one of ' + ", ".join(KINDS))]
    model = KINDS.get(str(table["kind"]))
    if model is None:
        return None, [(f"{here}.kind", f"there is no kind {table['kind']!r}{meant(table['kind'], KINDS)}")]
    try:
        return model.model_validate(table), []
    except ValidationError as error:
        name = str(table.get("name", "<NAME>"))
        return None, [(place, _discreet(name, place, message)) for place, message in faults_of(error, model, here)]


def _discreet(name: str, place: str, message: str) -> str:
    """Return a fault that says where a secret comes from, and repeats none that stands in an address."""
    field = place.rpartition(".")[2]
    if message == "is missing" and field in SECRETS:
        return f"{message}; it comes from the environment: {variable(name, field)}"
    return message.partition(" (is ")[0] if field == "url" else message


def _place(n: int, table: Any) -> str:
    name = table.get("name") if isinstance(table, Mapping) else getattr(table, "name", None)
    return f"receivers.{name if isinstance(name, str) and name else n}"


def _unknown(made: Mapping[str, Receiver]) -> Iterator[tuple[str, str]]:
    """Yield what names something that there is not."""
    for receiver in made.values():
        here = f"receivers.{receiver.name}"
        for code in receiver.units:
            if code not in rules.communes():
                yield f"{here}.units", f"{code} is no commune of today; see sql/units.csv or /api/v1/units"
        for n, relay in enumerate(receiver.escalation):
            for other in relay.to:
                if other == receiver.name:
                    yield f"{here}.escalation.{n}.to", "names the receiver itself"
                elif other not in made:
                    yield f"{here}.escalation.{n}.to", f"there is no receiver {other!r}{meant(other, made)}"


def secrets_in(tables: Any) -> Iterator[tuple[str, str]]:
    """Yield the place of every secret that stands in the file, and the variable that it must come from instead."""
    for n, table in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(table, Mapping) and isinstance(table.get("kind"), str) and table["kind"] in KINDS:
            for field in secrets(KINDS[table["kind"]], table):
                yield f"{_place(n, table)}.{field}", variable(str(table.get("name", "<NAME>")), field)


def give(tables: Any, path: Sequence[str], value: str) -> str:
    """Put what the environment says of a receiver into its table; returns what is wrong, empty where nothing is.

    ``path`` is the receiver's name and the field, as in ``IOC_RECEIVERS__<NAME>__<FIELD>``.
    """
    named: Iterable[Any] = tables if isinstance(tables, list) else ()
    known = {str(table["name"]): table for table in named if isinstance(table, dict) and "name" in table}
    if len(path) != 2:
        return "IOC_RECEIVERS__<NAME>__<FIELD> is expected"
    name, field = path
    if name not in known:
        near = meant(name, known) if known else "; there are none"
        return f"there is no receiver {name!r}{near}"
    known[name][field] = value
    return ""
