# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. What is the forecast made of?
# **SYNTHETIC counts of the demo.** A planner asks why tomorrow is forecast as it is. The answer is made
# from the published issue's own vintage and configuration, by the function that the nightly job calls. This
# notebook only reads.

# %%
# %matplotlib inline
import numpy as np
from IPython.display import Markdown

from forecast import frames, issue, plots
from forecast.totals import totals_of
from service.cycle.computation import configuration_from
from service.demo.bench import open_demo
from service.reading import panel_of

store, settings = open_demo()
published = store.issues.latest()
panel, places = panel_of(store, issue=published.id), store.places.all(as_of=published.as_of)
configuration = configuration_from(published.configuration)
forecasts = issue(panel, configuration, places=places)
same = np.array_equal(forecasts.paths.values, store.issues.paths(published.id, "arrivals").values)
Markdown(
    f"Issue `{published.id}`, from the counts up to {published.cutoff}, made again here from "
    f"{len(panel.ids)} crossings and {panel.days:,} days: "
    f"**{'the same' if same else 'DIFFERENT'} to the last digit.**"
)

# %% [markdown]
# ## The whole border
# Joint paths of the crossings are added up path by path, so that the total's intervals know how crossings
# move together. Quantiles of crossings may not be added.

# %%
totals = totals_of(panel, places)[0]
plots.stamp(plots.fan(forecasts, totals, place="kazakhstan"), "SYNTHETIC").figure

# %% [markdown]
# ## One crossing
# From here on, the crossing whose interval is the widest beside its median on the first day: it is the one
# most in need of an explanation.

# %%
first = (
    frames.interval_frame(forecasts).query("horizon == 1 and crossing in @panel.ids").set_index("crossing")
)
unsure = (first["high_0.8"] - first["low_0.8"]) / first["median"]
place = str(unsure.idxmax())
plots.stamp(plots.fan(forecasts, panel, place=place), "SYNTHETIC").figure

# %% [markdown]
# ## Level, season, weekday, holidays
# What would be ordinary is built up from the left, in people a day; the line is what was published. Where
# the two lie apart, the last days' course and the other members have moved it.

# %%
plots.stamp(plots.components(forecasts, place=place), "SYNTHETIC").figure

# %%
factors = frames.factor_frame(forecasts).query("crossing == @place").set_index("target_date")
factors[["level", "weekday", "season", "holidays", "names"]].head(7).round(2)

# %% [markdown]
# ## Who speaks
# Members earn their shares by their scores of the last 26 weeks, crossing by crossing. In a break of the
# pattern, those who learnt most from the ordinary weeks may be slow to follow.

# %%
plots.stamp(plots.weights(forecasts, place=place), "SYNTHETIC").figure

# %%
weights = [status.weights for status in forecasts.status[: len(panel.ids)]]
shares = {crossing: one for crossing, one in zip(panel.ids, weights, strict=True) if one}
frames.pd.DataFrame(shares).T.fillna(0).round(2)

# %% [markdown]
# ## What kind of days
# The mode is judged from the counts: calm, surge, collapse, closed or reopening. Flags say where a forecast
# was made another way than usual, and why.

# %%
status = frames.status_frame(forecasts).query("crossing in @panel.ids and horizon <= 7")
status.groupby("crossing").agg(
    modes=("mode", lambda modes: ", ".join(dict.fromkeys(modes))), flags=("flags", "first")
)

# %% [markdown]
# ## What may come
# The chance of a surge within the first days and of changes of the weekly mean, beside what the place's own
# past would say of any week (climatology). A chance well above its climatology is news.

# %%
outlook = frames.outlook_frame(forecasts).query("crossing == 'kazakhstan'")
outlook[["first", "last", "outcome", "probability", "climatology"]].round(2)

# %% [markdown]
# ## Events that it was told of
# What no count can tell stands in the register of events, with the instant at which it became known.

# %%
for event in panel.events:
    until = event.last or "on"
    print(
        f"{event.kind} {event.id}: {event.first} to {until}, known since {event.recorded_at:%Y-%m-%d %H:%M}Z"
    )

# %%
store.close()
