"""The past days as of which members are asked, to learn what their forecasts are worth."""

from forecast.panel import Panel

WEEKS = 26  # at whose ends members are scored for their weights
GRID_DAYS = 910  # how far back slow members are hindcast at all


def weekly_cutoffs(panel: Panel) -> tuple[int, ...]:
    """The ends of the last `WEEKS` weeks and the panel's last day, by index."""
    last = panel.days - 1
    newest = last - panel.cutoff.toordinal() % 7
    ends = range(newest - 7 * (WEEKS - 1), newest + 1, 7)
    return tuple(sorted({day for day in ends if day >= 0} | {last}))


def recent_cutoffs(panel: Panel) -> tuple[int, ...]:
    """The days that members are hindcast on, by index, the panel's last included."""
    return tuple(range(max(0, panel.days - GRID_DAYS), panel.days))
