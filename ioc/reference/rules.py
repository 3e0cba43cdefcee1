"""Every alarm rule: what it watches, for how long, how loudly, who is told, and where its threshold comes from."""

import json
from datetime import timedelta

from ingest.conditions import Escalation
from ingest.rule import Rule
from ingest.rules import load
from ioc.reference.markdown import code


def page() -> str:
    """Return the page, in the order of the files of `ingest/rules`."""
    rules = list(load())
    head = (
        "# Alarm rules\n\n"
        f"{len(rules)} rules in `ingest/rules/*.toml`. A commune changes one from a day on: `[[rules.KEY]]` of "
        "`ioc.toml` with `unit`, `valid_from` and any key but titles, help and source; or an admin does on the screen "
        "(*Quản trị → Ngưỡng*, `PUT /api/v1/rules/KEY`): on or off, severity, times, owner, escalation and the figures "
        "of its condition. The screen's word for a commune goes before the file's for it, that before the file's for "
        "all, that before what is shipped; what it leaves out is as the file says. It is taken without a restart, from "
        "its day on, and judges nothing that was before.\n\n"
    )
    return head + "\n".join(_told(rule) for rule in rules)


def _told(rule: Rule) -> str:
    times = [f"severity {rule.severity}"]
    times += [f"{step.severity} {_when(step)}" for step in rule.escalate]
    facts = [f"of a {rule.subject}", ", ".join(times), f"for {rule.owner}"]
    if rule.for_:
        facts.append(f"announced after {_length(rule.for_)}")
    if rule.clear_for:
        facts.append(f"over after {_length(rule.clear_for)} of wellness")
    if rule.closes == "person":
        facts.append("ended by a person")
    lines = [f"### `{rule.key}`", "", f"**{rule.title_vi}** · {rule.title_en}", "", " · ".join(facts)]
    lines += ["", rule.help, "", rule.help_en]
    when = rule.model_dump(mode="json", exclude_unset=True).get("when")
    if when:
        lines += ["", "When: " + code(json.dumps(when, ensure_ascii=False))]
    return "\n".join([*lines, "", f"Source: {rule.source} · {rule.source_en}", ""])


def _length(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"


def _when(step: Escalation) -> str:
    """Return when a rule grows severer, as ``after 30 min`` or ``at 12 and more``."""
    if step.after is not None:
        return f"after {_length(step.after)}"
    said = ((step.above, "above {:g}"), (step.at_least, "at {:g} and more"), (step.below, "below {:g}"))
    return next(words.format(bound) for bound, words in said if bound is not None)
