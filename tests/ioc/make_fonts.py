"""Make the fonts of printed papers from the screen's: ``python -m tests.ioc.make_fonts`` (needs brotli).

The screen's Noto Sans comes in three variable subsets of WOFF2; a PDF wants one static TrueType a weight.
"""

import tempfile
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SCREEN = Path(__file__).parents[2] / "api" / "screen" / "fonts"
PAPER = Path(__file__).parents[2] / "ioc" / "fonts"
WEIGHTS = {"regular": 400, "bold": 700}
_UNUSED = ["GSUB", "GPOS", "GDEF", "STAT", "prep", "gasp"]
"""Kerning and hints: letters with their marks are glyphs of their own."""


def main() -> None:
    """Write both weights."""
    for name, weight in WEIGHTS.items():
        with tempfile.TemporaryDirectory() as folder:
            parts = []
            for subset in ("latin", "latin-ext", "vietnamese"):
                font = TTFont(SCREEN / f"noto-sans-{subset}.woff2")
                instantiateVariableFont(font, {"wght": weight}, inplace=True)
                for table in _UNUSED:
                    if table in font:
                        del font[table]
                font.flavor = None
                parts.append(str(Path(folder) / f"{subset}.ttf"))
                font.save(parts[-1])
            Merger(options=Options(drop_tables=["DSIG"])).merge(parts).save(PAPER / f"noto-sans-{name}.ttf")


if __name__ == "__main__":
    main()
