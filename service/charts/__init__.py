"""Charts as pictures, for pages (SVG), mail and reports (PNG): drawn by `forecast.plots`, one at a time."""

import io
from base64 import b64encode
from collections.abc import Sequence
from math import ceil
from threading import Lock
from typing import Literal

from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

from forecast.plots import Fan, draw_fan
from forecast.plots.fan import FAINT, INK

Size = tuple[float, float]
WIDE, NARROW = (8.6, 4.3), (4.4, 4.2)  # inches; the narrow one keeps its letters readable on a phone
_LEGEND_LETTER, _LEGEND_MARK = 5.0, 38.0  # points: the mean width of a letter; of what stands before a label
_COLOURS = 48  # enough for every shade of a chart, and a third of the bytes
_DRAWING = Lock()  # matplotlib is not made for several threads at once


def fan_picture(fan: Fan, size: Size = WIDE, *, form: Literal["svg", "png"] = "svg", dpi: int = 110) -> bytes:
    """A fan chart as a file, the same bytes for the same numbers."""
    with _DRAWING, rc_context({"svg.hashsalt": "arrivals", "font.size": 10.5, "axes.edgecolor": FAINT}):
        figure = Figure(figsize=size, layout="constrained")
        draw_fan(figure.subplots(), fan)
        _, labels = figure.axes[0].get_legend_handles_labels()
        columns = _columns([len(label) for label in labels], 72 * size[0])
        figure.legend(loc="outside lower left", frameon=False, fontsize=9, ncols=columns, labelcolor=INK)
        made = io.BytesIO()
        unstamped = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(made, format=form, dpi=dpi, metadata=unstamped)
    return made.getvalue() if form == "svg" else _with_palette(made)


def _columns(lengths: Sequence[int], points: float) -> int:
    """In how many columns labels of so many letters fit into a width: they are laid down, then across."""
    for columns in range(len(lengths), 1, -1):
        rows = ceil(len(lengths) / columns)
        widest = [max(lengths[first : first + rows]) for first in range(0, len(lengths), rows)]
        if sum(_LEGEND_MARK + _LEGEND_LETTER * letters for letters in widest) <= points:
            return columns
    return 1


def _with_palette(png: io.BytesIO) -> bytes:
    """The picture with a table of its few colours instead of one for every point."""
    small = io.BytesIO()
    with Image.open(png) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(small, "png", optimize=True)
    return small.getvalue()


def data_address(svg: bytes) -> str:
    """An SVG as a data address for an `img`: no other file and no other host is asked for it."""
    return "data:image/svg+xml;base64," + b64encode(svg).decode()
