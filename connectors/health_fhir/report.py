"""One MeasureReport: its groups, their populations and scores, and the strata below them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from connectors.contract import Bound, Observation, Quality, Undecodable
from connectors.health_fhir.period import period_of
from connectors.health_figures import Meaning, Unmapped
from connectors.json_fields import Json, Share
from connectors.office_figures import Subject
from connectors.spelling import code as spelled

_COMMUNE = re.compile(r"\d{5}")
_DIMENSION = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BOUNDS: Mapping[str, Bound] = {"": "exact", ">": "gt", ">=": "gt", "<": "lt", "<=": "lt"}
_POPULATIONS = frozenset(
    {"numerator", "numerator-exclusion", "denominator", "denominator-exclusion", "denominator-exception",
     "initial-population", "measure-population", "measure-population-exclusion", "measure-observation"}
)  # fmt: skip
_MOST_SCORE = Decimal(10) ** 12


class Group(Meaning):
    """What a group of a measure is to us."""

    score: Literal["", "percent", "fraction", "count"] = ""
    """What ``measureScore`` is without a unit: 98.2 (``percent``), 0.982 (``fraction``), or a number of things."""
    count: str = "initial-population"
    """Code of the population that is the figure, where there is no denominator."""


class Meanings(Protocol):
    """What the operator wrote about the codes of the other side."""

    @property
    def groups(self) -> Mapping[str, Group]:
        """Group code, ``measure#code``, or measure → what it is."""

    @property
    def facilities(self) -> Mapping[str, str]:
        """Reference of an organisation or place → code of the unit."""

    @property
    def stratifiers(self) -> Mapping[str, str]:
        """Stratifier code → name of a dimension."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Groups that are not wanted."""


@dataclass(frozen=True, slots=True)
class Report:
    """A summary report that is complete."""

    said: Json
    unit: str
    measure: str

    @classmethod
    def read(cls, said: Json, meanings: Meanings) -> "Report | None":
        """Return a report; ``None`` for one that is still being computed.

        Raises :class:`Undecodable` for one of persons, :class:`Unmapped` where its place is unknown.
        """
        kind, status = said.at("type"), said.at("status").text()
        if kind.value != "summary":
            raise kind.fault(
                f"{kind.value!r:.40} is a report of persons or of nothing we know: only 'summary' is taken"
            )
        if status == "error":
            raise said.at("status").fault("its calculation failed; it is sent again when it is corrected")
        if status == "pending":
            return None
        if status != "complete":
            raise said.at("status").expected("complete, pending or error")
        return cls(said, _unit(said, meanings), said.at("measure").text(200).partition("|")[0].rpartition("/")[2])

    def figures(self, meanings: Meanings, latest: date, unmapped: dict[str, str]) -> Iterator[Observation]:
        """Give the figures of all groups and strata; unknown codes go into ``unmapped``, by reason."""
        for group in self.said.at("group").rows():
            code = _concept(group.at("code"))
            known = meanings.groups
            its = (
                known.get(f"{self.measure}#{code}")
                or known.get(code)
                or (known.get(self.measure) if not code else None)
            )
            if its is None:
                name = code or self.measure
                if not {name, "*"} & set(meanings.ignored):
                    remedy = f'write what it is in [sources.….groups."{name}"], or put it in `ignored`'
                    unmapped.setdefault(f"group {name!r:.80} of measure {self.measure!r:.80}: {remedy}", group.place)
                continue
            period = period_of(self.said.at("period"), latest, cumulative=its.cumulative)
            subject = Subject(self.unit, period, its.scope, its.dims, its.level)
            if (figure := _figure(group, its, subject)) is not None:
                yield figure
            yield from _strata(group, its, subject, meanings, unmapped)


def _strata(
    group: Json, its: Group, subject: Subject, meanings: Meanings, unmapped: dict[str, str]
) -> Iterator[Observation]:
    for stratifier in _rows(group.at("stratifier")):
        name = _concept(stratifier.at("code"))
        for stratum in _rows(stratifier.at("stratum")):
            parts = [(_concept(part.at("code")), part.at("value")) for part in _rows(stratum.at("component"))]
            dims = dict(its.dims)
            for code, value in parts or [(name, stratum.at("value"))]:
                dimension = meanings.stratifiers.get(code) or spelled(code)
                if not _DIMENSION.fullmatch(dimension) or dimension in dims:
                    unmapped.setdefault(
                        f"stratifier {code!r:.80}: name its dimension in `stratifiers`", stratifier.place
                    )
                    break
                if not (label := _concept(value)):
                    raise value.expected("the code or text of the stratum")
                dims[dimension] = label
            else:
                if (figure := _figure(stratum, its, replace(subject, dims=dims))) is not None:
                    yield figure


def _figure(said: Json, its: Group, subject: Subject) -> Observation | None:
    """Return the figure of a group or stratum; ``None`` where it has neither populations nor a score."""
    counts: dict[str, Decimal] = {}
    for population in _rows(said.at("population")):
        code, count = _concept(population.at("code")), population.at("count").count()
        if count is None:
            continue
        if code in counts:
            raise population.fault(f"a second count of {code!r:.60}")
        if code not in _POPULATIONS and code != its.count:
            raise population.at("code").expected(f"a population as {its.count}, numerator or denominator,")
        counts[code] = count
    score = said.at("measureScore")
    if "denominator" in counts and "numerator" in counts:
        numerator = counts["numerator"] - counts.get("numerator-exclusion", 0)
        left_out = counts.get("denominator-exclusion", 0) + counts.get("denominator-exception", 0)
        denominator = counts["denominator"] - left_out
        if min(numerator, denominator) < 0:
            raise said.at("population").fault("more is excluded than there is")
        stated = _score(score, its, numerator * 100 / denominator if denominator else None)
        rate = subject.rate(its.indicator, numerator, denominator, stated)
        return rate or replace(subject.figure(its.indicator, None), numerator=numerator, denominator=denominator)
    if its.count in counts and its.score in ("", "count"):
        return subject.figure(its.indicator, counts[its.count])
    stated = _score(score, its)
    if stated is not None and its.score == "count":
        quality: Quality = "lower_bound" if stated.bound == "gt" else ""
        return replace(subject.figure(its.indicator, stated.value), bound=stated.bound, quality=quality)
    if stated is not None:
        return subject.rate(its.indicator, None, None, stated)
    if counts:
        raise said.at("population").fault(
            f"no numerator with denominator, and no {its.count!r}: set the group's `count`"
        )
    return None


def _score(score: Json, its: Group, computed: Decimal | None = None) -> Share | None:
    """Read ``measureScore``, a percentage unless it is a count.

    One without a unit that may be 0.9 or 0.9 % is what the group's settings say, else what is nearer to the
    ``computed`` percentage; raises where nothing tells.
    """
    value = score.at("value").number(Decimal(0), _MOST_SCORE)
    if value is None:
        return None
    comparator = score.at("comparator")
    bound = _BOUNDS.get(comparator.text())
    if bound is None:
        raise comparator.expected("one of < <= >= >")
    kind: str = its.score
    if score.at("unit").text() == "%" or score.at("code").text() == "%" or value > 1 or not value:
        kind = its.score if its.score == "count" else "percent"
    elif not kind and computed is not None:
        kind = "fraction" if abs(value * 100 - computed) < abs(value - computed) else "percent"
    if not kind:
        remedy = 'set the group\'s `score` = "fraction" or "percent"'
        raise score.at("value").fault(f"{value} may be a fraction or a percentage: {remedy}")
    return Share(value * 100 if kind == "fraction" else value, bound)


def _unit(said: Json, meanings: Meanings) -> str:
    """Return the unit that a report is about: its subject where that is a place, else its reporter."""
    names = []
    for who in (said.at("subject"), said.at("reporter")):
        reference, identifier = who.at("reference").text(200), who.at("identifier.value").text()
        names += ["/".join(reference.rsplit("/", 2)[-2:])] * bool(reference) + [identifier] * bool(identifier)
    for name in names:
        bare = name.rpartition("/")[2]
        if unit := meanings.facilities.get(name) or meanings.facilities.get(bare):
            return unit
        if _COMMUNE.fullmatch(bare):
            return bare
    if not names:
        raise Undecodable("names neither subject nor reporter", place=said.at("reporter").place)
    raise Unmapped(
        said.at("reporter"),
        f'{" / ".join(names):.120}: write `"{names[0]:.60}" = "<code of the unit>"` in `facilities`',
    )


def _concept(said: Json) -> str:
    """Return the code of a CodeableConcept, or of a list of them, else its text; empty where there is none."""
    if type(said.value) is list:
        return next(filter(None, map(_concept, said.rows())), "")
    coding = said.at("coding")
    codes = (one.at("code").text() for one in _rows(coding))
    return next(filter(None, codes), "") or said.at("text").text()


def _rows(said: Json) -> Iterator[Json]:
    return iter(()) if said.absent else said.rows()
