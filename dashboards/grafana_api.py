"""A running Grafana over its HTTP API: the one module that knows the client library and Grafana's paths.

Paths, bodies and statuses are those of Grafana's HTTP API reference (dashboard, folder, data source, alerting
provisioning, service account), the same in Grafana 12.4 and 13. The library is an extra, because the HTTP library that
it brings takes the place of ``urllib3``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import quote, urlsplit

from ingest.errors import ConfigError, IocError
from ingest.sections import Grafana as Settings

Json = dict[str, Any]

REMEDIES = {
    400: "correct what it names; `ioc dashboards check` finds most",
    401: "the token ended or is another Grafana's: make one (Administration > Service accounts), IOC_GRAFANA__TOKEN",
    403: "give the service account the role that it needs: Admin to push, Viewer to compare",
    404: "[grafana] url must be Grafana's own address, with its path where it lies under one",
    409: "something else holds this name or owns it, as a provisioning file: remove one of the two",
    412: "somebody saved it meanwhile: `ioc dashboards diff` shows what, then push again",
    429: "wait a minute, then again",
}
"""What to do, by status."""


class GrafanaFault(IocError):
    """What a Grafana refused or did not answer, and what to do about it; ``status`` is HTTP's, 0 without an answer."""

    def __init__(self, what: str, seen: str, remedy: str, status: int = 0) -> None:
        super().__init__(f"{what}: {seen}\n-> {remedy}")
        self.what = what
        self.seen = seen
        self.remedy = remedy
        self.status = status


class Grafana:
    """One Grafana and one account in it; every method raises :class:`GrafanaFault`.

    Things are read and written as Grafana's JSON has them; what is not there is None.
    """

    def __init__(self, settings: Settings) -> None:
        if not settings.url:
            raise ConfigError('ioc.toml:grafana.url: is missing; write [grafana] url = "https://…"')
        if settings.token is None and (settings.password is None or not settings.user):
            raise ConfigError("environment:IOC_GRAFANA__TOKEN: is missing; or give grafana.user and its password")
        try:
            from grafana_client.api import GrafanaApi
        except ModuleNotFoundError as error:
            install = "pip install 'commune-ioc[grafana]', in a checkout: pip install -e '.[grafana]'"
            raise ConfigError(f"{error.name} is not installed; it is an extra: {install}") from error
        parts = urlsplit(settings.url)
        password = settings.password.get_secret_value() if settings.password else ""
        self.url = settings.url.rstrip("/")
        self._timeout = settings.timeout
        self._api: Any = GrafanaApi(
            settings.token.get_secret_value() if settings.token else (settings.user, password),
            protocol=parts.scheme,
            host=f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname,
            port=parts.port,
            url_path_prefix=f"{parts.path.strip('/')}/".lstrip("/"),
            verify=str(settings.ca) if settings.ca else True,
            timeout=settings.timeout.total_seconds(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._api.client.s.close()

    def version(self) -> str:
        """Return the version of the Grafana that answers, as ``12.4.11``."""
        answer = self._ask("Grafana", self._api.client.GET, "/health")
        if not isinstance(answer, dict) or "database" not in answer:
            raise GrafanaFault("Grafana", f"{self.url} answers, but is no Grafana", REMEDIES[404])
        return str(answer.get("version", "")) or "a version that it does not tell"

    def board(self, uid: str) -> Json | None:
        """Return ``{"dashboard": …, "meta": …}``; a board that Grafana 13 keeps in its newer form comes in this one."""
        return self._maybe(f"board {uid}", self._api.dashboard.get_dashboard, quote(uid))

    def save_board(self, board: Json, folder: str, message: str, *, overwrite: bool) -> None:
        """Save a board; without ``overwrite`` its ``version`` must be the newest one's."""
        body = {"dashboard": board, "folderUid": folder, "message": message, "overwrite": overwrite}
        self._ask(f"board {board['uid']}", self._api.dashboard.update_dashboard, body)

    def last_save(self, uid: str) -> Json:
        """Return the newest version of a board: ``version``, ``createdBy``, ``created``, ``message``."""
        versions = self._api.dashboard_versions.get_dashboard_versions
        answer = self._ask(f"versions of board {uid}", versions, dashboard_uid=quote(uid))
        found = answer.get("versions", []) if isinstance(answer, dict) else answer  # a bare list until 11.5
        return max(found, key=lambda one: int(one["version"]), default={})

    def folder(self, uid: str) -> Json | None:
        """Return a folder: ``uid``, ``title``, ``version``."""
        return self._maybe(f"folder {uid}", self._api.folder.get_folder, quote(uid))

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder at the top."""
        self._ask(f"folder {uid}", self._api.folder.create_folder, title=title, uid=uid)

    def rename_folder(self, uid: str, title: str) -> None:
        """Give a folder another title."""
        self._ask(f"folder {uid}", self._api.folder.update_folder, uid=quote(uid), title=title, overwrite=True)

    def has_plugin(self, plugin: str) -> bool:
        """Tell whether a plugin is installed."""
        return self._maybe(f"plugin {plugin}", self._api.client.GET, f"/plugins/{quote(plugin)}/settings") is not None

    def datasource(self, uid: str) -> Json | None:
        """Return a data source, its secrets as names only (``secureJsonFields``)."""
        return self._maybe(f"datasource {uid}", self._api.datasource.get_datasource_by_uid, quote(uid))

    def make_datasource(self, source: Json) -> None:
        """Make a data source."""
        self._ask(f"datasource {source['uid']}", self._api.datasource.create_datasource, source)

    def change_datasource(self, source: Json) -> None:
        """Put a data source in the place of the one with its uid."""
        uid = source["uid"]
        self._ask(f"datasource {uid}", self._api.datasource.update_datasource_by_uid, quote(uid), source)

    def datasource_health(self, uid: str) -> str:
        """Return what Grafana says when it asks the data source itself; raises where that is not well."""
        what = f"datasource {uid}"
        try:
            answer = self._ask(what, self._api.client.GET, f"/datasources/uid/{quote(uid)}/health")
        except GrafanaFault as fault:
            if "plugin" in fault.seen.lower():
                raise GrafanaFault(what, fault.seen, _PLUGIN, fault.status) from fault
            if fault.status == 404:
                raise GrafanaFault(what, fault.seen, "`ioc dashboards push` makes it", 404) from fault
            if fault.status in (400, 500):
                raise GrafanaFault(what, fault.seen, _SOURCE, fault.status) from fault
            raise
        if answer.get("status") != "OK":
            raise GrafanaFault(what, str(answer.get("message", answer)), _SOURCE, 200)
        return str(answer.get("message", "OK"))

    def rule_group(self, folder: str, group: str) -> Json | None:
        """Return a group of alert rules: ``title``, ``folderUid``, ``interval`` (seconds), ``rules``."""
        asked = self._api.alertingprovisioning.get_rule_group
        return self._maybe(f"rules {group}", asked, quote(folder), quote(group, safe=""))

    def put_rule_group(self, group: Json) -> None:
        """Put a group of alert rules in the place of the one with its title; rules that it lacks are removed."""
        put, title = self._api.alertingprovisioning.update_rule_group, group["title"]
        self._ask(f"rules {title}", put, quote(group["folderUid"]), quote(title, safe=""), group)

    def contact_points(self) -> list[Json]:
        """Return every contact point, its secrets as ``[REDACTED]``."""
        return list(self._ask("contact points", self._api.alertingprovisioning.get_contactpoints))

    def put_contact_point(self, point: Json, *, new: bool) -> None:
        """Make a contact point, or put it in the place of the one with its uid."""
        what, to = f"contact point {point['name']}", self._api.alertingprovisioning
        if new:
            self._ask(what, to.create_contactpoint, point)
        else:
            self._ask(what, to.update_contactpoint, quote(point["uid"]), point)

    def mute_times(self) -> list[Json]:
        """Return the times in which nobody is told."""
        return list(self._ask("mute timings", self._api.alertingprovisioning.get_mute_timings))

    def put_mute_time(self, time: Json, *, new: bool) -> None:
        """Make a mute timing, or put it in the place of the one with its name."""
        what, to = f"mute timing {time['name']}", self._api.alertingprovisioning
        if new:
            self._ask(what, to.create_mute_timing, time)
        else:
            self._ask(what, to.update_mute_timing, quote(time["name"], safe=""), time)

    def policies(self) -> Json:
        """Return the tree of notification policies."""
        return dict(self._ask("notification policies", self._api.alertingprovisioning.get_notification_policy_tree))

    def put_policies(self, tree: Json) -> None:
        """Put a tree of notification policies in the place of the organisation's."""
        self._ask("notification policies", self._api.alertingprovisioning.set_notification_policy_tree, tree)

    def service_account(self, name: str) -> Json | None:
        """Return a service account: ``id``, ``name``, ``role``, ``tokens`` (how many)."""
        found = self._ask(f"service account {name}", self._api.serviceaccount.search_all, query=quote(name))
        return next((one for one in found if one["name"] == name), None)

    def make_service_account(self, name: str, role: str) -> str:
        """Make a service account with one token; returns the token, which Grafana shows once."""
        what, to = f"service account {name}", self._api.serviceaccount
        made = self._ask(what, to.create, {"name": name, "role": role})
        return str(self._ask(what, to.create_token, made["id"], {"name": name})["key"])

    def _maybe(self, what: str, call: Callable[..., Any], *given: Any) -> Json | None:
        try:
            return dict(self._ask(what, call, *given))
        except GrafanaFault as fault:
            if fault.status == 404:
                return None
            raise

    def _ask(self, what: str, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Return the answer of the client library; what it raises, and a page for JSON, is a fault."""
        from grafana_client.client import GrafanaException, GrafanaTimeoutError
        from niquests.exceptions import JSONDecodeError, RequestException, SSLError, Timeout

        try:
            answer = call(*given, **named)
        except (GrafanaTimeoutError, Timeout) as error:
            seen = f"{self.url} did not answer within {self._timeout.total_seconds():g} s"
            raise GrafanaFault(what, seen, "look after its load, or raise grafana.timeout") from error
        except GrafanaException as error:
            status = int(error.status_code)
            remedy = REMEDIES.get(status, "Grafana's own log says why; then again")
            if status == 412 and _said(error.response, "status") == "name-exists":
                remedy = "another board of the folder has this title: rename or remove it"
            seen = _said(error.response, "message") or str(error)
            raise GrafanaFault(what, f"{status} {seen}", remedy, status) from error
        except JSONDecodeError as error:
            raise GrafanaFault(what, f"{self.url} answers no JSON, so it is no Grafana", REMEDIES[404]) from error
        except SSLError as error:
            raise GrafanaFault(what, f"{self.url}: {error}", _TLS) from error
        except RequestException as error:
            tls = "certificate" in str(error).lower() or "ssl" in str(error).lower()
            remedy = _TLS if tls else "start Grafana, or correct [grafana] url"
            why = getattr(error.args[0] if error.args else error, "reason", error)  # without the pool and its retries
            seen = f"{self.url} can't be reached: {str(why).rpartition('>: ')[2]}"
            raise GrafanaFault(what, seen, remedy) from error
        if isinstance(answer, str):
            raise GrafanaFault(what, f"{self.url} answers a page, so it is no Grafana", REMEDIES[404])
        return answer


_PLUGIN = "put the plugin grafana-postgresql-datasource into Grafana's plugins folder, then start Grafana again"
_SOURCE = "correct the data source's address, role or password, then `ioc dashboards push` again"
_TLS = "name the authority that signed Grafana's certificate: [grafana] ca; or mend the certificate"


def _said(response: object, key: str) -> str:
    return str(response.get(key) or "") if isinstance(response, Mapping) else ""
