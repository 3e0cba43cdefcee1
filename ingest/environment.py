"""Settings that the environment gives: by value, or as the name of a file that holds the value."""

from collections.abc import Mapping
from pathlib import Path

_FILE = "_FILE"


def given(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the ``IOC_<SECTION>__<KEY>`` variables with their values, and a line about each fault.

    ``IOC_<SECTION>__<KEY>_FILE`` names a file whose text is the value, as container engines and systemd hand out
    secrets; a line break at its end does not count.
    """
    values: dict[str, str] = {}
    faults: list[str] = []
    for variable, value in sorted(environment.items()):
        if not variable.startswith("IOC_") or "__" not in variable:
            continue
        if not variable.endswith(_FILE):
            values[variable] = value
        elif variable.removesuffix(_FILE) in environment:
            faults.append(f"environment:{variable}: {variable.removesuffix(_FILE)} is set too; keep one of them")
        else:
            try:
                values[variable.removesuffix(_FILE)] = Path(value).read_text("utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"environment:{variable}: {value}: can't be read: {error}")
    return values, faults
