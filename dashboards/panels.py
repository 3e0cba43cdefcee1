"""Panels in Grafana's classic JSON, made from indicator keys: title, unit, thresholds, words and source are theirs.

Plain builders on purpose; see docs/decisions.md. The shapes are those of the panel plugins of Grafana 12.4 and 13.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboards import queries
from dashboards.grid import Panel
from dashboards.indicators import Indicator, load
from dashboards.words import CALM, CRITICAL, GRAINS, OWNERS, PLAIN, STATES, WARNING, Word, measure, word_of

SOURCE = {"type": "grafana-postgresql-datasource", "uid": "commune-ioc"}
"""The provisioned data source, by the uid that every panel, variable and alert rule names."""

NOTHING = "chưa có số liệu"
POINTS = 500
"""Most points of a line: as wide as most of them are drawn; a year by half days costs half of one by quarters."""


def target(sql: str, form: str = "table", ref: str = "A") -> dict[str, Any]:
    """Return a query as the PostgreSQL data source keeps it."""
    return {
        "refId": ref,
        "datasource": SOURCE,
        "editorMode": "code",
        "format": form,
        "rawQuery": True,
        "rawSql": sql,
    }


def panel(
    kind: str,
    title: str,
    description: str,
    targets: Sequence[dict[str, Any]],
    *,
    defaults: Mapping[str, Any],
    options: Mapping[str, Any],
    height: int,
    width: int | None = None,
    overrides: Sequence[dict[str, Any]] = (),
    transformations: Sequence[dict[str, Any]] = (),
    links: Sequence[dict[str, Any]] = (),
) -> Panel:
    """Return a panel that has no place yet, but its size: ``width`` of 24 columns, none: what the row leaves."""
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "targets": list(targets),
        "gridPos": {"h": height, **({} if width is None else {"w": width})},
        "fieldConfig": {
            "defaults": {"noValue": NOTHING, **({"links": list(links)} if links else {}), **defaults},
            "overrides": list(overrides),
        },
        "options": dict(options),
        "transformations": list(transformations),
    }


def link(title: str, board: str) -> dict[str, Any]:
    """Return a data link to another board, with the same time and communes."""
    return {
        "title": title,
        "url": f"/d/{board}?${{__url_time_range}}&${{commune:queryparam}}",
        "targetBlank": False,
    }


def mapping(words: Mapping[str, Word]) -> list[dict[str, Any]]:
    """Return value mappings from codes to mark, word and colour."""
    return [
        {
            "type": "value",
            "options": {
                code: {"text": str(word), "color": word.colour, "index": index}
                for index, (code, word) in enumerate(words.items())
            },
        }
    ]


def states(indicator: Indicator) -> dict[str, Word]:
    """Return the words of a number that counts through a list of states, by its values."""
    plain = {0: "○", len(indicator.states) - 1: "●"}
    return {
        str(value): STATES.get(code, Word(plain.get(value, "◐"), code, PLAIN))
        for value, code in enumerate(indicator.states)
    }


def thresholds(indicator: Indicator) -> dict[str, Any]:
    """Return the thresholds as colours; they judge as :meth:`Indicator.level` does."""
    bounds = [(indicator.warn, WARNING), (indicator.alarm, CRITICAL)]
    known = [(bound / measure(indicator.unit).divisor, colour) for bound, colour in bounds if bound is not None]
    if not known:
        return {"mode": "absolute", "steps": [{"value": None, "color": PLAIN}]}
    if indicator.better == "higher":  # a step begins at its value, so each bound opens what lies above it
        known.sort()
        above = [colour for _, colour in known[1:]] + [CALM]
        steps = [(None, known[0][1]), *zip((bound for bound, _ in known), above, strict=True)]
    else:
        steps = [(None, CALM), *sorted(known)]
    return {"mode": "absolute", "steps": [{"value": bound, "color": colour} for bound, colour in steps]}


def described(indicator: Indicator) -> str:
    """Return what a number is, its target and thresholds, period, owner and source, in Markdown."""
    unit = measure(indicator.unit)
    word = word_of(indicator.unit)
    sign = "dưới" if indicator.better == "higher" else "từ"

    def bound(value: float) -> str:
        return f"{value / unit.divisor:g} {word}".replace(".", ",").rstrip()

    limits = [
        f"{name} {bound(value)}"
        for name, value in (
            ("chỉ tiêu", indicator.target),
            (f"▲ cảnh báo {sign}", indicator.warn),
            (f"✖ nghiêm trọng {sign}", indicator.alarm),
        )
        if value is not None
    ]
    lines = [
        indicator.help,
        *(["Ngưỡng: " + "; ".join(limits) + "."] if limits else []),
        f"Kỳ: {GRAINS[indicator.grain]}. Phụ trách: {OWNERS.get(indicator.owner, indicator.owner)}.",
        f"Căn cứ: {indicator.source}.",
    ]
    return "\n\n".join(lines)


def _unit(indicator: Indicator) -> dict[str, Any]:
    unit = measure(indicator.unit)
    decimals = {} if unit.decimals is None else {"decimals": unit.decimals}
    words = {"mappings": mapping(states(indicator))} if indicator.states else {}
    return {"unit": unit.format, **decimals, **words}


def tile(key: str, *, board: str = "", width: int | None = None, height: int = 4) -> Panel:
    """Return a number as of now, named by its judgement and instant; ``board`` is where its rows are."""
    indicator = load()[key]
    return panel(
        "stat",
        indicator.title,
        described(indicator),
        [target(queries.now(key))],
        defaults={**_unit(indicator), "color": {"mode": "thresholds"}, "thresholds": thresholds(indicator)},
        options={
            "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": "/^value$/", "limit": 12},
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "center",
            "orientation": "auto",
            "textMode": "value_and_name",
            "wideLayout": False,
            "showPercentChange": False,
            "percentChangeColorMode": "standard",
            "text": {"titleSize": 13, "valueSize": 34},
        },
        height=height,
        width=width,
        links=[link("Xem chi tiết", board)] if board else (),
    )


def trend(
    *keys: str, title: str = "", style: str = "", width: int | None = None, height: int = 8, most: int = 0
) -> Panel:
    """Return numbers of one unit over time; ``style``: line, bars or stacked; ``most`` lines at most, 0: all."""
    shown = [load()[key] for key in keys]
    first = shown[0]
    style = style or ("bars" if first.grain in ("1 month", "3 months", "1 year") else "line")
    asked = [queries.series(key, named=len(keys) > 1, most=most) for key in keys]
    asked += [sql for key in keys for sql in queries.bounds(key)]
    judged = len(shown) == 1 and (first.warn is not None or first.alarm is not None)
    custom = {
        "drawStyle": "line" if style == "line" else "bars",
        "lineInterpolation": "stepAfter" if style == "line" and first.unit != "percent" else "linear",
        "lineWidth": 2 if style == "line" else 0,
        "fillOpacity": 10 if style == "line" else 70,
        "showPoints": "auto",
        "pointSize": 5,
        "spanNulls": False,
        "axisLabel": "",
        "axisPlacement": "auto",
        "stacking": {"mode": "normal" if style == "stacked" else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed+area" if judged else "off"},
    }
    shown_as = panel(
        "timeseries",
        title or f"{first.title}: diễn biến",
        "\n\n---\n\n".join(map(described, shown))
        + (f"\n\nNhiều nhất {most} đường, có giá trị cao nhất trong khoảng thời gian đang xem." if most else ""),
        [target(sql, "time_series", chr(65 + n)) for n, sql in enumerate(asked)],
        defaults={
            **_unit(first),
            "color": {"mode": "palette-classic"},
            "thresholds": thresholds(first),
            "custom": custom,
        },
        options={
            "legend": {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull"]},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        height=height,
        width=width,
    )
    return {**shown_as, "maxDataPoints": POINTS}


def bars(title: str, keys: Iterable[str], *, width: int | None = None, height: int = 8) -> Panel:
    """Return numbers of one unit beside each other as of now, against the first one's thresholds."""
    shown = [load()[key] for key in keys]
    first = shown[0]
    return panel(
        "bargauge",
        title,
        "\n\n---\n\n".join(described(indicator) for indicator in shown),
        [target(queries.bars(indicator.key for indicator in shown))],
        defaults={
            **_unit(first),
            "min": 0,
            **({"max": 100} if first.unit == "percent" else {}),
            "color": {"mode": "thresholds"},
            "thresholds": thresholds(first),
        },
        options=bar_options("value", 40),
        height=height,
        width=width,
    )


def bar_options(column: str, limit: int) -> dict[str, Any]:
    """Return how a bar a row is drawn: lying, its name to the left, of a column's value, so many rows at most."""
    return {
        "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": f"/^{column}$/", "limit": limit},
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "text",
        "namePlacement": "left",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizHeight": 16,
        "minVizWidth": 8,
        "maxVizHeight": 40,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
    }
