"""Digest authentication: the RFC's own examples, and what old and careless devices send."""

import secrets

import httpx
import pytest

from ingest.fetch.digest import DigestAuth, challenge

EXAMPLE = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={},'
    ' nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RIGHT = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


@pytest.mark.parametrize("algorithm", sorted(RIGHT))
def test_the_examples_of_rfc_7616(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    asked = challenge([EXAMPLE.format(algorithm)])
    assert asked is not None
    said = asked.answer("GET", "/dir/index.html", "Mufasa", "Circle of Life")
    assert f'response="{RIGHT[algorithm]}"' in said
    assert f"algorithm={algorithm}" in said
    assert 'qop=auth, nc=00000001, cnonce="f2/' in said
    assert 'opaque="FQhe' in said


def test_the_safest_of_several_wins() -> None:
    both = [EXAMPLE.format("MD5"), 'Basic realm="x"', EXAMPLE.format("SHA-256")]
    assert challenge(both).algorithm == "SHA-256"  # type: ignore[union-attr]
    assert challenge([", ".join(both)]).algorithm == "SHA-256"  # type: ignore[union-attr]
    assert challenge([EXAMPLE.format("SHA-512-256"), 'Basic realm="x"']) is None
    assert challenge(["Digest", "", 'Digest realm="no nonce"']) is None


def test_a_camera_of_2005_is_answered_without_the_words_it_does_not_know() -> None:
    asked = challenge(['Digest realm="IP Camera", nonce="abc"'])
    assert asked is not None
    said = asked.answer("DESCRIBE", "rtsp://h/1", "admin", "x")
    assert not any(word in said for word in ("qop", "nc=", "cnonce", "algorithm", "opaque"))


def test_every_host_has_its_own_challenge_and_counts_rise() -> None:
    heard: list[tuple[str, str]] = []

    def camera(request: httpx.Request) -> httpx.Response:
        host = request.url.host
        said = request.headers.get("authorization", "")
        heard.append((host, said.rpartition("nc=")[2][:8]))
        if f'nonce="of {host}"' in said:
            assert 'realm="登录"'.encode() in said.encode("latin-1"), "the realm did not go back as it came"
            return httpx.Response(200)
        realm = "登录".encode()
        return httpx.Response(401, headers=[(b"WWW-Authenticate", b'Digest realm="%b", qop="auth", nonce="of %b"'
                                             % (realm, host.encode()))])  # fmt: skip

    client = httpx.Client(transport=httpx.MockTransport(camera), auth=DigestAuth("giám sát", "mật khẩu"))
    for host in ("one", "two", "one", "two", "one"):
        assert client.get(f"http://{host}/x?y=1").status_code == 200
    assert heard == [("one", ""), ("one", "00000001"), ("two", ""), ("two", "00000001"), ("one", "00000002"),
                     ("two", "00000002"), ("one", "00000003")]  # fmt: skip


def test_who_does_not_know_us_is_asked_twice_and_no_more() -> None:
    asked: list[httpx.Request] = []

    def camera(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401, headers={"WWW-Authenticate": 'Digest realm="x", nonce="same"'})

    client = httpx.Client(transport=httpx.MockTransport(camera), auth=DigestAuth("u", "p"))
    assert client.get("http://one/").status_code == 401
    assert len(asked) == 2
