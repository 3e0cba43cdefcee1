"""The table of figures: what was measured, against which baseline of the same run, and what was meant to come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Target:
    """What is wanted of a figure: of its ratio to the baseline, or (where there is none) of the figure itself."""

    sign: Literal["≥", "<"]
    bound: float
    of: Literal["ratio", "measured"] = "ratio"

    def __str__(self) -> str:
        return f"{self.sign} {number(self.bound)}{' ×' if self.of == 'ratio' else ''}"

    def met(self, value: float) -> bool:
        """Tell whether a value is as it should be."""
        return value >= self.bound if self.sign == "≥" else value < self.bound


@dataclass(frozen=True)
class Line:
    """One figure of several rounds."""

    what: str
    unit: str
    measured: Sequence[float]
    baseline: Sequence[float] = ()
    against: str = ""
    target: Target | None = None

    def cells(self) -> tuple[str, ...]:
        """Return its cells as text."""
        mid = median(self.measured)
        ratio = mid / median(self.baseline) if self.baseline and median(self.baseline) else None
        judged = ratio if self.target is None or self.target.of == "ratio" else mid
        verdict = "" if self.target is None or judged is None else "yes" if self.target.met(judged) else "NO"
        return (
            self.what,
            _spread(self.measured),
            self.unit,
            f"{self.against} {_spread(self.baseline)}" if self.baseline else "–",
            "–" if ratio is None else f"{ratio:.2f}",
            str(self.target or "–"),
            verdict,
        )


def number(value: float) -> str:
    """Return a number with three digits that count."""
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return number(values[0])
    return f"{number(median(values))} ({number(min(values))}–{number(max(values))})"


_HEAD = ("what", "measured, median (min–max)", "unit", "baseline of the same run", "ratio", "target", "met")


def table(lines: Sequence[Line]) -> str:
    """Return the table as plain text."""
    rows = [_HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def centile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of all lie at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
