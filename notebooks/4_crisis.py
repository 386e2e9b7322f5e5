# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. The crisis of September 2022, day by day
# **SYNTHETIC counts of the demo, made up after what was said of those weeks.** What was known each evening,
# what would the forecast have said, and what would it have cost to plan by it? This notebook only reads.

# %%
# %matplotlib inline
from datetime import timedelta

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from forecast import Configuration, Vintages, frames, issue, parse_cutoffs, plots
from forecast.paths import Paths
from forecast.planning.plan import course_of
from forecast.planning.waits import waits_of
from forecast.plots.fans import plain
from forecast.totals import totals_of
from service.cycle.planning import planned, recent_of
from service.demo import COUNTS_FILE
from service.demo.bench import open_demo
from service.demo.home import morning_of
from service.reading import vintage_at, vintages_of

store, settings = open_demo()
places, now = store.places.all(), settings.clock.now()

# %% [markdown]
# ## Reading on
# The store ends this morning. The demo's file goes on: it holds every report with the instant at which it
# came, up to the correction of December. The replay looks at it as known on each evening, which up to today
# is the store's own view; what came in the end is for judging alone.

# %%
stored = vintages_of(store, as_of=now)
story = Vintages.of(pd.read_csv(COUNTS_FILE), places, stored.events)
last = stored.whole.cutoff
both = (vintages.panel(last).learnable for vintages in (story, stored))
same = np.array_equal(*both, equal_nan=True)
Markdown(f"The store and the file say **{'the same' if same else 'DIFFERENT things'}** up to {last}.")

# %% [markdown]
# ## What did we know, what did we say?
# One issue an evening, by quick members. *Counted* is what that evening's newest day stood at, *nowcast*
# what late reports were expected to bring it to (empty where nobody could say); *surge* is its chance.

# %%
quick = Configuration(horizon=7, members=("weekly_naive", "root", "log"))
cutoffs = parse_cutoffs("2022-09-20:2022-10-05")
made = {day: issue(story.panel(day), quick, places=places) for day in cutoffs}
came = totals_of(story.whole, places)[0]
border = came.ids.index("kazakhstan")


def told(day):
    """A row of the table: all in people/day of the whole border."""
    known, ahead = totals_of(story.panel(day), places)[0], frames.interval_frame(made[day])
    said = ahead.query("crossing == 'kazakhstan' and horizon == 1").iloc[0]
    chances = frames.outlook_frame(made[day]).query("crossing == 'kazakhstan' and outcome == 'surge'")
    after = (day - came.start).days + 1
    return {
        "evening": day, "counted": known.counts[border, -1], "nowcast": known.learnable[border, -1],
        "in the end": came.counts[border, after - 1], "next day": said["median"], "from": said["low_0.8"],
        "to": said["high_0.8"], "came": came.counts[border, after], "surge": chances["probability"].max(),
    }  # fmt: skip


table = pd.DataFrame([told(day) for day in cutoffs]).set_index("evening")
table.round({"nowcast": 0, "next day": 0, "from": 0, "to": 0, "surge": 2})

# %%
held, above = table["came"].between(table["from"], table["to"]), table["came"] > table["to"]
told_of = (table["counted"] / table["in the end"]).min()
Markdown(
    f"80 % intervals of the next day held **{held.sum()} of {len(held)}** counts of the end; {above.sum()} "
    f"lay above. On the worst evening {told_of:.0%} of the day was counted; no model can make up for that."
)

# %% [markdown]
# ## How the forecast of one day moved
# The forecast of the fullest day, from evening to evening, and the count of the end. An interval that
# narrows away from the line was too sure of itself.

# %%
past = pd.concat([frames.quantile_frame(one) for one in made.values()], ignore_index=True)
crisis = slice((cutoffs[0] - came.start).days, (cutoffs[-1] - came.start).days)
peak = came.start + timedelta(days=crisis.start + int(np.argmax(came.counts[border, crisis])))
plots.stamp(plots.evolution(past, peak, place="kazakhstan", panel=came), "SYNTHETIC").figure

# %%
figure = Figure(figsize=(12, 4.6), layout="constrained")
for axes, day in zip(figure.subplots(1, 2, sharey=True), (cutoffs[1], last), strict=True):
    plots.stamp(plots.fan(made[day], came, place="kazakhstan", ax=axes), "SYNTHETIC")
figure

# %% [markdown]
# ## What would it have cost?
# Each evening the job's own planning makes a roster of booths and a number of beds for the week ahead. Then
# the people of the end come to the booths as registered, and to those of the roster. Beds are as many as
# the register's costs ask for; their cost is in its money.


# %%
def week(day):
    """What the plan of an evening came to in the seven days after it."""
    vintage = vintage_at(store, as_of=morning_of(day + timedelta(days=1)), cutoff=day)
    basis = vintage.basis(store, vintage.panels(store, ("arrivals",), places), places)
    plan = planned(basis, issue(basis.panel, quick, places=places), quick).plan
    first = (day - story.whole.start).days + 1
    truth = Paths(story.whole.ids, day, story.whole.counts[None, :, first : first + 7].astype(int))
    course = course_of(truth, recent_of(basis), basis.registers, places=places)
    opened = waits_of(truth, course.hours.staffed(plan.roster.booths), course.start, seed=1)
    price = basis.registers.region(plan.beds.ids[0], day).bed_cost
    ready, needed = plan.beds.beds_for(1 - price.level), course.beds.needed[0]
    return {
        "evening": day, "booth-hours as registered": course.hours.booths.sum(),
        "by plan": plan.roster.booths.sum(),
        "person-hours waited": course.waits.person_hours.sum(), "with plan": opened.person_hours.sum(),
        "beds ready": ready[:, -1].sum(), "needed": needed[:, -1].sum(),
        "cost of beds": (np.maximum(price.over * (ready - needed), price.short * (needed - ready))).sum(),
    }  # fmt: skip


costs = pd.DataFrame(map(week, parse_cutoffs(f"2022-09-20:{last}:2"))).set_index("evening")
costs.round(0).astype(int)

# %%
waited = costs[["person-hours waited", "with plan"]] / 1e6
axes = Figure(figsize=(8, 3.8), layout="constrained").subplots()
waited.plot.bar(ax=axes, rot=0, color=["#5d6875", "#4b97c9"])
axes.set(ylabel="million person-hours in the week", xlabel="evening of the plan")
axes.legend(["booths as registered", "booths by the plan"], frameon=False, loc="upper left")
axes.set_ylim(0, 1.3 * waited.max().max())
plain(axes)
plots.stamp(axes, "SYNTHETIC").figure

# %%
store.close()
