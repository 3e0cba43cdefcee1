"""Write ``ingest/sql/units.csv`` and ``successors.csv`` from the packages vietnam-provinces and vietnamadminunits.

Today's codes and names are vietnam-provinces' (the statistics office's list); the units before the reform, who became
what, and coordinates are vietnamadminunits'. The two lists give some forty communes other codes, so they are joined by
province and name.

Run by hand when the packages have a newer list: ``python -m tests.ingest.make_units``. A test proves that the files
are what this gives.
"""

import csv
import io
import json
import sqlite3
import unicodedata
from importlib import resources
from pathlib import Path

from vietnam_provinces import Ward

FOLDER = Path(__file__).parents[2] / "ingest" / "sql"
LEVELS = {"Xã": "commune", "Phường": "ward", "Đặc khu": "special_zone", "Thị trấn": "township_legacy"}
TONES = "\u0300\u0301\u0303\u0309\u0323"
REFORM = "2025-07-01"
UNKNOWN = "1900-01-01"


def tables() -> dict[str, str]:
    """Return the two files' texts by name."""
    home = resources.files("vietnamadminunits") / "data"
    today = {
        (f"{ward.province_code:02}", _key(ward.name)): (f"{ward.code:05}", " ".join(ward.name.split()))
        for ward in Ward.iter_all()
    }
    with resources.as_file(home / "dataset.db") as path:
        db = sqlite3.connect(path)
        db.row_factory = sqlite3.Row
        now = db.execute("select * from admin_units").fetchall()
        old = db.execute("select * from admin_units_legacy").fetchall()
        db.close()
    units: set[tuple[str, ...]] = set()
    by_key: dict[tuple[str, str], str] = {}
    for r in now:
        code, name = today[r["provinceCode"], _key(r["ward"])]
        units.add((r["provinceCode"], "province", REFORM, "", r["province"], "", *_at(r, "province")))
        units.add((code, LEVELS[r["wardType"]], REFORM, "", name, r["provinceCode"], *_at(r, "ward")))
        by_key[r["provinceKey"], r["wardKey"]] = code
    olds: dict[str, str] = {}
    for r in old:
        units.add((r["provinceCode"], "province", UNKNOWN, REFORM, r["province"], "", *_at(r, "province")))
        if r["districtCode"]:
            row = (r["districtCode"], "district_legacy", UNKNOWN, REFORM, r["district"], r["provinceCode"])
            units.add((*row, *_at(r, "district")))
        if r["wardCode"]:
            row = (r["wardCode"], LEVELS[r["wardType"]], UNKNOWN, REFORM, r["ward"], r["districtCode"])
            units.add((*row, *_at(r, "ward")))
            olds[f"{r['provinceKey']}_{r['districtKey']}_{r['wardKey']}"] = r["wardCode"]
    successors: set[tuple[str, ...]] = set()
    converter = json.loads((home / "converter_2025.json").read_text())
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, predecessors in wards.items():
            for key in predecessors:
                if key in olds:
                    successors.add((olds[key], REFORM, by_key[province, ward], "true", "1"))
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            for part in parts:
                if key in olds:
                    main = "true" if part["isDefaultNewWard"] else "false"
                    successors.add((olds[key], REFORM, by_key[province, part["newWardKey"]], main, ""))
    heads = {
        "units.csv": ("code", "level", "valid_from", "valid_to", "name", "parent", "latitude", "longitude"),
        "successors.csv": ("code", "valid_to", "successor", "main", "share"),
    }
    return {name: _csv(head, rows) for (name, head), rows in zip(heads.items(), (units, successors), strict=True)}


def _key(name: str) -> str:
    """Letters, then tones: the lists write the tone on another vowel (Hòa, Hoà)."""
    letters = [char for char in unicodedata.normalize("NFD", name.lower()) if unicodedata.category(char)[0] in "LMN"]
    return "".join(char for char in letters if char not in TONES) + "".join(c for c in letters if c in TONES)


def _at(row: sqlite3.Row, level: str) -> tuple[str, str]:
    return str(row[f"{level}Lat"] or ""), str(row[f"{level}Lon"] or "")


def _csv(head: tuple[str, ...], rows: set[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *sorted(rows)])
    return out.getvalue()


if __name__ == "__main__":
    for name, text in tables().items():
        (FOLDER / name).write_text(text, "utf-8")
