"""Every number: titles, unit, grain, owner, bounds, what it means and where its formula comes from."""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import groupby

from dashboards.indicators import Indicator, load

_EACH = {
    "1 minute": "by the minute", "1 hour": "by the hour", "1 day": "by the day", "1 month": "by the month",
    "3 months": "by the quarter", "1 year": "by the year",
}  # fmt: skip
_BETTER = {"higher": "higher is better", "lower": "lower is better", "none": ""}


def page() -> str:
    """Return the page, by file of `dashboards/indicators` in alphabetical order."""
    found = load()
    parts = [
        "# Numbers\n\n"
        f"{len(found)} numbers, each defined once in `dashboards/indicators/*.toml`; PostgreSQL has it as functions "
        "`indicator.<key>(start, stop, units)` and `indicator.<key>_now(units)`, the API as "
        "`/api/v1/indicators/<key>`. A bound is crossed downwards where higher is better, else upwards.\n"
    ]
    ordered = sorted(found.values(), key=_file)
    for file, its in groupby(ordered, key=_file):
        parts.append(f"\n## {file}\n\n" + "\n".join(_told(indicator) for indicator in its))
    return "".join(parts)


def _file(indicator: Indicator) -> str:
    """Return the file that a number stands in: the longest whose name its key begins with."""
    return max((name for name in _files() if indicator.key.startswith(f"{name}_")), key=len)


@cache
def _files() -> frozenset[str]:
    folder = resources.files("dashboards") / "indicators"
    return frozenset(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def _told(one: Indicator) -> str:
    facts = [one.unit.replace("_", " "), _EACH.get(one.grain, one.grain), _BETTER[one.better], one.owner]
    bounds = [*_bound("target", one.target, one.target_of), *_bound("warning", one.warn, ""),
              *_bound("alarm", one.alarm, one.alarm_of)]  # fmt: skip
    lines = [f"### `{one.key}`", "", f"**{one.title}** · {one.title_en}", ""]
    lines += [" · ".join(fact for fact in facts if fact) + (f" · {', '.join(bounds)}" if bounds else "")]
    lines += ["", one.help_en, "", one.help]
    source = one.source if one.source_en == one.source else f"{one.source_en} ({one.source})"
    if relations := list(_relations(one)):
        lines += ["", " ".join(relations)]
    return "\n".join([*lines, "", f"Source: {source}", ""])


def _bound(name: str, value: float | None, of: str) -> Iterable[str]:
    if of:
        yield f"{name} `{of}`" + (f", else {value:g}" if value is not None else "")
    elif value is not None:
        yield f"{name} {value:g}"


def _relations(one: Indicator) -> Iterable[str]:
    if one.of:
        yield f"Part of `{one.of}`."
    if one.amount:
        yield f"The figure behind it is `{one.amount}`."
    if one.feed:
        yield f"As old as the feed `{one.feed}`."
