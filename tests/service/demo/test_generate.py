"""The synthetic counts: the committed bytes, and the story that was reported of September 2022."""

import gzip
from datetime import date, timedelta

import pandas as pd
import pytest

from service.demo import COUNTS_FILE, PLACES_FILE, generate, story


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return pd.read_csv(COUNTS_FILE, parse_dates=["date", "recorded_at"])


@pytest.fixture(scope="module")
def final(committed: pd.DataFrame) -> pd.DataFrame:
    """What was known in the end: [day, crossing]."""
    return _by_day(committed.drop_duplicates(["crossing", "date"], keep="last"))


@pytest.fixture(scope="module")
def first(committed: pd.DataFrame) -> pd.DataFrame:
    """What was known the next morning: [day, crossing]."""
    return _by_day(committed.drop_duplicates(["crossing", "date"], keep="first"))


def _by_day(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.pivot(index="date", columns="crossing", values="arrivals")


def _as_of(committed: pd.DataFrame, instant: str) -> pd.DataFrame:
    known = committed[committed["recorded_at"] <= pd.Timestamp(instant)]
    return _by_day(known.drop_duplicates(["crossing", "date"], keep="last"))


def test_the_generator_gives_the_committed_bytes() -> None:
    assert generate.to_csv(generate.counts()) == gzip.decompress(COUNTS_FILE.read_bytes())


def test_the_register_names_the_crossings_that_count() -> None:
    places = pd.read_csv(PLACES_FILE)
    crossings = places[places["level"] == "crossing"]
    assert sorted(crossings["id"]) == sorted(generate.CROSSINGS)
    assert crossings["parent"].nunique() == 6
    assert sum(story.ORDINARY_SHARES.values()) == pytest.approx(1)
    assert sum(story.SURGE_SHARES.values()) == pytest.approx(1)


def test_rows_are_counts_or_closed_days_without_one(committed: pd.DataFrame) -> None:
    closed = committed["status"] == "closed"
    assert committed.loc[closed, "arrivals"].isna().all()
    counted = committed.loc[~closed, "arrivals"]
    assert (counted >= 0).all()
    assert (counted == counted.round()).all()
    assert not committed.duplicated(["crossing", "date", "recorded_at"]).any()


@pytest.mark.parametrize("day", story.SURGE, ids=str)
def test_the_ten_crossings_sum_to_both_vintages_of_the_surge(
    first: pd.DataFrame, final: pd.DataFrame, day: date
) -> None:
    said, counted = story.SURGE[day]
    assert first.loc[pd.Timestamp(day)].sum() == said
    assert final.loc[pd.Timestamp(day)].sum() == counted


def test_arrivals_at_least_double_between_one_and_two_days_after_the_announcement(
    final: pd.DataFrame,
) -> None:
    total = final.sum(axis=1)
    assert total["2022-09-21"] < 2 * total["2022-09-20"]
    assert total["2022-09-22"] >= 2 * total["2022-09-20"]


def test_six_days_stand_at_capacity_before_a_burst_of_two(final: pd.DataFrame) -> None:
    total = final.sum(axis=1)
    plateau = total["2022-09-22":"2022-09-27"]
    assert (abs(plateau / plateau.mean() - 1) < 0.2).all()
    capacity = pd.read_csv(PLACES_FILE)["capacity"].sum()
    assert 0.9 * capacity < plateau.mean() < 1.05 * capacity
    assert (total["2022-09-28":"2022-09-29"] > plateau.max()).all()
    assert total["2022-09-30"] < plateau.min()


def test_the_surge_has_decayed_below_normal_by_its_thirteenth_day(final: pd.DataFrame) -> None:
    total = final.sum(axis=1)
    before = total["2022-09-07":"2022-09-20"].mean()
    assert total["2022-10-03"] < before
    assert (total["2022-09-21":"2022-10-01"] > before).all()


def test_no_first_report_of_the_surge_exceeds_the_final_count(
    first: pd.DataFrame, final: pd.DataFrame
) -> None:
    both = slice("2022-09-20", "2022-10-15")
    assert (first[both] <= final[both]).all(axis=None)


def test_west_kazakhstan_takes_22_to_32_percent_of_the_surge(final: pd.DataFrame) -> None:
    surge = final["2022-09-21":"2022-09-30"]
    share = surge[["syrym", "taskala", "aksai", "shagan"]].sum(axis=1) / surge.sum(axis=1)
    assert share.between(0.22, 0.32).all()


def test_the_ordinary_level_and_the_summer_peak_are_as_reported(final: pd.DataFrame) -> None:
    total = final.sum(axis=1)
    september = total["2022-09-10":"2022-09-20"].mean()
    assert 8_000 < september < 9_200
    assert total["2022-07"].sum() == pytest.approx(485_000, rel=0.05)
    assert total["2022-07"].mean() / september == pytest.approx(1.8, rel=0.08)
    assert total["2022-09"].sum() == pytest.approx(406_000, rel=0.05)


def test_ordinary_days_complete_from_92_to_99_percent_and_then_to_all(
    committed: pd.DataFrame, first: pd.DataFrame, final: pd.DataFrame
) -> None:
    summer = slice("2022-05-01", "2022-08-01")
    next_morning = first[summer].sum().sum() / final[summer].sum().sum()
    assert next_morning == pytest.approx(0.92, abs=0.01)
    day = pd.Timestamp("2022-06-15")
    after_three_days = _as_of(committed, "2022-06-18T06:00Z").loc[day].sum() / final.loc[day].sum()
    assert after_three_days == pytest.approx(0.99, abs=0.005)
    assert _as_of(committed, "2022-07-01T06:00Z").loc[day].sum() == final.loc[day].sum()


def test_two_thirds_of_the_surges_gap_close_in_five_days_and_the_rest_in_december(
    committed: pd.DataFrame, first: pd.DataFrame, final: pd.DataFrame
) -> None:
    day = pd.Timestamp("2022-09-24")
    gap = final.loc[day].sum() - first.loc[day].sum()
    for instant, closed in (
        ("2022-09-25T00:00Z", 0),
        ("2022-09-30T00:00Z", 2 / 3),
        ("2022-12-14T00:00Z", 2 / 3),
        ("2022-12-16T00:00Z", 1),
    ):
        known = _as_of(committed, instant).loc[day].sum()
        assert (known - first.loc[day].sum()) / gap == pytest.approx(closed, abs=0.01)


def test_one_crossing_is_closed_for_three_weeks_and_its_neighbour_takes_traffic(
    committed: pd.DataFrame, final: pd.DataFrame
) -> None:
    closed = committed[committed["status"] == "closed"]
    assert set(closed["crossing"]) == {"alimbet"}
    assert sorted(closed["date"].dt.date) == [date(2021, 5, 10) + timedelta(days=n) for n in range(21)]
    assert (
        final.loc["2021-05-10":"2021-05-30", "zhaisan"].mean()
        > final.loc["2021-04-12":"2021-05-02", "zhaisan"].mean()
    )


def test_a_few_days_were_never_reported(committed: pd.DataFrame) -> None:
    known = set(zip(committed["crossing"], committed["date"].dt.date, strict=True))
    assert not known & set(story.MISSING_DAYS)
    days = (story.LAST_DAY - story.FIRST_DAY).days + 1
    assert len(known) == days * len(generate.CROSSINGS) - len(story.MISSING_DAYS)


def test_the_last_day_is_partial_at_every_crossing(committed: pd.DataFrame) -> None:
    last = committed[committed["date"] == pd.Timestamp(story.LAST_DAY)]
    assert len(last) == len(generate.CROSSINGS)
    assert (last["status"] == "partial").all()
    assert committed["recorded_at"].max() == pd.Timestamp(story.KNOWN_UNTIL)


def test_a_day_is_first_reported_on_the_next_morning_of_its_own_zone(committed: pd.DataFrame) -> None:
    zones = pd.read_csv(PLACES_FILE, index_col="id")["time_zone"]
    before_last = committed[committed["date"] < pd.Timestamp(story.LAST_DAY)]
    first = before_last.drop_duplicates(["crossing", "date"], keep="first")
    for crossing, reports in first.groupby("crossing"):
        local = reports["recorded_at"].dt.tz_convert(zones[crossing]).dt.tz_localize(None)
        since_midnight = local - reports["date"] - pd.Timedelta(days=1)
        assert since_midnight.between(pd.Timedelta(hours=3), pd.Timedelta(hours=5)).all()


def test_ordinary_weeks_have_a_shape_and_holidays_stand_out(final: pd.DataFrame) -> None:
    total = final.sum(axis=1)["2019-04-01":"2022-09-20"]
    winter = total[total.index.month.isin([1, 2, 11, 12])]
    weekday = winter.groupby(winter.index.dayofweek).mean()
    assert weekday[5] > 1.15 * weekday[1]
    new_year = pd.concat([total[f"{year}-01-02" : f"{year}-01-08"] for year in (2020, 2021, 2022)])
    assert new_year.mean() > 1.15 * winter.mean()
