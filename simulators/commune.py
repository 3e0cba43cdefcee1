"""What is fixed of the simulated commune: its sources as configuration, its ports and folders."""

from collections.abc import Mapping
from importlib import resources
from string import Template

from simulators.procedures_seed import AGENCIES
from simulators.socio_rest import CATALOGUE

SECRET = "mo-phong"  # noqa: S105 - of simulated offices on the loopback
PORTS = 5
"""Offices, streams, and three agents: ports in a row."""
NEIGHBOUR = "04969"
"""Liên Sơn: the commune whose figures some of the offices have, too."""
ASKED = ("cam-17", "cam-18", "cam-19", "cam-20")
"""Cameras that don't speak by themselves."""
ROUTERS = ("rt-ubnd", "rt-tslcd", "nvr-01")
"""Asked over SNMP; the first of them speaks over MQTT too."""
FOLDERS = ("ngan-sach", "ngan-sach-xml", "y-te", "kinh-te-xa-hoi", "chuyen-doi-so")
"""Each office that sends files has one of its own below the inbox."""


def sources(unit: str, port: int, inbox: str) -> str:
    """Return the tables ``[sources.*]`` of the commune as TOML; ``port`` is the first of :data:`PORTS`."""
    text = resources.files("simulators").joinpath("hop_kim_sources.toml").read_text("utf-8")
    agencies = ", ".join(f'"{code}" = "{its}"' for code, its in _agencies(unit).items())
    catalogue = ", ".join(
        f'{code} = {{ indicator = "{entry["indicator"]}", measure = "{entry["measure"]}" }}'
        for code, entry in CATALOGUE.items()
    )
    return Template(text).substitute(
        UNIT=unit,
        INBOX=inbox,
        OFFICES=f"http://127.0.0.1:{port}",
        PORT=port,
        STREAMS=port + 1,
        ROUTER=port + 2,
        LINE=port + 3,
        NVR=port + 4,
        CATALOGUE=f"catalogue = {{ {catalogue} }}",
        AGENCIES=f"units = {{ {agencies} }}",
    )


def _agencies(unit: str) -> Mapping[str, str]:
    return AGENCIES if unit in AGENCIES.values() else {**AGENCIES, f"H28.{unit}": unit}
