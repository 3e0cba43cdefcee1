"""Every board of Grafana and what each of its panels shows."""

from typing import Any

from dashboards import build, layout, wanted
from ioc.reference.markdown import code, table


def page() -> str:
    """Return the page, boards in the order of their files, panels in reading order."""
    boards = wanted.boards(build.files())
    head = (
        "# Boards\n\n"
        f"{len(boards)} boards as code (`dashboards/boards.py`), made from the [numbers](numbers.md) by "
        "`ioc dashboards build`; `dashboards/layouts` holds what was arranged in Grafana and pulled back.\n"
    )
    return head + "".join(_told(board) for board in boards.values())


def _told(board: dict[str, Any]) -> str:
    variables = [f"{one.get('label') or one['name']} (`{one['name']}`)" for one in board["templating"]["list"]]
    facts = [f"`{board['uid']}`", f"opens with {board['time']['from']} to {board['time']['to']}"]
    facts += [f"asked for: {', '.join(variables)}"] if variables else []
    rows = [
        ["", f"**{panel['title']}**", "", ""]
        if panel["type"] == "row"
        else [code(panel["type"]), panel["title"], _unit(panel), panel.get("description", "")]
        for panel in layout.panels(board).values()
    ]
    described = board.get("description", "")
    return f"\n## {board['title']}\n\n{described}\n\n{' · '.join(facts)}\n\n" + table(
        ["panel", "title", "unit", "what it shows"], rows
    )


def _unit(panel: dict[str, Any]) -> str:
    unit = str(panel.get("fieldConfig", {}).get("defaults", {}).get("unit", ""))
    return unit.partition("suffix:")[2].strip() or unit
