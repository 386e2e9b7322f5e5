# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. Tell the forecast what no count can tell
# **SYNTHETIC counts of the demo.** The register expects up to four times the ordinary counts from the
# call-up; an analyst who talks to the other side expects six. Is the forecast better for it, and how does it
# come into force? The store is opened to be read only, unless the flag below says otherwise.

# %%
# %matplotlib inline
from dataclasses import replace

from IPython.display import Markdown
from matplotlib.figure import Figure

from forecast import backtest, compared, frames, issue, parse_cutoffs, plots, scored_days
from forecast.documents import toml_of
from forecast.totals import totals_of
from service.cycle.models import configuration_in_force, propose
from service.demo.bench import open_demo
from service.reading import panel_of, vintages_of
from service.store import Store

PROPOSE = False  # True writes into the store: the proposal runs in shadow from the next cycle on
MULTIPLE = 6.0

store, settings = open_demo()
places, now = store.places.all(), settings.clock.now()
vintages = vintages_of(store, as_of=now)
in_force = configuration_in_force(store, settings, fast=True)[0]

# %% [markdown]
# ## The event
# An event with the id of a registered one takes its place. It is recorded now, so that no past cutoff of a
# backtest knows of it: what was learnt today did not help yesterday.

# %%
registered = next(event for event in vintages.events if event.id == "call-up")
ours = replace(registered, multiple=MULTIPLE, recorded_at=now, note="SYNTHETIC: six times, says the far side")
tried = replace(in_force, events=(ours,))
print(f"{registered.id}: {registered.kind}, {registered.first} to {registered.last}, ", end="")
print(f"{registered.multiple:g} times at most; {ours.multiple:g} times, as we see it now")

# %% [markdown]
# ## The same forecast with and without it
# Both are made of what is known this morning. An event moves the upper end of the intervals on its days,
# hardly the median: it says what may come, not what will.

# %%
panel = panel_of(store, issue="latest")
evening = replace(ours, recorded_at=registered.recorded_at)  # what the last cutoff may know
known = replace(in_force, events=(evening,))
both = {"registered": issue(panel, in_force, places=places), "ours": issue(panel, known, places=places)}
total = totals_of(panel, places)[0]
figure = Figure(figsize=(12, 4.6), layout="constrained")
for axes, (name, made) in zip(figure.subplots(1, 2, sharey=True), both.items(), strict=True):
    plots.stamp(plots.fan(made, total, place="kazakhstan", ax=axes), "SYNTHETIC")
    axes.set_title(f"Call-up as {name}", loc="left", fontsize=10)
figure

# %%
tables = {
    name: frames.interval_frame(made).query("crossing == 'kazakhstan'").set_index("target_date")
    for name, made in both.items()
}
shown = ["median", "high_0.8", "high_0.95"]
beside = tables["registered"][shown].join(tables["ours"][shown], rsuffix=", ours")
beside.iloc[[0, 6, 13, 20, 23, 27]].round(0).astype(int)

# %% [markdown]
# ## Would it have helped?
# A score needs cutoffs that knew of it. So the question is asked another way: had we said six when the
# register said four, would the days since have been forecast better? Few days have counts by now, and these
# will still be corrected.

# %%
cutoffs = parse_cutoffs("2022-09-21:2022-09-25")
scored = [scored_days(backtest(vintages, cutoffs, one, places=places), vintages) for one in (known, in_force)]
verdict = compared(*scored, names=("six times", "the registered four"))
Markdown(f"**{verdict.verdict}**")

# %% [markdown]
# As it is really recorded, it changes no past forecast by a digit, and a backtest cannot speak for or
# against it. What can is a shadow: forecasts from tonight on, beside those in force, scored by the same
# counts.

# %%
before = backtest(vintages, cutoffs[-1:], tried, places=places)
same = before.equals(backtest(vintages, cutoffs[-1:], in_force, places=places))
Markdown(f"The forecasts of {cutoffs[-1]} with the event as recorded: {'the same' if same else 'DIFFERENT'}.")

# %% [markdown]
# ## Written down
# The nightly job reads a configuration from a file. It holds what differs from the usual, and an id by
# which all of it is known; the slow members stay as they are in force.

# %%
proposal = replace(configuration_in_force(store, settings, fast=False)[0], events=(ours,))
file = settings.home / "call-up-six.toml"
file.write_text(toml_of(proposal), encoding="utf-8")
print(toml_of(proposal))

# %% [markdown]
# ## Proposed
# By the command, or by the function that the command calls, which needs the store opened to be written. An
# operator promotes it once its shadow has been no worse for two weeks.

# %%
note = f"Call-up: {MULTIPLE:g} times rather than {registered.multiple:g}, as told by the far side"
if PROPOSE:
    with Store.open(settings.database_url) as writable:
        record = propose(writable, settings, proposal, note=note, actor="notebook")
    print(f"Proposed {record.id}.")
else:
    print(f'The store is as it was. To propose it:\narrivals model propose "{file}" --note "{note}"')

# %%
store.close()
