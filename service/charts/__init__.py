"""Charts as pictures, for pages (SVG), mail and reports (PNG): drawn by `forecast.plots`, one at a time."""

import io
from base64 import b64encode
from threading import Lock
from typing import Literal

from matplotlib import rc_context, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from forecast.plots import Fan, draw_fan
from forecast.plots.fans import FAINT, INK

Size = tuple[float, float]
WIDE, NARROW = (8.6, 4.3), (4.4, 4.2)  # inches; the narrow one keeps its letters readable on a phone
_MOST_COLUMNS, _MOST_LINES = 6, 5  # of the legend, of the grid
_COLOURS = 16  # enough for every shade of a chart, and a quarter of the bytes
_DRAWING = Lock()  # matplotlib is not made for several threads at once


def fan_picture(
    fan: Fan,
    size: Size = WIDE,
    *,
    form: Literal["svg", "png"] = "svg",
    dpi: int = 110,
    letters: bool = False,
) -> bytes:
    """A fan chart as a file, the same bytes for the same numbers.

    With `letters`, an SVG has text as text and not as outlines, for a document that brings its own font.
    """
    with _DRAWING, rc_context({"svg.hashsalt": "arrivals", "font.size": 10.5, "axes.edgecolor": FAINT}):
        rcParams["svg.fonttype"] = "none" if letters else "path"
        figure = Figure(figsize=size, layout="constrained")
        axes = draw_fan(figure.subplots(), fan)
        axes.yaxis.set_major_locator(MaxNLocator(_MOST_LINES, steps=[1, 2, 5, 10]))
        _add_legend(figure)
        made = io.BytesIO()
        unstamped = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(made, format=form, dpi=dpi, metadata=unstamped)
    return made.getvalue() if form == "svg" else _with_palette(made)


def _add_legend(figure: Figure) -> None:
    """A legend below the axes in as many columns as its words, in whatever language, leave room for."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    for columns in range(_MOST_COLUMNS, 0, -1):
        legend = figure.legend(
            loc="outside lower left", frameon=False, fontsize=9, ncols=columns, labelcolor=INK
        )
        if columns == 1 or legend.get_window_extent(renderer).width <= figure.bbox.width:
            return
        legend.remove()


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
