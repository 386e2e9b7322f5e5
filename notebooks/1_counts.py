# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. What was counted, and how good are the counts?
# **SYNTHETIC counts of the demo: nobody counted them.** Before a model is blamed for a forecast, look at
# what it was told: counts come late, in parts, and are corrected for weeks. This notebook only reads.

# %%
# %matplotlib inline
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from forecast import frames, plots
from forecast.plots.fans import count_people, name_days, plain
from forecast.totals import totals_of
from service.demo.bench import open_demo
from service.reading import vintages_of

store, settings = open_demo()
now, places = settings.clock.now(), store.places.all()
vintages = vintages_of(store, as_of=now)
reports = vintages.frame
Markdown(
    f"It is {now:%d %B %Y, %H:%M} UTC. {len(reports):,} reports of {reports['crossing'].nunique()} crossings "
    f"are known, of days from {reports['date'].min():%d %B %Y} to {reports['date'].max():%d %B %Y}."
)

# %% [markdown]
# ## How late?
# A day is reported the next morning, and told again on later days with those who were missed. A report's
# age is in civil days of the service's zone: 1 is the next morning.

# %%
sent = reports["recorded_at"].dt.tz_convert(settings.time_zone).dt.tz_localize(None)
told = reports.assign(age=(sent - reports["date"]).dt.days).sort_values("recorded_at")
days = told.groupby(["crossing", "date"], sort=False)
summary = pd.DataFrame({"days": days.size().groupby("crossing").size()})
summary["reports a day"] = days.size().groupby("crossing").mean().round(1)
summary["first report after, days"] = days["age"].first().groupby("crossing").max()
for status in ("partial", "closed"):
    summary[f"{status} at first"] = (days["status"].first() == status).groupby("crossing").sum()
span = (reports["date"].max() - reports["date"].min()).days + 1
summary["never reported"] = span - summary["days"]
summary

# %% [markdown]
# ## How much is missing at first?
# Each count is held against the newest one of its day, for days old enough that most corrections are in.
# This is what the nowcast learns: how much of a day is known at which age.

# %%
old = told[told["date"] < told["date"].max() - pd.Timedelta(days=21)]
newest = old.groupby(["crossing", "date"])["arrivals"].transform("last")
shares = (old["arrivals"] / newest)[newest > 0].groupby(old["age"])
known = shares.quantile([0.1, 0.5, 0.9]).unstack()[shares.size() > 500]
figure = Figure(figsize=(7.2, 3.6), layout="constrained")
axes = figure.subplots()
axes.errorbar(
    known.index, known[0.5], yerr=[known[0.5] - known[0.1], known[0.9] - known[0.5]],
    marker="o", lw=0, elinewidth=1.6, capsize=4, color="#0b3c6f",
)  # fmt: skip
axes.axhline(1, color="#5d6875", lw=1, ls="--")
axes.set(xlabel="age of the report, days", ylabel="share of the newest count", xticks=known.index)
plain(axes)
axes.set_title("What is known of a day when: median and 80 % of days", loc="left", fontsize=10)
plots.stamp(axes, "SYNTHETIC").figure

# %% [markdown]
# ## What was revised most?
# Revisions of a few people are the routine; these are the days on which the first and the newest count lie
# furthest apart. A forecast made in between was made from the first.

# %%
ends = days["arrivals"].agg(["first", "last"]).dropna()
ends["revised by"] = ends["last"] - ends["first"]
ends.reindex(ends["revised by"].abs().sort_values(ascending=False).index).head(8)

# %% [markdown]
# ## What looks suspicious?
# The service flags what it takes in and is not sure of; nothing is thrown away. Jumps of the reported
# queues stand beside those of the counts: in the week of the surge they are the news, not an error.

# %%
flags = pd.DataFrame(
    [(one.measure, one.kind, one.place_id, one.date, one.detail) for one in store.quality()],
    columns=["measure", "kind", "place", "day", "detail"],
)
flags.groupby(["measure", "kind"]).agg(flags=("day", "size"), first=("day", "min"), last=("day", "max"))

# %%
flags.sort_values("day").tail(5)

# %% [markdown]
# ## The same days on three evenings
# What was known of the whole border's last weeks changed from evening to evening. The crosses are the
# nowcast: the newest days completed by what earlier days gained later.

# %%
figure = Figure(figsize=(8, 4.2), layout="constrained")
axes = figure.subplots()
last = vintages.whole.cutoff
for back, colour in ((4, "#93c3df"), (2, "#c46a00"), (0, "#1d2733")):
    evening = last - pd.Timedelta(days=back)
    total = totals_of(vintages.panel(evening), places)[0]
    row = total.ids.index("kazakhstan")
    shown = slice(-21, None)
    label = f"as known on {evening:%d %B}"
    axes.plot(total.dates[shown], total.counts[row, shown], marker="o", ms=3, color=colour, label=label)
    axes.plot(total.dates[-4:], total.learnable[row, -4:], marker="x", ls=":", color=colour)
name_days(axes)
count_people(axes)
plain(axes)
axes.set_ylabel("people a day")
axes.set_title("Arrivals of the whole border, and their nowcasts (crosses)", loc="left", fontsize=10)
axes.legend(frameon=False)
plots.stamp(axes, "SYNTHETIC").figure

# %% [markdown]
# ## Out of the notebook
# The counts as the forecast sees them, in one frame, are what `Panel.from_frame` reads again.

# %%
frames.count_frame(vintages.panel(last)).tail()

# %%
store.close()
