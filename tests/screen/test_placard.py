"""An address where nothing is."""

import httpx

from tests.screen.conftest import Screen


def test_a_person_is_led_back_and_a_program_gets_a_line(screen: Screen) -> None:
    screen.start()
    with httpx.Client(base_url=screen.url, headers={"Accept": "text/html,*/*"}) as person:
        said = person.get("/ngan-sach-cu/<b>")
        assert said.status_code == 404
        assert "Không có trang nào ở địa chỉ /ngan-sach-cu/&lt;b&gt;." in said.text
        assert '<html lang="vi">' in said.text
        assert '<a href="/">Về trang Tổng quan</a>' in said.text
        english = person.get("/nothing", headers={"Cookie": "ioc_language=en"})
        assert "There is no page at /nothing." in english.text
    said = httpx.get(f"{screen.url}/nothing")
    assert (said.status_code, said.headers["content-type"], said.text) == (
        404, "text/plain; charset=utf-8", "there is nothing at /nothing\n",
    )  # fmt: skip
    assert httpx.get(f"{screen.url}/api/v1/nothing").json()["type"] == "urn:commune-ioc:problem:not-found"
