"""One number as its TOML table says it, and how a value of it is judged."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Unit = Literal[
    "camera", "case", "cooperative", "criterion", "day", "device", "document", "dossier", "figure", "hectare", "head",
    "household", "hour", "incident", "mention", "message", "million_vnd_per_person_year", "millisecond", "minute",
    "percent", "percentage_point", "person", "point", "product", "report", "second", "service", "signature", "speaker",
    "speaker_cluster", "state", "team", "times", "tonne", "visit", "vnd",
]  # fmt: skip
Grain = Literal["1 minute", "1 hour", "1 day", "1 month", "3 months", "1 year"]
Level = Literal["", "warning", "critical"]

STEPS: Mapping[Grain, timedelta] = {
    "1 minute": timedelta(minutes=1), "1 hour": timedelta(hours=1), "1 day": timedelta(days=1),
}  # fmt: skip
"""Grains whose buckets are made of events and states; the coarser ones are periods of offices' figures."""

_NAME = r"^[a-z0-9_]*$"


class Indicator(BaseModel):
    """One shown number; ``warn`` and ``alarm`` are crossed downwards where higher is better, else upwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    key: str
    """File and table, joined by an underscore."""
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    unit: Unit
    grain: Grain
    better: Literal["higher", "lower", "none"]
    owner: str = Field(min_length=1)
    """Who answers for it."""
    help: str = Field(min_length=1)
    help_en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    """Where the formula or threshold comes from."""
    source_en: str = Field(min_length=1)
    feed: str = ""
    """The feed whose age is the number's age."""
    of: str = ""
    """Key of the number that this one is a part of."""
    amount: str = ""
    """Key of the absolute figure behind a percentage."""
    labels: str | Mapping[str, str] = Field(default_factory=dict)
    """Vietnamese name of each label that rows may bear; or the name of a table of ``labels.toml``."""
    states: tuple[str, ...] = ()
    """Where the value is a state: its words, the first for 0."""
    target: float | None = None
    target_of: str = ""
    """Key of the number that is the target where that has a value; else ``target`` is. Of which row: :func:`judged`."""
    warn: float | None = None
    alarm: float | None = None
    alarm_of: str = ""
    """Key of the number that is the alarm's bound, and that itself is still allowed."""

    figure: str = Field(default="", pattern=_NAME)
    """The figure of offices (``observation.indicator``) that is shown as it came."""
    figures: Mapping[str, str] = Field(default_factory=dict)
    """Several figures, each a line of its own: label → figure."""
    period: tuple[str, ...] = ()
    """Kinds of period of the figure that count (``day``, ``month``, …); none: all, of two of one end the shorter."""
    cumulative: bool = False
    """Whether the figure runs from 1 January; cumulative and single periods are never mixed."""
    scope: str = Field(default="", pattern=_NAME)
    """Scope of the figure; ``target``: what offices state as their target."""
    label: str | tuple[str, ...] = ()
    """The dimensions by which the figure is split, all of them; none: the figure without dimensions."""
    share: bool = False
    """Show 100 · numerator / denominator of the figure, not the value that came with them."""
    per: str = Field(default="", pattern=_NAME)
    """Show the percentage of this other figure of the same period."""
    minus: str = Field(default="", pattern=_NAME)
    """Show the difference to this other figure of the same period."""

    shape: str = Field(default="", pattern=_NAME)
    """The file of ``shapes`` whose SQL it is, with the words of ``with``."""
    words: Mapping[str, str] = Field(default_factory=dict, alias="with")
    weights: str | Mapping[str, float] = Field(default_factory=dict)
    """Key → greatest points: a score of numbers, each worth its points times value / target, at most all of them; or
    the name of a table of ``scores.toml``."""
    shows: Literal["points", "score", "gap", "target", "coverage"] = "score"
    """Of a score: each part's points, value − target or target; all in percent; the share of points that is known."""
    sql: str = ""
    sql_now: str = ""
    slots: str = ""
    """What five minutes of ``units`` give of reports in [start, stop), both whole: rows (unit, at, label, samples).
    They are kept until the hour is; ``hours`` reads them as ``{slots}``."""
    hours: str = ""
    """What an hour of ``units`` gives of reports in [start, stop), both whole hours: rows (unit, at, label, value, n,
    samples). They are kept, and ``sql`` reads them from ``indicator.{key}_hours(start, stop, units)``."""
    days: str = ""
    """What the hours of a day, or of up to seven by the last of these, give for local days in [start, stop): rows
    (unit, at, label, value), kept too, to be read from ``indicator.{key}_days(start, stop, units)``."""
    percentile: float = Field(default=0, ge=0, lt=1)
    """Where ``days`` is this share's percentile (``percentile_disc``) of the samples of seven days, each of five
    minutes, from twenty samples on: the greatest are kept for the day that runs, whose rows (unit, label, value)
    ``indicator.{key}_running(units)`` gives."""

    @model_validator(mode="after")
    def _one_definition(self) -> "Indicator":
        ways = [bool(way) for way in (self.figure, self.figures, self.shape, self.weights, self.sql or self.sql_now)]
        if sum(ways) != 1 or bool(self.sql) != bool(self.sql_now):
            raise ValueError("either `figure`, `figures`, `shape`, `weights`, or both `sql` and `sql_now`")
        if (self.hours and not self.sql) or (self.days and not self.hours):
            raise ValueError("`sql` reads `hours`, or `days` that read `hours`: give all")
        if bool(self.slots) != ("{slots}" in self.hours):
            raise ValueError("`hours` reads `slots` as {slots}: give both")
        if self.percentile and not self.days:
            raise ValueError("`percentile` says what `days` are: give these too")
        if sum(map(bool, (self.share, self.per, self.minus))) > 1:
            raise ValueError("one of `share`, `per`, `minus`")
        if self.figures and self.dimensions:
            raise ValueError("`figures` are labelled by themselves: leave `label` out")
        return self

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions that a figure is split by."""
        return (self.label,) if isinstance(self.label, str) else self.label

    @property
    def parts(self) -> Mapping[str, float]:
        """Return the parts of a score with their points."""
        return {} if isinstance(self.weights, str) else self.weights

    def level(self, value: float | Decimal | None, alarm: Decimal | None = None) -> Level:
        """Judge a value against the thresholds, and against the bound that ``alarm_of`` gave."""
        if value is None:
            return ""
        if alarm is not None and ((value < alarm) if self.better == "higher" else (value > alarm)):
            return "critical"
        bounds: tuple[tuple[Level, float | None], ...] = (("critical", self.alarm), ("warning", self.warn))
        for name, bound in bounds:
            if bound is not None and ((value < bound) if self.better == "higher" else (value >= bound)):
                return name
        return ""
