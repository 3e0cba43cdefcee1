"""Sources as facts: their state, what they owe, and whether the centre sees at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingest.due import label
from ingest.expected import Standing
from ingest.facts import View
from ingest.incidents import Fact, Verdict
from ingest.rule import FeedRule, SystemRule
from ingest.sql import QUERIES


def facts(view: View, rule: FeedRule) -> list[Fact]:
    """Return every source by its own state; one that could not see is not judged."""
    form = view.rules.of(rule.key, view.commune, view.day)
    assert isinstance(form, FeedRule)  # noqa: S101 - a change never changes the form
    return [_state(view, form, row) for row in view.rows(QUERIES["feed_states"])]


def _state(view: View, rule: FeedRule, row: Mapping[str, Any]) -> Fact:
    state = row["state"]
    since: datetime | None = None
    verdict: Verdict
    if state == "paused":
        verdict = "exempt"
    elif row["blind"]:
        verdict = "unseen"
    elif state in rule.when.states:
        verdict = "fires"
        since = {"error": row["error_since"] or row["heartbeat_at"], "stale": row["stale_since"]}.get(state)
    else:
        verdict = "clear" if state == "ok" else "unseen"
    evidence = {"state": state, **({"error": row["error"][:200]} if row["error"] else {})}
    return Fact(view.commune, f"source/{row['name']}", verdict, since, row["title"] or row["name"], evidence=evidence)


def owing(view: View, rule: FeedRule, standings: Mapping[str, Sequence[Standing]]) -> list[Fact]:
    """Return what each source owes, one fact a thing owed, whatever its period."""
    form = view.rules.of(rule.key, view.commune, view.day)
    assert isinstance(form, FeedRule)  # noqa: S101 - a change never changes the form
    titles = {row["name"]: row["title"] or row["name"] for row in view.rows(QUERIES["feed_states"])}
    found: list[Fact] = []
    for source, its in sorted(standings.items()):
        things: defaultdict[str, list[Standing]] = defaultdict(list)
        for standing in its:
            things[thing(source, standing)].append(standing)
        found += [_owed(view, form, subject, titles.get(source, source), s) for subject, s in sorted(things.items())]
    return found


def thing(source: str, standing: Standing) -> str:
    """Return what is owed, whatever its period: it stays the same when others are no longer owed."""
    rule = standing.rule
    return "/".join(["source", source, f"{rule.every}-{rule.day}", *rule.indicators[:3], *rule.units[:1]])


def _owed(view: View, rule: FeedRule, subject: str, title: str, those: Sequence[Standing]) -> Fact:
    wrong = [s for s in those if s.state in rule.when.owing]
    if not wrong:
        return Fact(view.commune, subject, "clear", title=title)
    worst = min(wrong, key=lambda s: s.owed.at)
    since = worst.received_at if worst.state == "abnormal" and worst.received_at else worst.owed.at
    evidence: dict[str, Any] = {
        "state": worst.state, "period": label(worst.rule.every, worst.owed.start), "due": worst.owed.at.isoformat(),
        "owner": worst.rule.owner, "why": list(worst.why),
    }  # fmt: skip
    return Fact(view.commune, subject, "fires", min(since, view.now), title, evidence=evidence)


def sight(view: View, rule: SystemRule) -> list[Fact]:
    """Return one fact: whether the centre sees, and which of its sources do not."""
    blind = view.rows(QUERIES["blind_now"])
    if not blind:
        again = view.rows(QUERIES["sight_since"], {"now": view.now})
        return [Fact(view.commune, "sight", "clear", again[0]["at"])]
    members = tuple(
        {"subject": f"source/{row['source']}", "title": row["source"], "since": row["started_at"].isoformat()}
        for row in blind
    )
    evidence = {"reasons": sorted({row["reason"] for row in blind})}
    since = min(min(row["started_at"] for row in blind), view.now)
    return [Fact(view.commune, "sight", "fires", since, evidence=evidence, members=members)]
