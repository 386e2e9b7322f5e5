"""The PDF's letters, of fonts that come with the libraries: the same on every machine, and none missing."""

import re
from functools import cache
from pathlib import Path

import matplotlib
import typst
from matplotlib.ft2font import FT2Font

FALLBACK = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")  # free to embed, LICENSE_DEJAVU beside them
INSTEAD = "\ufffd"
_BREAKS = frozenset("\t\n")
_UNBROKEN = re.compile(r"\S{41,}")  # longer than an address, and than a table's column is wide
_PIECE = 24
_FAMILY = re.compile(r"font-family: [^;\"]*")


@cache
def fonts() -> typst.Fonts:
    """Typst's own fonts and matplotlib's, which has every letter of the charts."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_folder())])


def drawn(text: str) -> str:
    """The text with a sign of its own for each that no font here has: one such would refuse the whole PDF."""
    known = _known()
    return "".join(sign if sign in _BREAKS or ord(sign) in known else INSTEAD for sign in text)


def lettered(drawing: str) -> str:
    """An SVG in the letters of the text around it, which are in the PDF already."""
    return _FAMILY.sub("font-family: 'Libertinus Serif', 'DejaVu Sans'", drawn(drawing))


def breakable(text: str) -> str:
    """The text with places to break within what is too long for a line and has none."""
    return _UNBROKEN.sub(lambda found: "\u200b".join(_pieces(found[0])), text)


def _pieces(word: str) -> list[str]:
    return [word[at : at + _PIECE] for at in range(0, len(word), _PIECE)]


@cache
def _known() -> frozenset[int]:
    """Code points that both weights of the fallback font draw."""
    regular, bold = (set(FT2Font(str(_folder() / name)).get_charmap()) for name in FALLBACK)
    return frozenset(regular & bold)


def _folder() -> Path:
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"
