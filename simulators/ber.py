"""SNMPv2c on the wire, as much of it as an agent that is read needs: BER (X.690) in definite lengths, RFC 3416.

Values are pairs of tag and content; object identifiers are tuples.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
COUNTER32, GAUGE32, TICKS, COUNTER64 = 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, END_OF_MIB = 0x80, 0x82
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5

Name = tuple[int, ...]
Value = tuple[int, int | str | bytes | None]
Binding = tuple[Name, Value]

_V2C = 1


class Asked(NamedTuple):
    """A request; the last two numbers are non-repeaters and max-repetitions of a GETBULK."""

    community: bytes
    kind: int
    request: int
    plain: int
    repeated: int
    names: tuple[Name, ...]


def read(datagram: bytes) -> Asked:
    """Read a request; raises ``ValueError`` for everything that is none."""
    try:
        version, community, pdu = _parts(_content(datagram, SEQUENCE))
        kind = pdu[0]
        request, plain, repeated, bindings = _parts(_content(pdu, kind))
        if _integer(version) != _V2C or kind not in (GET, GET_NEXT, GET_BULK):
            raise ValueError("not SNMPv2c, or nothing that is read")
        listed = [_content(binding, SEQUENCE) for binding in _parts(_content(bindings, SEQUENCE))]
        names = tuple(_name(_content(binding, OID)) for binding in listed)
        numbers = (_integer(request), _integer(plain), _integer(repeated))
        return Asked(_content(community, OCTETS), kind, *numbers, names)
    except IndexError as error:
        raise ValueError("cut short") from error


def response(asked: Asked, bindings: Sequence[Binding]) -> bytes:
    """Return the answer to a request."""
    listed = b"".join(_tlv(SEQUENCE, _tlv(OID, _arcs(name)) + _value(*value)) for name, value in bindings)
    head = _value(INTEGER, asked.request) + _value(INTEGER, 0) + _value(INTEGER, 0)
    pdu = _tlv(RESPONSE, head + _tlv(SEQUENCE, listed))
    return _tlv(SEQUENCE, _value(INTEGER, _V2C) + _tlv(OCTETS, asked.community) + pdu)


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def _value(tag: int, value: int | str | bytes | None) -> bytes:
    if value is None:
        return bytes((tag, 0))
    if isinstance(value, int):
        # One bit more than the number has: a leading 1 would be a sign.
        return _tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    return _tlv(tag, value.encode() if isinstance(value, str) else value)


def _arcs(name: Name) -> bytes:
    arcs = bytearray()
    for arc in (name[0] * 40 + name[1], *name[2:]):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        arcs += bytes(reversed(septets))
    return bytes(arcs)


def _split(data: bytes) -> tuple[int, int]:
    """Return where the first element's content begins and ends."""
    length, begin = data[1], 2
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(data[2:begin], "big")
    if begin + length > len(data):
        raise ValueError("cut short")
    return begin, begin + length


def _content(data: bytes, tag: int) -> bytes:
    if data[0] != tag:
        raise ValueError(f"tag {data[0]:#x} where {tag:#x} is expected")
    begin, end = _split(data)
    return data[begin:end]


def _parts(content: bytes) -> Iterator[bytes]:
    while content:
        _, end = _split(content)
        yield content[:end]
        content = content[end:]


def _integer(data: bytes) -> int:
    return int.from_bytes(_content(data, INTEGER), "big", signed=True)


def _name(content: bytes) -> Name:
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])
