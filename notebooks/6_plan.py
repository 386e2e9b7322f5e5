# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. How many beds, how many booths?
# **SYNTHETIC counts and made-up capacities of the demo.** The forecast's joint paths go through the booths
# and into the beds as registered, and again under what may happen. This notebook only reads.

# %%
# %matplotlib inline
from datetime import timedelta

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from forecast import plots
from forecast.planning.decisions import read_off, safety_table
from forecast.planning.plan import course_of, roster_for
from forecast.planning.scenarios import Setting, demand_under, registers_under, scenario_of, told
from forecast.plots.fans import count_people, name_days, plain
from service.cycle.planning import recent_of
from service.cycle.reading import Vintage
from service.demo.bench import open_demo

store, settings = open_demo()
issue = store.issues.latest()
vintage, places = Vintage.of(issue), store.places.all(as_of=issue.as_of)
basis = vintage.basis(store, vintage.panels(store, ("arrivals",), places), places)
demand = store.plans.paths(issue.id, "demand") or store.issues.paths(issue.id, "arrivals")
days = [issue.cutoff + timedelta(days=ahead + 1) for ahead in range(demand.values.shape[2])]
region = "west-kazakhstan"
Markdown(
    f"{len(demand.values)} joint paths of the demand at {len(demand.ids)} crossings, from {days[0]} on. "
    "Where a queue stands, demand is what came to it, not what the booths let through."
)

# %% [markdown]
# ## Three scenarios
# Assumptions are checked against the issue, and said again in words. Nobody gives the chance of any.

# %%
setting = Setting(places, demand.ids, demand.cutoff, len(days))
first, eighth = days[1].isoformat(), days[7].isoformat()
more = {"kind": "multiply", "places": ["kazakhstan"], "from": first, "multiple": 1.5}
closed = {"kind": "close", "place": "taskala", "from": first, "until": eighth, "to": {"syrym": 0.7}}
limits = {one: basis.registers.crossing(one, days[1]).booths_limit for one in demand.ids}
opened = [
    {"kind": "change", "place": one, "from": first, "change": {"booths": [most] * 24}}
    for one, most in limits.items()
]
assumed = {"Taskala closes": [closed], "half as many again": [more], "all booths open, too": [more, *opened]}
scenarios = {name: scenario_of(documents, setting) for name, documents in assumed.items()}
for name, scenario in scenarios.items():
    print(f"{name}: {told(scenario.assumptions[0], setting)['words']}")

# %% [markdown]
# ## Through booths and beds
# The same chance is drawn for each scenario, so that two of them differ by what was assumed alone. Beds are
# needed by those whom the booths let through: more people before full booths are first of all a longer
# queue.

# %%
records = store.capacities.records(as_of=issue.as_of, last_capacity=issue.last_capacity)
documents = [record.document for record in records]
recent = recent_of(basis)
courses = {"as forecast": course_of(demand, recent, basis.registers, places=places)}
for name, scenario in scenarios.items():
    registers = registers_under(scenario, documents, places)
    courses[name] = course_of(demand_under(scenario, demand), recent, registers, places=places)


def summary(course):
    """The week's figures: means over paths."""
    beds, week = course.beds, slice(0, 7)
    row, people = beds.ids.index(region), course.demand.values[:, :, week]
    return {
        "people a day": people.sum(axis=1).mean(),
        "hours waited, mean": course.waits.person_hours[:, :, week].sum() / people.sum(),
        "beds needed, worst day": beds.needed[:, row, week].mean(axis=0).max(),
        "chance of full": beds.full_chance()[row, week].max(),
        "without a bed, all regions": beds.expected_without_bed()[:, week].sum(axis=0).max(),
    }


pd.DataFrame({name: summary(course) for name, course in courses.items()}).T.round(2)

# %% [markdown]
# ## Beds of West Kazakhstan
# Half of the paths lie in the dark band, eight of ten in the light one; the dashed line is what is
# registered. Plan to the upper edge where a missing bed costs more than an empty one.

# %%
figure = Figure(figsize=(11, 6.4), layout="constrained")
for axes, (name, course) in zip(figure.subplots(2, 2, sharey=True).flat, courses.items(), strict=True):
    row = course.beds.ids.index(region)
    low, quarter, middle, upper, high = read_off(course.beds.needed[:, row], (0.1, 0.25, 0.5, 0.75, 0.9))
    axes.fill_between(days, low, high, color="#cfe1f2", lw=0)
    axes.fill_between(days, quarter, upper, color="#93c3df", lw=0)
    axes.plot(days, middle, color="#0b3c6f", lw=1.8)
    axes.plot(days, course.beds.beds[row], color="#c46a00", lw=1.4, ls="--")
    name_days(axes)
    count_people(axes)
    plain(axes)
    axes.set_title(f"{region}: beds needed, {name}", loc="left", fontsize=10)
    plots.stamp(axes, "SYNTHETIC")
figure

# %% [markdown]
# ## What safety costs
# For the seventh day: so many beds suffice with so much probability, so many stay empty on average, so many
# people lack one. The register's costs say which row is the cheapest.

# %%
row = courses["as forecast"].beds.ids.index(region)
price = basis.registers.region(region, days[6]).bed_cost
safety = safety_table(courses["as forecast"].beds.needed[:, row, 6], price)
columns = {"beds": safety.level, "empty": safety.empty, "unmet": safety.unmet, "cost": safety.cost}
pd.DataFrame(columns, index=pd.Index(safety.safeties, name="safety")).round(0).astype(int)

# %% [markdown]
# ## Booths
# A roster for the load that suffices in eight of ten cases, beside the booths as registered: what it opens,
# what it saves, and where even all booths are too few.

# %%
course = courses["as forecast"]
roster, gain = roster_for(course, 0.8)
week = slice(0, 7)
columns = {
    "booth-hours registered": course.hours.booths[:, : 7 * 24].sum(axis=1),
    "by roster": roster.staff_hours[:, week].sum(axis=1),
    "mean wait, hours": gain.wait_before[:, week].mean(axis=1) / 60,
    "with roster": gain.wait_after[:, week].mean(axis=1) / 60,
    "days held of 7": roster.held[:, week].sum(axis=1),
}
pd.DataFrame(columns, index=roster.ids).round(1)

# %%
for number, one in enumerate(roster.ids[:4]):
    print(f"{one}, {days[0]}: {roster.statement(number, 0) or 'the level is held'}")

# %%
store.close()
