"""Exponential smoothing after a calendar regression, all series of a border at once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.calendars import Design, design
from forecast.members.protocol import Context, Span
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import (
    Inputs,
    Regression,
    Scale,
    Smoothed,
    Smoother,
    Smoothing,
    advanced,
    forecast,
    start,
)
from forecast.smoothing.effects import Effects
from forecast.smoothing.packing import (
    packed,
    packed_groups,
    pass_groups,
    unpack_group,
    unpacked,
    width,
)

WEEK_END = 6  # Sunday, from which calendar effects are known anew
TOGETHER = 256  # series that pass at a time
RECENT = 27  # days of one-step errors that are handed on
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """What the last cutoff's forecast of some rows is made of, on the scale of the smoother.

    `ahead` [row, horizon] is the forecast without calendar effects, `effects` [row, horizon, column] the
    effect of each of the calendar's columns.
    """

    scale: Scale
    rows: Rows
    calendar: Design
    ahead: FloatArray
    effects: FloatArray

    def on(self, rows: Rows) -> "Components":
        """The same of rows by other numbers."""
        return replace(self, rows=rows)


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """What one pass over a panel gives.

    `quantiles` [cutoff, series, horizon, level] are counts; `errors` [day, series] are those of the last
    days' one-step forecasts on the scale; `components` explain the last cutoff's forecast.
    """

    quantiles: FloatArray
    errors: FloatArray
    components: tuple[Components, ...]


@dataclass(frozen=True, slots=True)
class Smooth:
    """A grid of smoothers on one scale, mixed by their recent errors, with quantiles from past errors.

    `season` multiplies the prior of the yearly terms.
    """

    name: str
    smoothing: Smoothing
    season: float = 1.0
    slow: bool = field(default=False, init=False)
    stride: int = field(default=1, init=False)

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles in counts, NaN before the first count: [cutoff, series, horizon, level]."""
        return self.passed(panel, context, cutoffs, horizon).quantiles

    def passed(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> Passed:
        """The same, with what else the pass tells."""
        return passed_together([self], panel, context, Span(cutoffs, horizon))[0][self.name]

    def calendar(self, countries: tuple[str, ...], panel: Panel, horizon: int) -> Design:
        """The regressors of a border up to the last day forecast, with the member's priors."""
        last = panel.cutoff + timedelta(days=horizon)
        calendar = design(countries, panel.start, last)
        yearly = np.array([kind == "year" for kind in calendar.kinds])
        return replace(calendar, prior=np.where(yearly, self.season, 1.0) * calendar.prior)


def passed_together(
    members: Sequence[Smooth], panel: Panel, context: Context, span: Span
) -> tuple[dict[str, Passed], list[FloatArray]]:
    """What each member's pass gives, and the numbers to keep of each row.

    Members of one regression go together.
    """
    passed: dict[str, Passed] = {}
    numbers = [np.zeros(0) for _ in panel.places]
    place = np.zeros(len(panel.places), dtype=int)
    for together in side_by_side(members):
        found = _Passing(together, panel, context, span)
        for countries, rows in borders(panel):
            found.pass_border(countries, rows, place)
        passed |= found.passed()
        numbers = [np.concatenate(both) for both in zip(numbers, found.numbers, strict=True)]
    return passed, numbers


def side_by_side(members: Sequence[Smooth]) -> list[tuple[Smooth, ...]]:
    """The members by how their calendar effects are fitted."""
    found: dict[tuple[Regression, float], tuple[Smooth, ...]] = {}
    for member in members:
        kind = (member.smoothing.regression, member.season)
        found[kind] = (*found.get(kind, ()), member)
    return list(found.values())


class _Passing:
    """A pass of members of one regression over a panel's borders, one border at a time."""

    def __init__(self, members: tuple[Smooth, ...], panel: Panel, context: Context, span: Span) -> None:
        self._members, self._panel, self._context, self._span = members, panel, context, span
        series = len(panel.places)
        shape = (len(span.cutoffs), series, span.horizon, len(QUANTILE_LEVELS))
        self._quantiles = [np.full(shape, np.nan) for _ in members]
        self._errors = [np.full((RECENT, series), np.nan) for _ in members]
        self._components: list[list[Components]] = [[] for _ in members]
        self.numbers = [np.zeros(0) for _ in panel.places]

    def pass_border(self, countries: tuple[str, ...], rows: Rows, place: npt.NDArray[np.intp]) -> None:
        """Pass some rows; `place` [row] is where each one's numbers begin, and moves on behind them."""
        span = self._span
        calendar = self._members[0].calendar(countries, self._panel, span.horizon)
        days = span.cutoffs[-1] + 1
        smoother = _smoother(self._context, rows, calendar, days=days, horizon=span.horizon)
        settings = tuple(member.smoothing for member in self._members)
        inputs = Inputs.of(smoother, settings, horizon=span.horizon, week_end=WEEK_END)
        now = self._begun(inputs, rows, place)
        for day in sorted({*span.cutoffs, *([] if span.keep is None else [span.keep])}):
            now = advanced(now, inputs, day)
            if day == span.keep:
                self._keep(now, inputs, rows)
            if day in span.cutoffs:
                at = span.cutoffs.index(day)
                for own, made in zip(self._quantiles, forecast(now, inputs), strict=True):
                    own[at, rows] = made
        for member, scale in enumerate(setting.scale for setting in settings):
            chosen = inputs.rows(member)
            self._errors[member][:, rows] = now.errors[-RECENT:, chosen]
            self._components[member].append(_components(scale, rows, calendar, (now, chosen)))

    def _begun(self, inputs: Inputs, rows: Rows, place: npt.NDArray[np.intp]) -> Smoothed:
        span = self._span
        if span.after is None:
            return start(inputs)
        size = width(inputs)
        numbers = np.stack([span.numbers[row][place[row] : place[row] + size] for row in rows.tolist()])
        place[rows] += size
        now = unpacked(numbers, inputs, span.after)
        keys = self._group_keys(inputs, span.after)
        if any(key not in span.kept for key in keys):
            self._keep_groups(pass_groups(inputs, span.after), keys)
        for group, key in enumerate(keys):
            unpack_group(now.effects, group, span.kept[key])
        return now

    def _keep(self, now: Smoothed, inputs: Inputs, rows: Rows) -> None:
        for row, numbers in zip(rows.tolist(), packed(now, inputs), strict=True):
            self.numbers[row] = numbers
        self._keep_groups(now.effects, self._group_keys(inputs, now.day - 1))
        if self._span.after is not None:
            for key in self._group_keys(inputs, self._span.after):
                self._span.kept.pop(key, None)

    def _keep_groups(self, effects: Effects, keys: list[str]) -> None:
        for key, numbers in zip(keys, packed_groups(effects), strict=True):
            self._span.kept.setdefault(key, numbers)

    def _group_keys(self, inputs: Inputs, day: int) -> list[str]:
        """What the matrices of each group depend on, as known after a day."""
        regression, columns = inputs.settings[0].regression, inputs.smoother.columns[: day + 1]
        common = hashlib.sha256(f"{self._span.tag}|{regression}|{columns.shape}".encode())
        common.update(np.ascontiguousarray(columns).data)
        keys = []
        for away in inputs.group_away[:, : day + 1]:
            own = common.copy()
            own.update(np.packbits(away).data)
            keys.append(f"squares-{own.hexdigest()}")
        return keys

    def passed(self) -> dict[str, Passed]:
        """What the borders gave, by member."""
        parts = zip(self._members, self._quantiles, self._errors, self._components, strict=True)
        return {
            member.name: Passed(quantiles, errors, tuple(components))
            for member, quantiles, errors, components in parts
        }


def borders(panel: Panel) -> Iterator[tuple[tuple[str, ...], Rows]]:
    """The rows of a panel by the countries whose calendars they follow, not too many at a time."""
    borders: dict[tuple[str, ...], list[int]] = {}
    for row, place in enumerate(panel.places):
        borders.setdefault(place.countries, []).append(row)
    for countries, rows in borders.items():
        for first in range(0, len(rows), TOGETHER):
            yield countries, np.array(rows[first : first + TOGETHER])


def _smoother(context: Context, rows: Rows, calendar: Design, *, days: int, horizon: int) -> Smoother:
    """The days up to the last cutoff, and the calendar some days longer."""
    return Smoother(
        context.counts[rows, :days],
        context.reliance[rows, :days],
        calendar.columns[: days + horizon],
        calendar.prior,
        calendar.special[: days + horizon],
        (calendar.first.weekday() + np.arange(days + horizon)) % 7,
    )


def _components(scale: Scale, rows: Rows, calendar: Design, passed: tuple[Smoothed, slice]) -> Components:
    now, own = passed
    horizon = now.made.shape[1]
    columns = calendar.columns[now.day : now.day + horizon]
    effects = now.effects.coefficients[own, None, :] * columns
    return Components(scale, rows, calendar, now.made[-1][:, own].T - effects.sum(axis=2), effects)
