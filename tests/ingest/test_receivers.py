"""Receivers of the configuration: each mistake with its place, and no secret in the file."""

from pathlib import Path

import pytest

from ingest.channel import Http, Telegram, Webhook
from ingest.config import Settings, load
from ingest.errors import ConfigError
from ingest.zalo_oa import ZaloOa

HOOK = '[[receivers]]\nname = "hook"\nkind = "webhook"\nurl = "https://x.example.vn/ioc"\n'
MAIL = (
    '[[receivers]]\nname = "mail"\nkind = "email"\nhost = "smtp.example.vn"\nsender = "ioc@xa.example.vn"\n'
    'to = ["truc.ban@xa.example.vn"]\n'
)
FORM = '[[receivers]]\nname = "form"\nkind = "http"\nurl = "https://x.example.vn/ioc"\n'
SECRETS = {"IOC_RECEIVERS__HOOK__SECRET": "k" * 24}
MISTAKES = {
    '[[receivers]]\nname = "a"': [
        'receivers.a: has no kind; write kind = "…", one of email, webhook, telegram, zalo_oa, http'
    ],
    '[[receivers]]\nname = "a"\nkind = "mail"': ["receivers.a.kind: there is no kind 'mail'; did you mean 'email'?"],
    '[receivers.a]\nkind = "email"': ["receivers: a list of tables is expected: [[receivers]]"],
    HOOK: [],
    HOOK + HOOK: ["receivers.hook: another receiver has this name; rename one"],
    MAIL + 'securty = "tls"': ["receivers.mail.securty: unknown key; did you mean 'security'?"],
    MAIL + 'quiet = ["22:00-25:00"]': [
        "receivers.mail.quiet.0: hours are expected as in '22:00-06:00' (is '22:00-25:00')"
    ],
    MAIL + 'quiet = ["00:00-12:00", "12:00-00:00"]': [
        "receivers.mail.quiet: quiet all day would be silence; leave an hour"
    ],
    MAIL + 'quiet = ["08:00-08:00"]': [
        "receivers.mail.quiet.0: it ends as it begins; quiet all day would be silence (is '08:00-08:00')"
    ],
    MAIL + 'units = ["99999"]': [
        "receivers.mail.units: 99999 is no commune of today; see sql/units.csv or /api/v1/units"
    ],
    MAIL + 'actors = ["polic"]': [
        "receivers.mail.actors.0: Input should be 'chairman', 'vice_chairman', 'police_on_duty', 'one_stop_officer',"
        " 'clerk', 'accountant', 'health_station', 'culture_officer', 'technician' or 'village_head' (is 'polic')"
    ],
    MAIL + 'escalation = [{ after = "15m", to = ["hok"] }]\n' + HOOK: [
        "receivers.mail.escalation.0.to: there is no receiver 'hok'; did you mean 'hook'?"
    ],
    MAIL + 'escalation = [{ after = "15m", to = ["mail"] }]': [
        "receivers.mail.escalation.0.to: names the receiver itself"
    ],
    MAIL + 'group = "2h"': ["receivers.mail.group: Input should be less than or equal to 1 hour"],
    MAIL.replace("to = [", "to = [\"a@b.vn\", ").replace("truc.ban@", "truc ban@"): [
        "receivers.mail.to.1: an address is expected, as truc.ban@xa.example.vn (is 'truc ban@xa.example.vn')"
    ],
    MAIL + 'username = "ioc"': [
        "receivers.mail: `username` goes with a password: IOC_RECEIVERS__<NAME>__PASSWORD"
    ],
    HOOK.replace("https://", "https://u:p@"): [
        "receivers.hook.url: holds a user; put what is secret into a header, as {secret}"
    ],
    FORM + 'body = { text = "{titel}" }': [
        "receivers.form: body.text: there is no field {titel}; there are key, receiver, severity, severity_vi, count,"
        " title, text, link, secret"
    ],
    FORM + 'body = { text = "{text.__class__}" }': [
        "receivers.form: body.text: there is no field {text.__class__}; there are key, receiver, severity, severity_vi,"
        " count, title, text, link, secret"
    ],
    FORM + 'body = { text = "{" }': [
        "receivers.form: body.text: Single '{' encountered in format string; a brace of one's own is written twice,"
        " as {{"
    ],
    FORM + 'body = "{text}"\nheaders = { Authorization = "Bearer {secret}" }': [
        "receivers.form: {secret} comes from the environment: IOC_RECEIVERS__<NAME>__SECRET"
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(text)
    expected = [f"{file}:{fault}" for fault in MISTAKES[text]]
    if not expected:
        load(file, SECRETS)
        return
    with pytest.raises(ConfigError) as caught:
        load(file, SECRETS if "webhook" in text else {})
    assert list(caught.value.faults) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [(HOOK + 'secret = "kkkkkkkkkkkkkkkkkkkkkkkk"', "hook.secret"), (MAIL + 'password = "kkkk"', "mail.password")],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    name, _, field = place.partition(".")
    variable = f"IOC_RECEIVERS__{name}__{field}".upper()
    assert f"{file}:receivers.{place}: is a secret; it comes from the environment: {variable}" in caught.value.faults
    assert "kkkk" not in str(caught.value)


def test_what_is_missing_of_the_environment_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(HOOK)
    with pytest.raises(ConfigError) as caught:
        load(file, {"IOC_RECEIVERS__HOK__SECRET": "x", "IOC_RECEIVERS__HOOK": "y"})
    assert list(caught.value.faults) == [
        "environment:IOC_RECEIVERS__HOK__SECRET: there is no receiver 'hok'; did you mean 'hook'?",
        "environment:IOC_RECEIVERS__HOOK: IOC_RECEIVERS__<NAME>__<FIELD> is expected",
        f"{file}:receivers.hook.secret: is missing; it comes from the environment: IOC_RECEIVERS__HOOK__SECRET",
    ]


def test_the_environment_gives_secrets_and_anything_else(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(HOOK)
    settings = load(file, {**SECRETS, "IOC_RECEIVERS__HOOK__GROUP": "5s"})
    (hook,) = settings.receivers
    assert isinstance(hook, Webhook)
    assert hook.secret.get_secret_value() == "k" * 24
    assert hook.group.total_seconds() == 5
    assert "kkkk" not in repr(settings)
    assert "kkkk" not in settings.model_dump_json()


def test_settings_made_of_settings_keep_their_receivers() -> None:
    hook = Webhook.model_validate({"name": "hook", "url": "http://127.0.0.1/x", "secret": "k" * 24})
    assert Settings(receivers=(hook,)).receivers == (hook,)


def test_forms_of_the_messengers() -> None:
    bot = Telegram.model_validate({"name": "bot", "chat": -100123, "secret": "1:abc"})
    assert bot.body["chat_id"] == -100123
    assert bot.refusal(b'{"ok": true}') == ""
    assert "chat not found" in bot.refusal(b'{"ok": false, "description": "chat not found"}')
    zalo = ZaloOa.model_validate({"name": "oa", "user": "42", "secret": "t"})
    assert zalo.body["recipient"] == {"user_id": "42"}
    assert zalo.refusal(b'{"error": 0}') == ""
    assert "-216" in zalo.refusal(b'{"error": -216, "message": "Access token is invalid"}')
    assert zalo.refusal(b"<html>") == "the answer is no JSON"
    assert Http.model_validate({"name": "a", "url": "http://x", "body": {"n": 1}}).refusal(b"") == ""
