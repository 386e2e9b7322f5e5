"""Published forecasts against the counts that became known, or changed, since the last issue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast import scores
from forecast.arrays import FloatArray
from forecast.outlook import Verdict, verdicts
from forecast.panel import Panel
from forecast.places import Places
from forecast.quantiles import INTERVAL_LEVELS
from service.store import Store
from service.store.records import EVERYTHING, Issue, OutlookScore, PublishedForecast, Score


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Whole counts of crossings at two vintages: now, and when past forecasts were last verified.

    `now` and `before` are frames [crossing, day], NaN where there is no whole count; a day on which
    a crossing was `closed`, [crossing, day] at both vintages, is no count but adds nobody to a total.
    """

    now: pd.DataFrame
    before: pd.DataFrame
    closed_now: pd.DataFrame
    closed_before: pd.DataFrame

    @classmethod
    def of(cls, panel: Panel, earlier: Panel | None) -> "Counts":
        """The counts of a panel beside those of the earlier vintage, if there were any."""
        now, closed = _frame(panel, panel.complete), _frame(panel, panel.closed)
        if earlier is None:
            return cls(now, now * np.nan, closed, closed & False)
        before = _frame(earlier, earlier.complete).reindex(index=now.index, columns=now.columns)
        shut = _frame(earlier, earlier.closed).reindex(index=now.index, columns=now.columns, fill_value=False)
        return cls(now, before, closed, shut)

    @property
    def first_change(self) -> date | None:
        """The earliest day on which something is known now that was not, or not so, before."""
        days = (_differs(self.now, self.before) | (self.closed_now != self.closed_before)).any(axis=0)
        return days.index[days.to_numpy()][0].date() if days.any() else None

    def to_score(self, places: Places, ids: Sequence[str], days: pd.DatetimeIndex) -> FloatArray:
        """Counts of crossings and totals where they are new or changed, NaN elsewhere: [place, day].

        A total is that of the crossings among `ids`, which are what the forecast of it was made of.
        """
        now = _with_totals(self.now, self.closed_now, places, ids).reindex(columns=days)
        before = _with_totals(self.before, self.closed_before, places, ids).reindex(columns=days)
        return np.where(_differs(now, before), now, np.nan)

    def whole(self, places: Places, ids: Sequence[str], days: pd.DatetimeIndex) -> FloatArray:
        """All whole counts of crossings and totals as known now, NaN elsewhere: [place, day]."""
        return _with_totals(self.now, self.closed_now, places, ids).reindex(columns=days).to_numpy()

    def people(
        self, places: Places, ids: Sequence[str], days: pd.DatetimeIndex
    ) -> tuple[FloatArray, FloatArray]:
        """Whole counts now and before, nobody on closed days, NaN where not known: [place, day] each."""
        now, before = (
            _with_totals(counts.mask(closed, 0.0), closed, places, ids).reindex(columns=days).to_numpy()
            for counts, closed in ((self.now, self.closed_now), (self.before, self.closed_before))
        )
        return now, before


def _frame(panel: Panel, values: npt.NDArray[np.generic]) -> pd.DataFrame:
    return pd.DataFrame(values, index=list(panel.ids), columns=panel.dates)


def _differs(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Where there is a whole count now that is not the one before: [place, day]."""
    return now.notna() & (now != before)


def _with_totals(
    counts: pd.DataFrame, closed: pd.DataFrame, places: Places, ids: Sequence[str]
) -> pd.DataFrame:
    """The counts of crossings and of totals, NaN where a crossing of the total is missing: [place, day]."""
    known = [place_id for place_id in ids if place_id in places]
    crossings = [place_id for place_id in known if places[place_id].level == "crossing"]
    totals = [place_id for place_id in known if places[place_id].level != "crossing"]
    open_or_shut = counts.mask(closed, 0.0).reindex(crossings).to_numpy()
    summing = places.summing(totals, crossings)
    sums = np.array([open_or_shut[row].sum(axis=0) for row in summing]).reshape(len(totals), counts.shape[1])
    return pd.concat(
        [counts.reindex(crossings), pd.DataFrame(sums, index=totals, columns=counts.columns)]
    ).reindex(list(ids))


Scored = tuple[tuple[Score, ...], tuple[OutlookScore, ...]]


def verify(store: Store, counts: Mapping[str, Counts], *, places: Places, as_of: datetime) -> Scored:
    """Scores of every published forecast of a day whose count, by measure, is new or changed.

    Beside them the scores of the parts of outlooks whose last day came in, or whose outcome changed.
    """
    changes = {measure: known.first_change for measure, known in counts.items()}
    first = min((change for change in changes.values() if change), default=None)
    if first is None:
        return (), ()
    last = max(pd.DatetimeIndex(known.now.columns)[-1].date() for known in counts.values())
    found: list[Score] = []
    outlooks: list[OutlookScore] = []
    for issue in store.issues.covering(first, last):
        for measure in issue.measures:
            if changes.get(measure):
                published = store.issues.forecasts(issue.id, EVERYTHING, measure=measure)
                found += scored(issue, published, counts[measure], (places, as_of))
                outlooks += _scored_outlooks(issue, published, counts[measure], (places, as_of))
    return tuple(found), tuple(outlooks)


def scored(
    issue: Issue, published: Sequence[PublishedForecast], counts: Counts, known: tuple[Places, datetime]
) -> Iterator[Score]:
    """The scores of an issue's forecasts of a measure on days whose counts are new or changed."""
    places, as_of = known
    observed = counts.to_score(places, [forecast.place_id for forecast in published], _days(issue))
    rows = np.flatnonzero(~np.isnan(observed).all(axis=1)).tolist()
    if len(rows):
        yield from scores_of(issue, [published[row] for row in rows], observed[rows], as_of=as_of)


def _scored_outlooks(
    issue: Issue, published: Sequence[PublishedForecast], counts: Counts, known: tuple[Places, datetime]
) -> Iterator[OutlookScore]:
    places, as_of = known
    now, before = counts.people(places, [forecast.place_id for forecast in published], _days(issue))
    for row in np.flatnonzero(((now != before) & ~np.isnan(now)).any(axis=1)).tolist():
        outlook = published[row].outlook
        earlier = list(verdicts(outlook, before[row])) if outlook else []
        for verdict in verdicts(outlook, now[row]) if outlook else ():
            if verdict not in earlier:
                yield _outlook_score(issue, published[row], verdict, as_of)


def _outlook_score(
    issue: Issue, forecast: PublishedForecast, verdict: Verdict, as_of: datetime
) -> OutlookScore:
    return OutlookScore(
        issue_id=issue.id,
        place_id=forecast.place_id,
        measure=forecast.measure,
        kind=verdict.kind,
        first=verdict.first,
        last=verdict.last,
        target_date=issue.cutoff + timedelta(days=verdict.last),
        as_of=as_of,
        outcome=verdict.outcome,
        score=verdict.score,
        reference=verdict.reference,
    )


def _days(issue: Issue) -> pd.DatetimeIndex:
    return pd.date_range(issue.cutoff + timedelta(days=1), periods=issue.horizon, freq="D")


def scores_of(
    issue: Issue, published: Sequence[PublishedForecast], observed: FloatArray, *, as_of: datetime
) -> Iterator[Score]:
    """The scores of some of an issue's forecasts where `observed` [series, horizon] is a number."""
    values = np.stack([forecast.values for forecast in published])
    columns = _columns(
        values, np.stack([forecast.baseline for forecast in published]), observed, issue.levels
    )
    inside = {
        level: scores.covered(values, observed, level, levels=issue.levels) for level in INTERVAL_LEVELS
    }
    for row, step in np.argwhere(~np.isnan(observed)):
        forecast = published[row]
        yield Score(
            issue_id=issue.id,
            place_id=forecast.place_id,
            measure=forecast.measure,
            horizon=int(step) + 1,
            target_date=issue.cutoff + timedelta(days=int(step) + 1),
            as_of=as_of,
            observed=float(observed[row, step]),
            mode=forecast.modes[step],
            covered={level: bool(held[row, step]) for level, held in inside.items()},
            **{name: float(column[row, step]) for name, column in columns.items()},
        )


def _columns(
    values: FloatArray, baseline: FloatArray, observed: FloatArray, levels: tuple[float, ...]
) -> dict[str, FloatArray]:
    """The scores by name, in the unit of the counts save for the log ones: [series, horizon] each."""
    parts = scores.wis_parts(values, observed, levels=levels)
    return {
        "wis": scores.wis(values, observed, levels=levels),
        "wis_log": scores.wis_log(values, observed, levels=levels),
        "overprediction": parts.overprediction,
        "underprediction": parts.underprediction,
        "dispersion": parts.dispersion,
        "bias": scores.bias(values, observed, levels=levels),
        "baseline_wis": scores.wis(baseline, observed, levels=levels),
        "baseline_wis_log": scores.wis_log(baseline, observed, levels=levels),
    }
