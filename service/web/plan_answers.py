"""What the API answers about plans: waits, staff, beds, and what changed; withheld numbers are null."""

from datetime import date
from typing import Any

from pydantic import Field

from service.web.answers import Answer, Interval, IssueRef, Number, PlaceRef, absent


class Spread(Answer):
    """A measure's median, central intervals by their level and, on request, quantiles by theirs."""

    median: Number | None
    intervals: dict[str, Interval]
    quantiles: dict[str, Number | None] | None = Field(None, exclude_if=absent)


class PlanLevel(Answer):
    """What to have ready, and what of it is on average unused or lacking."""

    safety: float = Field(description="The chance that it suffices.")
    level: Number | None
    empty: Number | None = Field(
        description="Expected unused; null for the level by cost, and of few people."
    )
    unmet: Number | None = Field(
        description="Expected lacking; null for the level by cost, and of few people."
    )


class PlanTo(Answer):
    """Levels to plan to, the safest first, and the one of least expected cost."""

    levels: list[PlanLevel]
    by_cost: PlanLevel = Field(description="Of least expected cost, by the registered costs.")


class PlanDay(Answer):
    """A planned day."""

    target_date: date
    horizon: int = Field(description="Days after the cutoff.")
    suppressed: bool = Field(
        description="Whether numbers are withheld: all of them, or single ones of too few people."
    )
    flags: tuple[str, ...] = Field(description="What to know of the day, in words.")


class WaitsDay(PlanDay):
    """How long people will wait at a crossing if its registered booths are open."""

    capacity: Number | None = Field(description="People/day that the registered booths pass.")
    demand: Spread | None = Field(description="People/day who want to cross.")
    throughput: Spread | None = Field(description="People/day who get through.")
    queue: Spread | None = Field(description="People who stand at the end of the day.")
    mean_wait: Spread | None = Field(description="Hours, over those who come that day.")
    longest_wait: Spread | None = Field(description="Hours, of those who come that day.")
    person_hours: Spread | None = Field(description="Hours stood in the queue, summed over people.")
    late_chance: dict[str, float] | None = Field(
        description="By hours: the chance that anyone who comes that day waits longer."
    )
    late_share: dict[str, float] | None = Field(
        description="By hours: the share of the day's people who are expected to wait longer."
    )
    full_chance: float | None = Field(description="The chance that more come than the booths pass.")
    spill_chance: float | None = Field(description="The chance that the queue spills over its room.")


class BothWays(Answer):
    """Expected with the booths that are registered, and with the roster's."""

    registered: Number | None
    roster: Number | None


class SafetyRoster(Answer):
    """The roster for another safety, and what it buys."""

    safety: float = Field(description="The share of futures for whose load it suffices.")
    roster: list[int] = Field(description="Booths to open by hour.")
    staff_hours: Number = Field(description="Booth-hours.")
    held: bool = Field(description="Whether it keeps the service level in every hour.")
    mean_wait: Number = Field(description="Expected hours.")
    person_hours: Number | None = Field(description="Expected hours stood in the queue, over all people.")


class StaffDay(PlanDay):
    """Which booths to open at a crossing, and what that buys."""

    roster: list[int] | None = Field(description="Booths to open by hour, from midnight.")
    registered: list[int] | None = Field(description="Booths as registered, by hour.")
    staff_hours: BothWays | None = Field(description="Booth-hours.")
    booths_limit: int | None = Field(description="Booths there are.")
    staff_hours_limit: Number | None = Field(description="Booth-hours that may be spent; null for any.")
    wait_target: Number | None = Field(description="Minutes within which people are to be served.")
    service_level: float | None = Field(description="The share to be served within them.")
    held: bool | None = Field(description="Whether the roster keeps the service level in every hour.")
    mean_wait: BothWays | None = Field(description="Expected hours.")
    person_hours: BothWays | None = Field(description="Expected hours stood in the queue, over all people.")
    booths_needed: Spread | None = Field(
        description="Booths that would keep the level in the fullest hour, if more could be had."
    )
    plan_to: PlanTo | None = Field(description="Booths for the fullest hour.")
    safeties: list[SafetyRoster] | None = Field(description="Rosters for other safeties, the safest first.")


class BedsDay(PlanDay):
    """Which beds and buses a region needs at the end of a day."""

    beds: int | None = Field(description="Beds there are.")
    beds_needed: Spread | None = Field(description="The region's guests, wherever they sleep.")
    beds_occupied: Spread | None = Field(description="Beds slept in, by guests of other regions too.")
    beds_free: Spread | None = Field(description="Beds left.")
    full_chance: float | None = Field(description="The chance that more beds are needed than there are.")
    full_chance_by_then: float | None = Field(
        description="That this is so at the end of at least one day up to this one."
    )
    beyond: Number | None = Field(description="Expected guests beyond the region's own beds.")
    without_bed: Spread | None = Field(description="People without a bed once other regions have helped.")
    without_bed_expected: Number | None = Field(description="Their expected number.")
    sent: Number | None = Field(description="Expected guests who sleep in other regions.")
    received: Number | None = Field(description="Expected guests of other regions.")
    onward_land: Number | None = Field(description="Expected guests who go on by land that day.")
    onward_air: Number | None = Field(description="Expected guests who go on by air that day.")
    buses_needed: Spread | None = Field(description="Buses for those who go on by land.")
    plan_to_beds: PlanTo | None = Field(description="Beds; null for a country, which has no costs.")
    plan_to_buses: PlanTo | None = Field(description="Buses; null for a country.")


class TransitShare(Answer):
    """The share of guests who stay or go on, with its 80 % interval."""

    lower: float
    share: float
    upper: float


class PlacePlan(Answer):
    """What is planned for a place."""

    place: PlaceRef
    suppressed: bool = Field(description="Whether publication of the place is stopped.")
    flags: tuple[str, ...] = Field(description="What to know of all days, in words.")


class PlaceWaits(PlacePlan):
    """The waits at a crossing."""

    standing: Number | None = Field(
        description="People who stand at the end of the cutoff; null where they are too few to tell."
    )
    days: list[WaitsDay]


class PlaceStaff(PlacePlan):
    """The booths of a crossing."""

    safety: float | None = Field(description="The share of futures for whose load the roster suffices.")
    shift: int | None = Field(description="Hours for which a booth is opened or closed.")
    days: list[StaffDay]


class PlaceBeds(PlacePlan):
    """The beds of a region, or of a country's regions together."""

    bed_share: float | None = Field(description="The share of arrivals who need a bed.")
    bus_seats: int | None = Field(description="People a bus.")
    transit: dict[str, TransitShare] | None = Field(
        description="Who stays and who goes on (stay, onward_land, onward_air); null for a country."
    )
    days: list[BedsDay]


class _PlansAnswer(Answer):
    """Of one issue; `units` names the unit of every number by its field."""

    issue: IssueRef
    units: dict[str, str]


class WaitsAnswer(_PlansAnswer):
    """Waits by crossing."""

    places: list[PlaceWaits]


class StaffAnswer(_PlansAnswer):
    """Booths by crossing."""

    places: list[PlaceStaff]


class BedsAnswer(_PlansAnswer):
    """Beds by region, a country above its regions."""

    places: list[PlaceBeds]


class ChangeAnswer(Answer):
    """A measure of a day in the issue before and now."""

    measure: str
    unit: str
    target_date: date
    horizon: int
    suppressed: bool
    median_before: Number | None
    median_now: Number | None
    upper_before: Number | None = Field(description="The 0.95 quantile.")
    upper_now: Number | None = Field(description="The 0.95 quantile.")


class PlaceChangesAnswer(Answer):
    """What changed for a place, and why."""

    place: PlaceRef
    suppressed: bool
    reasons: tuple[str, ...] = Field(description="What is known now and was not before, in words.")
    changes: list[ChangeAnswer]


class ChangesAnswer(Answer):
    """What an issue plans otherwise than the one before."""

    issue: IssueRef
    before: IssueRef | None = Field(description="The issue before; null for the first one.")
    places: list[PlaceChangesAnswer]


class ColumnAnswer(Answer):
    """A column of a table."""

    name: str
    title: str
    unit: str = Field(description="Empty for words; where rows differ they have a column `unit`.")


class TableAnswer(Answer):
    """A table; each row has a value for every column, null where it is not known or withheld."""

    name: str
    columns: list[ColumnAnswer]
    rows: list[dict[str, Any]]


class DayAnswer(Answer):
    """The plan of a day: Waits, Staff, Beds, Plan to, Changes."""

    issue: IssueRef
    before: IssueRef | None = Field(description="The issue that changes are from; null for the first one.")
    day: date
    horizon: int
    tables: list[TableAnswer]
