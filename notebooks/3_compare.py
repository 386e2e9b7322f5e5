# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Is another model better?
# **SYNTHETIC counts of the demo.** A model that looks good on the newest counts had a look at corrections
# that came later. Here every past forecast is made from what was known on its evening, and judged by what
# was counted in the end.

# %%
# %matplotlib inline
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from IPython.display import Markdown

from forecast import Configuration, backtest, compared, parse_cutoffs, plots, scored_days
from forecast.members.residuals import quantiles_of
from forecast.scoring import summarise
from forecast.testing import check_member
from service.demo.bench import open_demo
from service.reading import vintages_of

store, settings = open_demo()
vintages = vintages_of(store, as_of=settings.clock.now())

# %% [markdown]
# ## A member of one's own
# The idea: tomorrow is like the middle of the last four same weekdays. It is a class with one verb; the
# test tells which rules of a member it breaks, and is silent if it breaks none.


# %%
@dataclass(frozen=True)
class FourWeeks:
    """The middle of the same weekday's counts of the last `weeks`."""

    weeks: int = 4
    name: str = "four_weeks"
    slow: bool = False
    stride: int = 1

    def hindcast(self, panel, context, cutoffs, horizon):
        """[cutoff, series, horizon, level] in people/day, from medians and their own past errors."""
        made_on = list(range(max(0, cutoffs[0] - 364), cutoffs[-1] + 1))
        medians = np.stack([self.medians(context.counts[:, : day + 1], horizon) for day in made_on])
        return quantiles_of(medians, made_on, context.counts, cutoffs)

    def medians(self, counts, horizon):
        """[series, horizon] from counts [series, day]; NaN where fewer than three weeks are known."""
        series, days = counts.shape
        short = max(0, 7 * self.weeks - days)
        last = np.pad(counts, ((0, 0), (short, 0)), constant_values=np.nan)[:, -7 * self.weeks :]
        by_weekday = last.reshape(series, self.weeks, 7)
        enough = np.isfinite(by_weekday).sum(axis=1) >= 3
        middle = np.full((series, 7), np.nan)
        middle[enough] = np.nanmedian(np.moveaxis(by_weekday, 1, 2)[enough], axis=1)
        return middle[:, np.arange(horizon) % 7]


check_member(FourWeeks())

# %% [markdown]
# ## The same cutoffs for both
# Every third day of two months, a week ahead; the last of them know the first days of the surge. The
# members are quick ones, so that trying costs seconds.

# %%
usual = Configuration(horizon=7, members=("weekly_naive", "root", "log"))
tried = Configuration(horizon=7, members=("weekly_naive", "root", "log", FourWeeks()))
cutoffs = parse_cutoffs("2022-07-30:2022-09-25:3")
past = {"usual": backtest(vintages, cutoffs, usual), "tried": backtest(vintages, cutoffs, tried)}
days = {name: scored_days(made, vintages) for name, made in past.items()}
verdict = compared(days["tried"], days["usual"], names=("tried", "usual"))
Markdown(f"{len(cutoffs)} cutoffs, {len(days['usual']):,} forecast days with a count. **{verdict.verdict}**")

# %% [markdown]
# The verdict rests on a test of Diebold and Mariano over cutoffs, as forecasts that overlap are no
# independent witnesses. Below 3 %, take no difference at so few cutoffs for real, whatever the test says.

# %%
pd.DataFrame([asdict(row) for row in verdict.rows]).round(3)

# %% [markdown]
# ## Beside the baseline, by regime and days ahead
# Means over calm and surge together would hide both, so tell them apart: the mode is the one known when the
# forecast was made. What was still called calm on the eve of the surge counts as calm, as nobody knew
# better.

# %%
boards = {name: summarise(made, by=["mode", "horizon"]) for name, made in days.items()}
boards = {name: board[board["horizon"].isin([1, 4, 7])] for name, board in boards.items()}
plots.stamp(plots.scoreboard(boards), "SYNTHETIC").figure

# %%
boards["tried"].round(2)

# %% [markdown]
# ## Calibration
# Intervals must hold as often as they promise, also in the regime that matters. Few surge days are few
# witnesses: look at the number under the name before at the marks.

# %%
plots.stamp(plots.coverage(days["tried"], by="mode"), "SYNTHETIC").figure

# %%
plots.stamp(plots.pit(days["tried"]), "SYNTHETIC").figure

# %% [markdown]
# ## Where it went wrong
# The errors of the largest crossing a day ahead, by the day forecast. A run of errors on one side is what
# intervals by past errors cannot foresee.

# %%
largest = str(days["tried"].groupby("crossing")["observed"].mean().idxmax())
plots.stamp(plots.residuals(days["tried"], place=largest, horizon=1), "SYNTHETIC").figure

# %%
store.close()
