"""A stand-in for Grafana's HTTP API with a memory, written from its reference; it knows nothing of our boards.

It keeps what it is sent and adds what Grafana adds (ids, versions, provenance, defaults of its editor), asks for the
roles that Grafana asks for, and refuses with Grafana's statuses and messages.
"""

import copy
import re
import threading
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

from tests.peers.grafana_editor import filled_in

Json = dict[str, Any]
POSTGRES = "grafana-postgresql-datasource"
ROLES = ("Viewer", "Editor", "Admin")
PASSWORD = "mật-khẩu"


class Refused(Exception):
    """A status and what Grafana says with it."""

    def __init__(self, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.code = code
        self.body = {"message": message, **more}


_RULE = ("title", "condition", "data", "noDataState", "execErrState", "for", "folderUID", "ruleGroup")
_ROUTES: list[tuple[str, str, str, str]] = []
Action = TypeVar("Action", bound=Callable[..., Any])


def _route(method: str, path: str, least: str) -> Callable[[Action], Action]:
    """Let a method answer a path, to accounts of at least a role."""

    def enter(action: Action) -> Action:
        _ROUTES.append((method, path, least, action.__name__))
        return action

    return enter


class Grafana:
    """What one Grafana holds, and how it behaves; ``sent`` is every change that was asked for, as (method, path).

    ``troubles`` are met by path, until taken away: a status with its message, ``html`` (a proxy's page with status
    200), or ``slow`` (the answer comes after ``slowness`` seconds).
    """

    def __init__(self, version: str = "12.4.11") -> None:
        self.version = version
        self.plugins = {POSTGRES}
        self.tokens = {"glsa_admin": "Admin", "glsa_editor": "Editor", "glsa_viewer": "Viewer"}
        self.folders: dict[str, Json] = {}
        self.sources: dict[str, Json] = {}
        self.passwords: dict[str, str] = {}
        self.boards: dict[str, list[Json]] = {}
        self.board_folder: dict[str, str] = {}
        self.provisioned: set[str] = set()
        self.groups: dict[tuple[str, str], Json] = {}
        self.points: dict[str, Json] = {}
        self.mutes: dict[str, Json] = {}
        self.policies: Json = {"receiver": "grafana-default-email", "group_by": ["grafana_folder", "alertname"]}
        self.accounts: list[Json] = []
        self.health: Json = {"status": "OK", "message": "Database Connection OK"}
        self.troubles: dict[str, tuple[int, str] | str] = {}
        self.slowness = 3.0
        self.sent: list[tuple[str, str]] = []
        self.before_save: Callable[[str], None] = lambda uid: None
        self.url = ""
        self.lock = threading.RLock()

    def board(self, uid: str) -> Json:
        """Return the newest version of a board, as stored."""
        return self.boards[uid][-1]["data"]  # type: ignore[no-any-return]

    def enter(self, uid: str, board: Json) -> None:
        """Have a board, as ours would be after a push."""
        self._store(uid, board, "commune-ioc", "sa-commune-ioc")

    def edit(self, uid: str, change: Callable[[Json], None], *, opened: bool = True) -> None:
        """Let somebody change a board in the browser and save it; ``opened``: with what the editor fills in."""
        board = copy.deepcopy(self.board(uid))
        if opened:
            filled_in(board, self.version)
        change(board)
        self._store(uid, board, "", "admin")

    def _store(self, uid: str, board: Json, message: str, by: str) -> None:
        versions = self.boards.setdefault(uid, [])
        data = {**copy.deepcopy(board), "id": 100 + len(self.boards), "uid": uid, "version": len(versions) + 1}
        if versions:
            data["id"] = versions[0]["data"]["id"]
        created = f"2026-11-20T08:{len(versions):02}:00Z"
        versions.append({"version": len(versions) + 1, "message": message, "createdBy": by, "created": created,
                         "data": data})  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], body: Json, role: str) -> tuple[int, Any]:
        """Answer one question; raises :class:`Refused`."""
        for wanted, pattern, least, action in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and wanted == method:
                if ROLES.index(role) < ROLES.index(least):
                    needed = f"You'll need additional permissions to perform this action (role {least})"
                    raise Refused(403, needed, title="Access denied")
                if method != "GET":
                    self.sent.append((method, path))
                done = getattr(self, action)(*(unquote(part) for part in match.groups()), body=body, query=query)
                return done if isinstance(done, tuple) else (200, done)
        raise Refused(404, "Not found")

    @_route("GET", r"/api/plugins/([^/]+)/settings", "Viewer")
    def plugin(self, plugin: str, **_: Any) -> Json:
        if plugin not in self.plugins:
            raise Refused(404, "Plugin not found, no installed plugin with that id")
        return {"id": plugin, "enabled": True}

    @_route("GET", r"/api/folders/([^/]+)", "Viewer")
    def folder(self, uid: str, **_: Any) -> Json:
        if uid not in self.folders:
            raise Refused(404, "folder not found", status="not-found")
        return self.folders[uid]

    @_route("POST", r"/api/folders", "Editor")
    def make_folder(self, *, body: Json, **_: Any) -> Json:
        if body["uid"] in self.folders:
            raise Refused(412, "the folder has been changed by someone else", status="version-mismatch")
        self.folders[body["uid"]] = {"id": 1, "uid": body["uid"], "title": body["title"], "version": 1}
        return self.folders[body["uid"]]

    @_route("PUT", r"/api/folders/([^/]+)", "Editor")
    def rename_folder(self, uid: str, *, body: Json, **_: Any) -> Json:
        self.folder(uid)["title"] = body["title"]
        return self.folders[uid]

    @_route("GET", r"/api/datasources/uid/([^/]+)", "Admin")
    def source(self, uid: str, **_: Any) -> Json:
        if uid not in self.sources:
            raise Refused(404, "Data source not found")
        return self.sources[uid]

    @_route("POST", r"/api/datasources", "Admin")
    @_route("PUT", r"/api/datasources/uid/([^/]+)", "Admin")
    def put_source(self, uid: str = "", *, body: Json, **_: Any) -> Json:
        if uid:
            self.source(uid)
        elif any(one["name"] == body["name"] for one in self.sources.values()):
            raise Refused(409, "data source with the same name already exists")
        if self.sources.get(body["uid"], {}).get("readOnly"):
            raise Refused(403, "Cannot update read-only data source")
        if body["type"] not in self.plugins:
            raise Refused(404, "Plugin not found, no installed plugin with that id")
        stored = {key: value for key, value in body.items() if key != "secureJsonData"}
        secrets = body.get("secureJsonData", {})
        self.passwords[body["uid"]] = secrets.get("password", "")
        added = {"id": 7, "orgId": 1, "basicAuth": False, "withCredentials": False, "readOnly": False, "version": 1,
                 "secureJsonFields": dict.fromkeys(secrets, True), "accessControl": {}}  # fmt: skip
        self.sources[body["uid"]] = {**stored, **added}
        return {"datasource": self.sources[body["uid"]], "message": "Datasource updated"}

    @_route("GET", r"/api/datasources/uid/([^/]+)/health", "Viewer")
    def source_health(self, uid: str, **_: Any) -> tuple[int, Json]:
        if self.source(uid)["type"] not in self.plugins:
            raise Refused(404, "Plugin not found")
        if self.passwords.get(uid) == "" or self.passwords.get(uid) == PASSWORD:
            return (200 if self.health["status"] == "OK" else 400), self.health
        return 400, {"status": "ERROR", "message": 'password authentication failed for user "grafana"'}

    @_route("GET", r"/api/dashboards/uid/([^/]+)", "Viewer")
    def shown_board(self, uid: str, **_: Any) -> Json:
        if uid not in self.boards:
            raise Refused(404, "Dashboard not found", status="not-found")
        meta = {"folderUid": self.board_folder.get(uid, ""), "version": len(self.boards[uid]),
                "provisioned": uid in self.provisioned}  # fmt: skip
        return {"dashboard": self.board(uid), "meta": meta}

    @_route("POST", r"/api/dashboards/db", "Editor")
    def save_board(self, *, body: Json, **_: Any) -> Json:
        board, uid = body["dashboard"], body["dashboard"]["uid"]
        self.before_save(uid)
        others = {one[-1]["data"]["title"]: other for other, one in self.boards.items() if other != uid}
        if uid in self.provisioned:
            raise Refused(400, "Cannot save provisioned dashboard")
        if body.get("folderUid") and body["folderUid"] not in self.folders:
            raise Refused(400, "folder not found")
        if board["title"] in others:
            raise Refused(412, "A dashboard with the same name in the folder already exists", status="name-exists")
        if uid in self.boards and not body["overwrite"] and board.get("version") != len(self.boards[uid]):
            raise Refused(412, "The dashboard has been changed by someone else", status="version-mismatch")
        self._store(uid, board, body.get("message", ""), "sa-commune-ioc")
        self.board_folder[uid] = body.get("folderUid", "")
        return {"uid": uid, "status": "success", "version": len(self.boards[uid])}

    @_route("GET", r"/api/dashboards/uid/([^/]+)/versions", "Editor")
    def versions(self, uid: str, **_: Any) -> Json:
        self.shown_board(uid)
        told = [{key: value for key, value in one.items() if key != "data"} for one in reversed(self.boards[uid])]
        return {"continueToken": "", "versions": told}

    @_route("GET", r"/api/v1/provisioning/folder/([^/]+)/rule-groups/([^/]+)", "Admin")
    def group(self, folder: str, group: str, **_: Any) -> Json:
        if (folder, group) not in self.groups:
            raise Refused(404, "")
        return self.groups[folder, group]

    @_route("PUT", r"/api/v1/provisioning/folder/([^/]+)/rule-groups/([^/]+)", "Admin")
    def put_group(self, folder: str, group: str, *, body: Json, **_: Any) -> Json:
        if folder not in self.folders:
            raise Refused(400, "folder does not exist")
        if body["interval"] % 10:
            raise Refused(400, "invalid alert rule group: interval must be divisible by 10 seconds")
        whole = copy.deepcopy(body)
        for n, rule in enumerate(whole["rules"]):
            if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", rule["uid"]) and key in rule for key in _RULE):
                raise Refused(400, f"invalid alert rule {rule.get('title')}")
            rule |= {"id": n + 1, "updated": "2026-11-20T08:00:00Z", "provenance": "api", "isPaused": False,
                     "notification_settings": None, "record": None, "for": _duration(rule["for"])}  # fmt: skip
            for query in rule["data"]:
                query["queryType"] = ""
                query["model"] |= {"intervalMs": 1000, "maxDataPoints": 43200}
        self.groups[folder, group] = whole
        return whole

    @_route("GET", r"/api/v1/provisioning/contact-points", "Admin")
    def contact_points(self, **_: Any) -> list[Json]:
        return [_redacted(point) for point in self.points.values()]

    @_route("POST", r"/api/v1/provisioning/contact-points", "Admin")
    @_route("PUT", r"/api/v1/provisioning/contact-points/([^/]+)", "Admin")
    def put_point(self, uid: str = "", *, body: Json, **_: Any) -> tuple[int, Json]:
        if uid and uid not in self.points:
            raise Refused(404, "contact point not found")
        self.points[body["uid"]] = {**body, "provenance": "api"}
        return 202, {"message": "contactpoint updated"}

    @_route("GET", r"/api/v1/provisioning/policies", "Admin")
    def tree(self, **_: Any) -> Json:
        return self.policies

    @_route("PUT", r"/api/v1/provisioning/policies", "Admin")
    def put_policies(self, *, body: Json, **_: Any) -> tuple[int, Json]:
        if body["receiver"] not in {point["name"] for point in self.points.values()}:
            raise Refused(400, f"invalid object specification: receiver '{body['receiver']}' does not exist")
        self.policies = {**body, "provenance": "api"}
        return 202, {"message": "policies updated"}

    @_route("GET", r"/api/v1/provisioning/mute-timings", "Admin")
    def mute_times(self, **_: Any) -> list[Json]:
        return list(self.mutes.values())

    @_route("POST", r"/api/v1/provisioning/mute-timings", "Admin")
    @_route("PUT", r"/api/v1/provisioning/mute-timings/([^/]+)", "Admin")
    def put_mute(self, name: str = "", *, body: Json, **_: Any) -> tuple[int, Json]:
        self.mutes[name or body["name"]] = {**body, "version": "1", "provenance": "api"}
        return 201, body

    @_route("GET", r"/api/serviceaccounts/search", "Admin")
    def found_accounts(self, *, query: dict[str, str], **_: Any) -> Json:
        found = [one for one in self.accounts if query.get("query", "") in one["name"]]
        page = found if query.get("page", "1") == "1" else []
        return {"totalCount": len(found), "serviceAccounts": page, "page": 1, "perPage": 1000}

    @_route("POST", r"/api/serviceaccounts/?", "Admin")
    def make_account(self, *, body: Json, **_: Any) -> tuple[int, Json]:
        account = {"id": len(self.accounts) + 1, "name": body["name"], "role": body["role"], "tokens": 0}
        self.accounts.append(account)
        return 201, account

    @_route("POST", r"/api/serviceaccounts/(\d+)/tokens", "Admin")
    def make_token(self, number: str, *, body: Json, **_: Any) -> Json:
        account = self.accounts[int(number) - 1]
        account["tokens"] += 1
        key = f"glsa_{account['name']}_{account['tokens']}"
        self.tokens[key] = account["role"]
        return {"id": 1, "name": body["name"], "key": key}


def _duration(text: str) -> str:
    """Write a duration as Grafana gives it back: 300s is 5m."""
    seconds = {"s": 1, "m": 60, "h": 3600}[text[-1]] * int(text[:-1])
    return f"{seconds // 60}m" if seconds and seconds % 60 == 0 else f"{seconds}s"


def _redacted(point: Json) -> Json:
    secret = ("password", "authorization_credentials")
    hidden = {key: "[REDACTED]" if key in secret else value for key, value in point["settings"].items()}
    return {**point, "settings": hidden}
