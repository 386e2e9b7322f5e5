"""Public holidays on both sides of a border, the breaks that they make, and regressors of both."""

from forecast.calendars.chosen import Calendars
from forecast.calendars.countries import HOLIDAYS_VERSION, Calendar, country_calendar, is_supported
from forecast.calendars.matrix import Design, design, near_holidays
from forecast.calendars.shapes import SHAPES, break_shapes

__all__ = [
    "HOLIDAYS_VERSION",
    "SHAPES",
    "Calendar",
    "Calendars",
    "Design",
    "break_shapes",
    "country_calendar",
    "design",
    "is_supported",
    "near_holidays",
]
