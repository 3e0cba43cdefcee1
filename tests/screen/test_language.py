"""Every text of the screen has its English, and no English is left of texts that are gone."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from api.screen import language, tile
from api.screen.boards import BOARDS
from api.screen.pages import PAGES
from dashboards import indicators
from ingest import rules

ROOT = Path(__file__).parents[2]
SCREEN = ROOT / "api" / "screen"
VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE)

APART = re.compile(
    r"^<!doctype|^Đăng nhập · $|'Tiếng Việt'|^title in |^head in |\(ngày\||^ (đồng|giây)$|^(ngày|tháng|năm) $"
)
"""What is no text of the screen: code of a template, an expression, a part of a word; the page without a database."""
_NAMED = re.compile(
    r"\d+/(\d{4}/)?[A-ZĐ]+-[A-ZĐa-z]+|Đà Nẵng|Bình Lục|Như Cố|Hòa Bình|Hồ Chí Minh City|Hà Nội|Trung Lộc|Liên Chiểu"
    r"|column Mục tiêu"
)
"""Names in the sources of numbers: documents, places, a column of a form."""
_COMMENT_LINE = re.compile(r"(?m)(?:^|(?<=\s))//.*$")
_SAID = re.compile(r"""(?<![\w.$])t\(\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')


def scripts() -> Iterator[tuple[str, str]]:
    """Yield the browser's own files without their comments."""
    for file in sorted((SCREEN / "components").rglob("*.js")):
        yield file.name, _COMMENT_LINE.sub("", file.read_text("utf-8"))


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the screen's Python."""
    for file in sorted(SCREEN.rglob("*.py")):
        yield file.name, ast.parse(file.read_text("utf-8"))


def said() -> Iterator[tuple[str, str]]:
    """Yield what is spoken by name: t("…") in the browser, say("…") on the server."""
    for name, text in scripts():
        for found in _SAID.finditer(text):
            yield name, str(ast.literal_eval(found[1]))
    for name, tree in modules():
        for node in ast.walk(tree):
            first = node.args[0] if isinstance(node, ast.Call) and node.args else None
            if isinstance(first, ast.Constant) and getattr(getattr(node, "func", None), "id", "") == "say":
                yield name, str(first.value)


def written() -> Iterator[tuple[str, str]]:
    """Yield every Vietnamese text of a file: literals of the browser, and of the server all but what explains."""
    for name, text in scripts():
        for found in _LITERAL.finditer(text):
            if VIETNAMESE.search(found[0]) and "<" not in found[0] and "t(" not in found[0]:
                yield name, str(ast.literal_eval(found[0]))
    for name, tree in modules():
        explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            kept = node.value if isinstance(node, ast.Constant) and id(node) not in explained else None
            if isinstance(kept, str) and VIETNAMESE.search(kept):
                yield name, kept


def test_everything_that_is_said_has_its_english() -> None:
    known = language.english()
    assert sorted({f"{name}: {text}" for name, text in said() if VIETNAMESE.search(text) and text not in known}) == []
    titles = {page.title for page in PAGES} | {board.title for board in BOARDS.values()}
    assert sorted(titles - known.keys()) == []


def test_every_text_of_a_list_or_a_dictionary_has_its_english() -> None:
    """Texts that are spoken later, from where they are kept."""
    known = language.english()
    left = {f"{name}: {text}" for name, text in written() if text not in known and not APART.search(text)}
    assert sorted(left) == []


def test_no_template_shows_a_text_that_is_not_spoken() -> None:
    bare = []
    for name, text in scripts():
        for template in re.findall(r"template:\s*`(.*?)`\s*,?\n", text, re.DOTALL):
            shown = re.sub(r"\{\{.*?\}\}", "", re.sub(r"<!--.*?-->", "", template, flags=re.DOTALL), flags=re.DOTALL)
            attributes = re.findall(r'(?<![:@\w-])(?:title|aria-label|placeholder|alt|label)="([^"]*)"', shown)
            nodes = re.findall(r">([^<>]*)<", re.sub(r'="[^"]*"', "", shown))
            bare += [f"{name}: {one.strip()}" for one in (*attributes, *nodes) if VIETNAMESE.search(one)]
    assert bare == []


def test_no_english_is_left_over() -> None:
    sources = "\n".join(
        [text for _, text in scripts()]
        + [file.read_text("utf-8") for file in SCREEN.rglob("*.py")]
        + [file.read_text("utf-8") for file in (ROOT / "api").glob("*.py")]
        + [file.read_text("utf-8") for room in ("dashboards", "ingest") for file in (ROOT / room).rglob("*.toml")]
    )
    titles = {one.title for one in indicators.load().values()}
    left = [
        text for text in language.english()
        if text not in sources and text.replace('"', '\\"') not in sources and text not in titles
        and not any(text.endswith(tail) and text.removesuffix(tail) in sources for tail in (" {when}",))
    ]  # fmt: skip
    assert left == []


def test_every_number_explains_itself_in_english() -> None:
    for one in indicators.load().values():
        with language.speaking("en"):
            assert tile.explained(one) == f"{one.title_en}: {one.help_en}"
        assert tile.explained(one) == f"{one.title}: {one.help}"
        told = f"{one.title_en} | {one.help_en} | {_NAMED.sub('', one.source_en)}"
        assert not VIETNAMESE.search(told), f"{one.key}: {told}"
        assert len(one.help_en) > len(one.help) / 2, f"{one.key}: its English says less than its Vietnamese"


def test_every_alarm_rule_explains_itself_in_english() -> None:
    for rule in rules.shipped().values():
        told = _NAMED.sub("", f"{rule.title_en} | {rule.help_en} | {rule.source_en}")
        assert not VIETNAMESE.search(told), f"{rule.key}: {told}"
        assert len(rule.help_en) > len(rule.help) / 2, f"{rule.key}: its English says less than its Vietnamese"


def test_one_text_has_one_english() -> None:
    seen: dict[str, str] = {}
    for file in sorted((SCREEN / "english").glob("*.toml")):
        for text, spoken in tomllib.loads(file.read_text("utf-8")).items():
            assert spoken.strip(), f"{file.name}: {text} has no English"
            assert set(re.findall(r"\{\w+\}", text)) >= set(re.findall(r"\{\w+\}", spoken)), f"{file.name}: {text}"
            assert seen.setdefault(text, spoken) == spoken, f"{file.name}: {text} is spoken in two ways"
