"""``python3 -m deploy``: makes what an installation needs once, adds what is missing, writes over no secret."""

import argparse
import re
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from deploy.broker import declared, exported
from deploy.files import Mishap
from deploy.installation import Installation


def arguments() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    parser = argparse.ArgumentParser(prog="python3 -m deploy", description="Certificates, secrets and broker accounts.")
    common = argparse.ArgumentParser(add_help=False)
    here = Path(__file__).with_name("commune")
    common.add_argument("--into", type=Path, default=here, help="the commune's folder; default deploy/commune")
    common.add_argument("--system", action="store_true", help="a machine without Docker: programs meet on localhost")
    common.add_argument(
        "--broker-owner", default="", help="USER[:GROUP] of the broker; default 1883, with --system mosquitto"
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    init = verbs.add_parser("init", parents=[common], help="make what is missing")
    init.add_argument("--unit", required=True, help="5-digit code of the commune")
    init.add_argument("--host", action="append", required=True, help="name or address that people and devices use")
    init.add_argument("--demo", action="store_true", help="an account for simulators too")
    devices = verbs.add_parser("devices", parents=[common], help="broker accounts for devices that have none")
    devices.add_argument("--register", type=Path, help="devices.csv as exported, beside those of ioc.toml")
    revoke = verbs.add_parser("revoke", parents=[common], help="devices' broker accounts taken away")
    revoke.add_argument("account", nargs="+", help="as 05068.camera.cam-01")
    renew = verbs.add_parser("renew", parents=[common], help="certificates that end soon, anew")
    renew.add_argument("--host", action="append", default=[], help="a further name or address")
    renew.add_argument("--days", type=int, default=90, help="what counts as soon")
    return parser


def _done(asked: argparse.Namespace) -> list[str]:
    here = Installation(asked.into.resolve(), system=asked.system, broker_owner=asked.broker_owner)
    if asked.verb == "init":
        if not re.fullmatch("[0-9]{5}", asked.unit):
            raise Mishap(f"--unit: {asked.unit!r} is no 5-digit code")
        said = [f"made {name}" for name in here.make(asked.unit, asked.host, demo=asked.demo)]
        return [*said, f"people and devices must trust {here.authority.certificate}; keep ca.key off this machine"]
    if asked.verb == "devices":
        listed = chain(declared(here.configuration), exported(asked.register) if asked.register else ())
        said = [f"account {name}" for name in here.admit(listed)]
        return [*said, f"passwords: {here.configuration.with_name('devices.csv')}; the broker reads them at SIGHUP"]
    if asked.verb == "revoke":
        return [*(f"revoked {name}" for name in here.dismiss(asked.account)), "the broker reads it at SIGHUP"]
    return here.renew(asked.host, asked.days)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 good, 2 the operator's mistake."""
    try:
        said = _done(arguments().parse_args(words))
    except (Mishap, OSError, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
