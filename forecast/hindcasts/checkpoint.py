"""What is kept of a series from one night to the next, under a hash of all that it was made from.

Nothing is ever invalidated: a count revised before a checkpoint, another calendar or another version of the
code make another key, under which nothing is found, and the series is passed from its first day.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecast.arrays import FloatArray
from forecast.calendars import HOLIDAYS_VERSION, design
from forecast.hindcasts.kept import VERSIONS, Kept
from forecast.members import Context, Member, fingerprint
from forecast.members.smooth import borders
from forecast.panel import Panel

SETTLED = 28  # days back that counts are often revised: a checkpoint says nothing of them
LOOK_BACK = 5  # weekly checkpoints, of which the newest that is found is used

STATES, LOSSES = "states-", "losses-"  # what keys begin with
HEAD = 3  # numbers before the losses: the oldest day, how many members, how many weeks


class _Verbatim(str):
    """A text that stands in a list's text without quotes, as a member's own would."""

    __slots__ = ()
    __repr__ = str.__str__


@dataclass(frozen=True, slots=True)
class Weeks:
    """The ends of weeks that checkpoints stand on, as days of a panel, newest first.

    `settled` have no forecast for a day that may still be revised, `scored` none for a day that is to come.
    """

    settled: tuple[int, ...]
    scored: tuple[int, ...]

    @classmethod
    def of(cls, panel: Panel, horizon: int) -> "Weeks":
        """Those of a panel's last day; none where it is too young."""
        newest = panel.days - 1 - panel.cutoff.toordinal() % 7
        scored = newest - 7 * -(-(horizon - panel.cutoff.toordinal() % 7) // 7)
        settled = scored - SETTLED
        return cls(
            tuple(day for day in range(settled, settled - 7 * LOOK_BACK, -7) if day >= 0),
            tuple(day for day in range(scored, settled, -7) if day >= 0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What is known of a series: the `numbers` of its smoothers `after` a day, and losses.

    `losses` [member, scale, week] are those of forecasts made at the ends of weeks, the last on day `scored`.
    """

    after: int
    scored: int
    losses: FloatArray
    numbers: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoints:
    """The keys of some series by day, and what is kept under them; `tag` names the code and the settings."""

    kept: Kept
    weeks: Weeks
    tag: str
    keys: Mapping[int, Sequence[str]]

    @classmethod
    def of(
        cls, panel: Panel, context: Context, members: Sequence[Member], *, horizon: int, kept: Kept
    ) -> "Checkpoints":
        """The keys of all series of a panel, and what is kept of them."""
        weeks = Weeks.of(panel, horizon)
        days = sorted({*weeks.settled, *weeks.scored})
        last = [day + horizon + 1 for day in days]
        known = [_Verbatim(fingerprint(member)) for member in members]
        tag = repr((*VERSIONS, HOLIDAYS_VERSION, known, horizon, panel.start.isoformat()))
        keys: dict[int, list[str]] = {day: [""] * len(panel.places) for day in days}
        for countries, rows in borders(panel):
            calendars = _digests(tag, _calendar(countries, panel, horizon), [day + 1 for day in last])
            counts = np.stack([context.counts[rows], context.reliance[rows]], axis=2)
            for row, own in zip(rows.tolist(), np.nan_to_num(counts, nan=-1.0), strict=True):
                for day, *both in zip(days, calendars, _digests("", own, last), strict=True):
                    keys[day][row] = hashlib.sha256(b"".join(both)).hexdigest()
        return cls(kept, weeks, tag, keys)

    def found(self, row: int, oldest: int) -> Found | None:
        """The newest that is kept of a series, with losses since the `oldest` day; None if nothing is."""
        for after in self.weeks.settled:
            entry = self._entry(STATES, row, after, oldest)
            if entry is not None:
                for scored in self.weeks.scored:
                    newer = self._entry(LOSSES, row, scored, oldest)
                    if newer is not None:
                        return Found(after, scored, newer[0], entry[1])
                return Found(after, after, *entry)
        return None

    def due(self, found: Found | None) -> int | None:
        """The day on which states are to be kept that are not yet."""
        newest = self.weeks.settled[:1]
        return newest[0] if newest and (found is None or found.after != newest[0]) else None

    def to_keep(self, found: Found | None) -> list[tuple[int, bool]]:
        """The days up to which losses are to be kept that are not yet, and whether states are with them."""
        if not self.weeks.settled:
            return []
        due = self.due(found)
        days = [] if due is None else [(due, True)]
        newest = self.weeks.scored[:1]
        return days + [(day, False) for day in newest if found is None or found.scored != day]

    def keep(self, row: int, day: int, losses: tuple[int, FloatArray], numbers: FloatArray | None) -> None:
        """Keep losses [member, scale, week] since a day, and states' numbers, in the place of older ones."""
        oldest, values = losses
        kind, days = (LOSSES, self.weeks.scored) if numbers is None else (STATES, self.weeks.settled)
        for older in days[1:]:
            self.kept.pop(kind + self.keys[older][row], None)
        head = [float(oldest), float(values.shape[0]), float(values.shape[2])]
        parts = [np.array(head), values.ravel(), *([] if numbers is None else [numbers])]
        self.kept[kind + self.keys[day][row]] = np.concatenate(parts)

    def _entry(self, kind: str, row: int, day: int, oldest: int) -> tuple[FloatArray, FloatArray] | None:
        """Losses and numbers, if these losses reach back far enough."""
        numbers = self.kept.get(kind + self.keys[day][row])
        if numbers is None or numbers[0] > oldest:
            return None
        members, weeks = int(numbers[1]), int(numbers[2])
        size = HEAD + 2 * members * weeks
        return numbers[HEAD:size].reshape(members, 2, weeks), numbers[size:]


def _calendar(countries: tuple[str, ...], panel: Panel, horizon: int) -> FloatArray:
    """All that a calendar says of each day: [day, number]; the priors and names with the first."""
    calendar = design(countries, panel.start, panel.cutoff + timedelta(days=horizon))
    names = np.frombuffer(hashlib.sha256(repr(calendar.names).encode()).digest(), dtype="<i4")
    head = np.concatenate([calendar.prior, names])
    days = np.column_stack([calendar.columns, calendar.special])
    told = np.zeros((len(days) + 1, max(len(head), days.shape[1])))
    told[0, : len(head)], told[1:, : days.shape[1]] = head, days
    return told


def _digests(tag: str, rows: FloatArray, upto: Sequence[int]) -> list[bytes]:
    """Hashes of a tag and an array's first rows, so many as each of some ascending numbers."""
    hasher, content, done, found = hashlib.sha256(tag.encode()), np.ascontiguousarray(rows), 0, []
    for number in upto:
        hasher.update(content[done:number].data)
        done = number
        found.append(hasher.digest())
    return found
