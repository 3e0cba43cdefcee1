"""The values of sheets, read by pandas and calamine in a process that ends with it: they are larger than all the rest.

So what reads a workbook a week stays small, and a file that brings the reader down takes nobody along.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from io import BytesIO

Values = Sequence[Sequence[object]]


class Unreadable(Exception):
    """The reader can't make sheets of the file."""


def values_of(body: bytes, names: Sequence[str]) -> Mapping[str, Values]:
    """Return the cells of each sheet of a workbook, line by line; raises :class:`Unreadable` in the reader's words.

    It is read in this process where pandas is loaded already.
    """
    if "pandas" in sys.modules:
        return read(body, names)
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", __name__], input=pickle.dumps((body, names)), capture_output=True, check=False
    )
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise Unreadable(f"its reader ended with {done.returncode}: {last}"[:200])
    said: Mapping[str, Values] | str = pickle.loads(done.stdout)  # noqa: S301 - our own child's
    if isinstance(said, str):
        raise Unreadable(said)
    return said


def read(body: bytes, names: Sequence[str]) -> Mapping[str, Values]:
    """Do what :func:`values_of` does, in this process."""
    import pandas as pd  # type: ignore[import-untyped,unused-ignore]  # pandas-stubs may be there or not
    from python_calamine import CalamineError

    try:
        frames = pd.read_excel(
            BytesIO(body), engine="calamine", sheet_name=list(names), header=None, dtype=object, na_filter=False
        )
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise Unreadable(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a Rust library dies, below BaseException, unimportable
            raise
        raise Unreadable(str(error)) from error
    return {
        str(name): [[_plain(value) for value in line] for line in frame.to_numpy().tolist()]
        for name, frame in frames.items()
    }


def _plain(value: object) -> object:
    """Return a cell without types of pandas, which turns a day into its midnight."""
    if not isinstance(value, datetime):
        return value
    return value.date() if value.time() == time() else datetime.combine(value.date(), value.timetz())


if __name__ == "__main__":
    try:
        answer: object = read(*pickle.load(sys.stdin.buffer))  # noqa: S301 - our own parent's
    except Unreadable as unreadable:
        answer = str(unreadable)
    sys.stdout.buffer.write(pickle.dumps(answer))
