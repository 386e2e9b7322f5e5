"""Charts as pictures, for pages (SVG), mail and reports (PNG): drawn by `forecast.plots`, one at a time."""

import io
from base64 import b64encode
from threading import Lock
from typing import Literal

from matplotlib import rc_context
from matplotlib.figure import Figure

from forecast.plots import Fan, draw_fan
from forecast.plots.fan import FAINT, INK

Size = tuple[float, float]
WIDE, NARROW = (8.6, 4.3), (4.4, 4.2)  # inches; the narrow one keeps its letters readable on a phone
_DRAWING = Lock()  # matplotlib is not made for several threads at once


def fan_picture(fan: Fan, size: Size = WIDE, *, form: Literal["svg", "png"] = "svg", dpi: int = 110) -> bytes:
    """A fan chart as a file, the same bytes for the same numbers."""
    with _DRAWING, rc_context({"svg.hashsalt": "arrivals", "font.size": 10.5, "axes.edgecolor": FAINT}):
        figure = Figure(figsize=size, layout="constrained")
        draw_fan(figure.subplots(), fan)
        columns = 3 if size[0] < WIDE[0] / 1.5 else 6
        figure.legend(loc="outside lower left", frameon=False, fontsize=9, ncols=columns, labelcolor=INK)
        made = io.BytesIO()
        unstamped = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(made, format=form, dpi=dpi, metadata=unstamped)
    return made.getvalue()


def data_address(svg: bytes) -> str:
    """An SVG as a data address for an `img`: no other file and no other host is asked for it."""
    return "data:image/svg+xml;base64," + b64encode(svg).decode()
