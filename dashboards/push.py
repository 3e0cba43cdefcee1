"""Boards, data source, alert rules and an account to read with, sent to a running Grafana; twice changes nothing.

Everything is compared first, and only what differs is sent. A board that somebody edited in Grafana since is kept until
it was pulled, or until overwriting is asked for: which saves were ours is told by their message.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from dashboards import drift, wanted
from dashboards.grafana_api import Grafana, GrafanaFault
from dashboards.wanted import Files, Folder, Json, holds
from ingest.errors import ConfigError

MESSAGE = "commune-ioc"
"""The message of our own saves in a board's history."""
ACCOUNT = "commune-ioc"
"""The service account that reads: for `ioc doctor` and `ioc dashboards diff`."""
_PLUGIN = "put it into Grafana's plugins folder (without internet: unpack its .zip there), then start Grafana again"


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one thing; ``token`` is shown once, ``note`` says why something was kept."""

    what: str
    name: str
    done: Literal["created", "changed", "unchanged", "kept"]
    note: str = ""
    token: str = ""

    def __str__(self) -> str:
        return f"{self.done:9} {self.what} {self.name}" + (f": {self.note}" if self.note else "")


@dataclass(frozen=True, slots=True)
class Push:
    """One sending; ``dry_run`` compares and sends nothing, ``overwrite`` replaces what was edited in Grafana."""

    grafana: Grafana
    files: Files
    environment: Mapping[str, str]
    title: str = ""
    dry_run: bool = False
    overwrite: bool = False

    def steps(self) -> Iterator[Step]:
        """Send one thing after the other, each when the next step is asked for.

        Raises :class:`GrafanaFault`, and :class:`ingest.errors.ConfigError` before anything is sent.
        """
        into = wanted.folder(self.files, self.title)
        sources, alerting = self._read(into)
        boards = wanted.boards(self.files)
        self.grafana.version()
        self._plugins({str(source["type"]) for source in sources})
        yield self._folder(into)
        for source in sources:
            yield self._datasource(source)
        points = {point["uid"]: point for point in self.grafana.contact_points()} if alerting.contact_points else {}
        for point in alerting.contact_points:
            new = point["uid"] not in points
            yield self._settled(
                "contact point", point["name"], point, points.get(point["uid"]),
                partial(self.grafana.put_contact_point, point, new=new),
            )  # fmt: skip
        mutes = {time["name"]: time for time in self.grafana.mute_times()} if alerting.mute_times else {}
        for time in alerting.mute_times:
            new = time["name"] not in mutes
            yield self._settled(
                "mute timing", time["name"], time, mutes.get(time["name"]),
                partial(self.grafana.put_mute_time, time, new=new),
            )  # fmt: skip
        if alerting.policies is not None:
            tree = alerting.policies
            put = partial(self.grafana.put_policies, tree)
            yield self._settled("notification", "policies", tree, self.grafana.policies(), put)
        for board in boards.values():
            yield self._board(board, into)
        for group in alerting.groups:
            shown = self.grafana.rule_group(into.uid, group["title"])
            put = partial(self.grafana.put_rule_group, group)
            yield self._settled("alert rules", group["title"], group, shown, put)
        yield self._account()

    def _read(self, into: Folder) -> tuple[list[Json], wanted.Alerting]:
        """Read what has variables in it; raises :class:`ConfigError` naming all that are not set."""
        faults: list[str] = []
        sources, alerting = list[Json](), wanted.Alerting((), (), (), None)
        try:
            sources = wanted.datasources(self.files, self.environment)
        except ConfigError as error:
            faults += error.faults
        try:
            alerting = wanted.alerting(self.files, self.environment, into)
        except ConfigError as error:
            faults += error.faults
        if faults:
            raise ConfigError(*faults)
        return sources, alerting

    def _plugins(self, types: set[str]) -> None:
        for plugin in sorted(types):
            if not self.grafana.has_plugin(plugin):
                raise GrafanaFault(f"plugin {plugin}", "is not installed in this Grafana", _PLUGIN, 404)

    def _settled(self, what: str, name: str, ours: Json, shown: Json | None, put: Callable[[], None]) -> Step:
        if shown is not None and holds(shown, ours):
            return Step(what, name, "unchanged")
        if not self.dry_run:
            put()
        return Step(what, name, "created" if shown is None else "changed")

    def _folder(self, into: Folder) -> Step:
        shown = self.grafana.folder(into.uid)
        put = self.grafana.make_folder if shown is None else self.grafana.rename_folder
        return self._settled("folder", into.title, {"title": into.title}, shown, lambda: put(into.uid, into.title))

    def _datasource(self, source: Json) -> Step:
        """Settle a data source; its password can't be compared, so it is sent again where Grafana can't sign in."""
        uid = str(source["uid"])
        shown = self.grafana.datasource(uid)
        ours = {key: value for key, value in source.items() if key != "secureJsonData"}
        known = shown or {}
        if known.get("readOnly"):
            note = "Grafana reads it from a provisioning file"
            return Step("datasource", source["name"], "unchanged" if holds(shown, ours) else "kept", note)
        secrets = known.get("secureJsonFields") or {}
        stale = any(not secrets.get(name) for name in source.get("secureJsonData", {}))
        if shown is not None and not stale and holds(shown, ours):
            try:
                self.grafana.datasource_health(uid)
                return Step("datasource", source["name"], "unchanged")
            except GrafanaFault as fault:
                if self.dry_run or not source.get("secureJsonData"):
                    return Step("datasource", source["name"], "unchanged", f"not well: {fault.seen}")
        if not self.dry_run:
            put = self.grafana.make_datasource if shown is None else self.grafana.change_datasource
            put(source)
            self.grafana.datasource_health(uid)
        return Step("datasource", source["name"], "created" if shown is None else "changed")

    def _board(self, board: Json, into: Folder) -> Step:
        uid, title = str(board["uid"]), str(board["title"])
        answer = self.grafana.board(uid)
        if answer is None:
            self._save({**board, "id": None}, into)
            return Step("board", title, "created")
        shown, meta = answer["dashboard"], answer.get("meta", {})
        differences = drift.compare(board, shown)
        if not differences and meta.get("folderUid", "") == into.uid:
            return Step("board", title, "unchanged")
        if meta.get("provisioned"):
            return Step("board", title, "kept", "Grafana reads it from a provisioning file: renew that file")
        last = self.grafana.last_save(uid)
        if differences and not self.overwrite and not str(last.get("message", "")).startswith(MESSAGE):
            who = f"{last.get('createdBy') or 'somebody'} edited it in Grafana"
            note = f"{who} (version {last.get('version')}): `ioc dashboards diff`, then pull, or push --overwrite"
            return Step("board", title, "kept", note)
        self._save({**board, "id": shown.get("id"), "version": shown.get("version")}, into)
        return Step("board", title, "changed")

    def _save(self, board: Json, into: Folder) -> None:
        if not self.dry_run:
            self.grafana.save_board(board, into.uid, MESSAGE, overwrite=self.overwrite)

    def _account(self) -> Step:
        if self.grafana.service_account(ACCOUNT) is not None:
            return Step("service account", ACCOUNT, "unchanged")
        token = "" if self.dry_run else self.grafana.make_service_account(ACCOUNT, "Viewer")
        return Step("service account", ACCOUNT, "created", "role Viewer", token)


def shown_boards(grafana: Grafana, uids: Mapping[str, Any]) -> dict[str, Json]:
    """Return the boards of these uids that Grafana has; raises :class:`GrafanaFault`."""
    grafana.version()
    found: dict[str, Json] = {}
    for uid in uids:
        answer = grafana.board(uid)
        if answer is None:
            continue
        if "panels" not in answer["dashboard"]:
            seen = "Grafana gives it in its newer form, without `panels`"
            raise GrafanaFault(f"board {uid}", seen, "`ioc dashboards push --overwrite` puts the file's in its place")
        found[uid] = answer["dashboard"]
    return found
