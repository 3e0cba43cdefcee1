"""Templates of messages: JSON whose texts name fields, as ``{text}``, and nothing but fields."""

import string
from collections.abc import Iterator, Mapping
from typing import Any

FIELDS = ("key", "receiver", "severity", "severity_vi", "count", "title", "text", "link", "secret")
"""What a template may name."""


def texts(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a template with its place; keys are not filled in."""
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, Mapping):
        for key, inner in node.items():
            yield from texts(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(node, list | tuple):
        for n, inner in enumerate(node):
            yield from texts(inner, f"{place}.{n}")


def names(place: str, text: str) -> Iterator[str]:
    """Yield what a text names; raises ``ValueError`` with the place where its braces are not in order."""
    try:
        for _literal, name, form, conversion in string.Formatter().parse(text):
            if name is not None:
                yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
    except ValueError as error:
        raise ValueError(f"{place}: {error}; a brace of one's own is written twice, as {{{{") from error


def filled(node: Any, values: Mapping[str, str]) -> Any:
    """Return a template with its fields filled in, each as the text that it is: nothing in it is looked at again."""
    if isinstance(node, str):
        return node.format_map(values)
    if isinstance(node, Mapping):
        return {key: filled(inner, values) for key, inner in node.items()}
    return [filled(inner, values) for inner in node] if isinstance(node, list | tuple) else node


def header(value: str) -> str:
    """Return a value that fits on one line of ASCII; what does not is left out."""
    return "".join(c for c in value if " " <= c <= "~")
