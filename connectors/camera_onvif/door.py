"""The door: no password, and no number that names one single piece, comes in with a camera's answers."""

import re

_SERIAL = re.compile(rb"(SerialNumber(?:\s[^<>]{0,200})?>)[^<]*")
_SIGNED = re.compile(rb"(://)[^\s<>\"\\]{0,256}@")
_SECRET = re.compile(
    rb"(?i)((?:user(?:name)?|usr|pass(?:w(?:or)?d)?|pwd|psw|pw|token|auth|key)=)"
    rb"(?!\*)[^&<>\s\"\\/?;]{1,256}?(?=_(?:pass|channel|stream)|[&<>\s\"\\/?;]|$)"
)
"""``user=``, ``password=`` and their like in a stream's address; some makers join them by an underline."""


def cleansed(body: bytes) -> bytes:
    """Return the body without credentials in addresses and without serial numbers; of a broken body, too."""
    return _SECRET.sub(rb"\1*", _SIGNED.sub(rb"\1", _SERIAL.sub(rb"\1", body)))
