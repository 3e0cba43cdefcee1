"""What stands where no page can: the database is away, or there is nothing at an address. Plain HTML."""

from html import escape

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from api.screen import language
from api.screen.language import say

_HTML = """<!doctype html><html lang="{tongue}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>{head}
<main class="door"><p role="status">{text}</p></main>{script}"""
_RELOADS = """
<script>
setInterval(() => fetch("/readyz").then((said) => said.status < 500 && location.reload(), () => null), 3000);
</script>"""
"""Reloads only what answers: a wall must never come to a browser's own page of errors."""


def away(request: Request, head: str) -> Response:
    """Answer 503 with a page that opens again by itself when the database does; ``head`` holds its style."""
    with language.speaking(language.chosen(request.cookies.get(language.COOKIE))):
        title = say("Đang chờ cơ sở dữ liệu")
        text = say("Cơ sở dữ liệu không trả lời. Trang này tự mở lại khi có kết nối.")
        return HTMLResponse(_page(title, text, head, _RELOADS), 503, {"Retry-After": "5", "Cache-Control": "no-store"})


def nowhere(request: Request, head: str) -> Response:
    """Answer 404: with a page that leads to the overview for a browser, with a line for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(f"there is nothing at {request.url.path}\n", 404)
    with language.speaking(language.chosen(request.cookies.get(language.COOKIE))):
        title = say("Không có trang này")
        text = escape(say("Không có trang nào ở địa chỉ {address}.", address=request.url.path[:200]))
        text += f'<br><a href="/">{say("Về trang Tổng quan")}</a>'
        return HTMLResponse(_page(title, text, head, ""), 404)


def _page(title: str, text: str, head: str, script: str) -> str:
    return _HTML.format(tongue=language.spoken(), title=title, text=text, head=head, script=script)
