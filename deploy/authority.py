"""The commune's own certificate authority: a commune may have no internet, so nobody else can vouch for its servers."""

import ipaddress
import subprocess
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from deploy.files import Mishap, keep, private_folder

AUTHORITY_DAYS, SERVER_DAYS = 3650, 825
"""825 days is the longest that browsers take from an authority that a person installed."""
_SOON_DAYS = 90


class Authority:
    """Root key and certificate in a folder that only root reads; neither is ever written over.

    The key is needed to sign only, and lies in a safe meanwhile. Every method raises :class:`Mishap`.
    """

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "ca.crt"
        self._key = folder / "ca.key"

    def make(self, name: str) -> bool:
        """Make the authority unless it exists; its key may lie elsewhere. Tells whether it was made."""
        if self.certificate.exists():
            return False
        if self._key.exists():
            raise Mishap(f"{self.certificate.parent}: ca.crt is missing beside ca.key; bring it back from a copy")
        private_folder(self._key.parent)
        keep(self._key, _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"), 0o600)
        made = _openssl(
            "req", "-x509", "-new", "-sha256", "-key", self._key, "-days", AUTHORITY_DAYS, "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip
        keep(self.certificate, made, 0o644)
        return True

    def issue(self, certificate: Path, hosts: Iterable[str], *, mode: int) -> bool:
        """Make a server's key (beside it, ``.key``) and certificate unless they exist; tells whether it was made."""
        key = certificate.with_suffix(".key")
        if certificate.exists() and key.exists():
            return False
        private_folder(certificate.parent)
        if not key.exists():
            keep(key, _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), mode)
        keep(certificate, self._sign(key, list(dict.fromkeys(hosts))), 0o644)
        return True

    def renew(self, certificate: Path, hosts: Iterable[str] = (), *, days: int = _SOON_DAYS) -> bool:
        """Sign a server's key anew where its certificate ends within so many days or lacks a host; tells whether."""
        named = names(certificate)
        wanted = list(dict.fromkeys([*named, *hosts]))
        if wanted == named and (ends(certificate) - datetime.now(UTC)).days > days:
            return False
        # In place: what is mounted or opened under this name must go on being this file.
        certificate.write_bytes(self._sign(certificate.with_suffix(".key"), wanted))
        return True

    def _sign(self, key: Path, hosts: list[str]) -> bytes:
        if not self._key.exists():
            raise Mishap(f"{self._key}: is not there; bring it back from where it is kept, to sign for {hosts[0]}")
        with tempfile.TemporaryDirectory() as folder:
            request, extensions = Path(folder, "request"), Path(folder, "extensions")
            request.write_bytes(_openssl("req", "-new", "-sha256", "-key", key, "-subj", f"/CN={hosts[0]}"))
            extensions.write_text(
                "basicConstraints=critical,CA:FALSE\n"
                "keyUsage=critical,digitalSignature,keyEncipherment\n"
                "extendedKeyUsage=serverAuth\n"
                f"subjectAltName={','.join(map(_alternative, hosts))}\n"
            )
            return _openssl(
                "x509", "-req", "-sha256", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                "-CAserial", Path(folder, "serial"), "-CAcreateserial", "-days", SERVER_DAYS, "-extfile", extensions,
            )  # fmt: skip


def ends(certificate: Path) -> datetime:
    """Return until when a certificate is valid (UTC)."""
    said = _openssl("x509", "-in", certificate, "-noout", "-enddate").decode().strip().removeprefix("notAfter=")
    return datetime.strptime(said, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)


def names(certificate: Path) -> list[str]:
    """Return the hosts that a certificate names."""
    said = _openssl("x509", "-in", certificate, "-noout", "-ext", "subjectAltName").decode().splitlines()[-1]
    return [word.strip().partition(":")[2] for word in said.split(",")]


def _alternative(host: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(host)}"
    except ValueError:
        return f"DNS:{host}"


def _openssl(*words: object) -> bytes:
    try:
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise Mishap("openssl is missing: apt-get install openssl") from error
    if done.returncode:
        raise Mishap(f"openssl {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
