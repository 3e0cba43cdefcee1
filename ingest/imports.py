"""Imports: what a file or a push brought in one piece, and taking the last one back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from psycopg.rows import DictRow, dict_row

from connectors.contract import IocError, Observation
from ingest import figures
from ingest.figures import Figure
from ingest.pipeline import Delivery, Understood
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.stream import notify

FOLDER = "folder"
"""Who brings what lies in a watched folder."""


class CannotUndo(IocError):
    """Another import of the source comes first, or this one is undone already; ``first`` is that which comes first."""

    def __init__(self, reason: str, *, first: int | None = None) -> None:
        super().__init__(reason)
        self.first = first


class CameFirst(IocError):
    """Another import of the source came since the difference was looked at: ``actor``, ``address``, ``at`` (UTC)."""

    def __init__(self, actor: str, address: str, at: datetime) -> None:
        super().__init__(f"{actor} brought {address} at {at.isoformat()}; look at the difference again")
        self.actor, self.address, self.at = actor, address, at


def store(link: Link, batch: Sequence[Understood], its: Sequence[Figure]) -> set[int]:
    """Write the figures of a batch and the imports that they came in; returns the messages that brought something.

    Imports are written one after the other, so of two that bring the same at once the second brings nothing and is
    none. Raises :class:`CameFirst` where a delivery is not the next one that its bringer looked at.
    """
    figures.lock(link)
    stated = Counter(n for n, _, _ in its)
    imports = _begun(link, batch, stated)
    brought = figures.store(link, its, imports)
    for n, id_ in imports.items():
        new, changed = brought.get(n, (0, 0))
        counts = {"id": id_, "new": new, "changed": changed, "same": stated[n] - new - changed}
        link.execute(QUERIES["end_import"], counts)
    for n in {id_: n for n, id_ in imports.items()}.values():
        _settle(link, batch[n], imports[n])
    return set(brought)


def _begun(link: Link, batch: Sequence[Understood], stated: Mapping[int, int]) -> dict[int, int]:
    """Return the import of each message that came in a delivery."""
    begun: dict[int, int] = {}
    known: dict[Delivery, int] = {}
    for n in stated:
        message, delivery, content = batch[n].message, batch[n].delivery, batch[n].content
        if delivery is None and content is not None:
            delivery = Delivery(uuid4(), content, FOLDER)
        if delivery is None:
            continue
        if delivery not in known:
            if delivery.after is not None:
                _still_next(link, message.source, delivery, delivery.after)
            values = (message.source, delivery.key, message.address, delivery.digest, delivery.actor,
                      message.received_at)  # fmt: skip
            row = link.execute(QUERIES["begin_import"], values).fetchone()
            assert row is not None  # noqa: S101 - `returning` returns
            known[delivery] = row[0]
        begun[n] = known[delivery]
    return begun


def _still_next(link: Link, source: str, delivery: Delivery, after: int) -> None:
    said = {"source": source, "key": delivery.key, "digest": delivery.digest, "after": after}
    first = link.execute(QUERIES["came_first"], said).fetchone()
    if first is not None:
        raise CameFirst(*first)


def _settle(link: Link, understood: Understood, id_: int) -> None:
    """Forget what brought nothing again; what lies in the source's folder too is not taken a second time."""
    link.execute(QUERIES["forget_import"], {"id": id_})
    if understood.delivery is not None:
        message = understood.message
        link.execute(QUERIES["take_content"], (message.source, understood.delivery.digest, message.address))


def last(link: Link, source: str) -> int | None:
    """Return the last import of a source that is not undone."""
    row = link.execute(
        "select id from import where source = %s and undone_at is null order by id desc limit 1", (source,)
    ).fetchone()
    return row[0] if row else None


def undo(link: Link, id_: int, *, by: str) -> DictRow:
    """Take an import back: what was said before is the latest again; returns its row.

    Raises ``KeyError`` where there is none of this id, :class:`CannotUndo` where it is not the last one of its source.
    """
    figures.lock(link)
    row = _row(link, id_)
    if row["undone_at"] is not None:
        raise CannotUndo(f"import {id_} was undone by {row['undone_by']} at {row['undone_at'].isoformat()}")
    first = last(link, row["source"])
    if first != id_:
        reason = f"import {first} of {row['source']} came after {id_}; undo it first"
        raise CannotUndo(reason, first=first)
    said: dict[str, Any] = {"id": id_, "by": by}
    link.execute("update import set undone_at = now(), undone_by = %(by)s where id = %(id)s", said)
    link.execute(QUERIES["undo_figures"], said)
    link.execute(QUERIES["restore_figures"], said)
    link.execute("update taken set undone_at = now() where source = %s and digest = %s", (row["source"], row["digest"]))
    notify(link, (), (), {row["source"]})
    return _row(link, id_)


def _row(link: Link, id_: int) -> DictRow:
    with link.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select id, source, address, digest, actor, at, new, changed, same, undone_at, undone_by"
            " from import where id = %s",
            (id_,),
        ).fetchone()
    if row is None:
        raise KeyError(id_)
    return row


def parts(batch: Iterable[Understood]) -> list[Figure]:
    """Return the figures of messages, each with its message and the message's place."""
    return [(n, u.message, r) for n, u in enumerate(batch) for r in u.records if isinstance(r, Observation)]
