"""What Grafana is given, as files: boards and provisioning, the same byte for byte from the same definitions."""

from pathlib import Path

from dashboards import boards, provisioning

ROOT = Path(__file__).parent


def files() -> dict[str, str]:
    """Return every file's text by its path below ``dashboards/``."""
    return {**boards.files(), **provisioning.files()}


def stale(root: Path = ROOT) -> list[str]:
    """Return what differs from the definitions, a line a file: missing, outdated, or no longer made."""
    wanted = files()
    there = {path.relative_to(root).as_posix(): path for path in (root / "grafana").rglob("*") if path.is_file()}
    found = [f"{name}: is missing" for name in wanted.keys() - there.keys()]
    found += [f"{name}: belongs to no definition" for name in there.keys() - wanted.keys()]
    found += [
        f"{name}: is out of date"
        for name in wanted.keys() & there.keys()
        if there[name].read_text("utf-8") != wanted[name]
    ]
    return sorted(found)


def write(root: Path = ROOT) -> list[str]:
    """Write the files that differ, remove those no longer made; returns the paths touched."""
    wanted = files()
    touched = []
    for line in stale(root):
        name = line.partition(": ")[0]
        file = root / name
        if name in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[name], "utf-8")
        else:
            file.unlink()
        touched.append(name)
    return touched
