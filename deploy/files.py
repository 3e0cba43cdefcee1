"""Writing what must never be written over."""

import os
import secrets
from pathlib import Path


class Mishap(Exception):
    """Something that the operator must mend; the text says what and how."""


def private_folder(path: Path) -> None:
    """Make a folder that only its owner enters; one that exists stays as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def keep(path: Path, content: bytes | str, mode: int) -> bool:
    """Write a new file, whole or not at all; one that exists is left alone. Tells whether it is new."""
    if path.is_dir():  # what Docker makes where a file to be mounted is missing
        raise Mishap(f"{path}: is a folder and should be a file; docker compose down, remove it, then again")
    if path.exists():
        return False
    put(path, content, mode)
    return True


def put(path: Path, content: bytes | str, mode: int) -> None:
    """Write a file, whole or not at all, in the place of the one that is there."""
    half = path.with_name(f".{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    half.chmod(mode)
    half.rename(path)


def password(characters: int = 24) -> str:
    """Return a random password of six bits a character, fit for a URL and for what devices let one type."""
    return secrets.token_urlsafe(characters)[:characters]
