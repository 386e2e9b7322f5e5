"""Frames under an analyst's own column names become panels, or are refused with column, row and remedy."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from forecast.panel import Panel
from forecast.places import Place, Places
from forecast.rows import PanelError, renamed

OWN = pd.DataFrame(
    {
        "station": ["b", "a", "a"],
        "day": ["2022-09-03", "2022-09-01", "2022-09-02"],
        "people": ["7", "0", ""],
        "state": [None, "closed", None],
        "told": ["2022-09-03T20:00Z", "2022-09-01T20:00Z", "2022-09-02T20:00Z"],
    }
)
NAMES = {"place": "station", "date": "day", "value": "people"}


def alone(*counts, first="2022-09-01", **more):
    return pd.DataFrame({"day": pd.date_range(first, periods=len(counts)), "people": counts, **more})


def test_every_column_may_have_a_name_of_its_own():
    own = OWN.assign(people=pd.to_numeric(OWN["people"], errors="coerce"))
    panel = Panel.from_frame(own, **NAMES, status="state", recorded_at="told")
    assert (panel.ids, panel.measure) == (("a", "b"), "arrivals")
    np.testing.assert_array_equal(panel.counts, [[0, np.nan, np.nan], [np.nan, np.nan, 7]])
    assert panel.closed.tolist() == [[True, False, False], [False, False, False]]
    early = datetime(2022, 9, 2, tzinfo=UTC)
    assert Panel.from_frame(own, **NAMES, recorded_at="told", as_of=early).ids == ("a",)


def test_columns_that_are_not_named_are_left_alone_whatever_they_are_called():
    panel = Panel.from_frame(alone(3.0, 5.0, note=["x", "y"]), date="day", value="people")
    assert panel.counts.tolist() == [[3, 5]]


def test_a_frame_without_places_is_of_one_place():
    panel = Panel.from_frame(alone(3, 5), date="day", value="people")
    assert panel.ids == ("all",)
    border = Place("dostyk", "Dostyk", country="KZ")
    known = Panel.from_frame(alone(3, 5), date="day", value="people", places=(border,))
    assert known.places == (border,)
    assert known.counts.tolist() == [[3, 5]]


def test_a_register_gives_its_crossings():
    register = Places([Place("north", "North", "region"), Place("a", "A", parent="north"), Place("b", "B")])
    own = OWN.replace({"people": {"": "4"}})
    panel = Panel.from_frame(own, **NAMES, places=register)
    assert [place.name for place in panel.places] == ["A", "B"]


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (pd.to_datetime(["2022-09-01 10:00", "2022-09-02 11:00"]), date(2022, 9, 1)),
        (pd.to_datetime(["2022-09-01", "2022-09-02"]).tz_localize("Asia/Almaty"), date(2022, 9, 1)),
        ([date(2022, 9, 1), date(2022, 9, 2)], date(2022, 9, 1)),
    ],
)
def test_days_may_be_instants_and_are_those_of_their_own_zone(days, first):
    panel = Panel.from_frame(pd.DataFrame({"date": days, "arrivals": [1, 2]}))
    assert (panel.start, panel.days) == (first, 2)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            alone(1).rename(columns={"day": "when"}),
            r"column 'day' is missing; found when, people; say which it is by date='...'",
        ),
        (
            pd.DataFrame({"day;people": ["2022-09-01;310"]}),
            r"column 'day' is missing; found one column 'day;people'; read the file with "
            r"pd.read_csv\(..., sep=';'\)",
        ),
        (
            alone(1, 2).assign(day=["2022-09-01", "02.09.2022"]),
            r"column 'day', row 1: '02.09.2022' must hold days as YYYY-MM-DD; read the file with "
            r"pd.read_csv\(..., parse_dates=\['day'\], date_format='%d.%m.%Y'\)",
        ),
        (alone(1, 2).assign(day=["2022-09-01", None]), "column 'day', row 1: None must hold days"),
        (
            alone(1, 2, 3).assign(day=["2022-09-01", "2022-09-02", "2202-09-03"]),
            "column 'day', row 2: '2202-09-03' lies a hundred years from the others; mend the year",
        ),
        (
            alone("12", "1,234"),
            r"column 'people', row 1: '1,234' must be a number of at least 0; write digits alone "
            r"\(pd.read_csv\(..., thousands=','\)",
        ),
        (alone(3.0, -1.0), "column 'people', row 1: -1.0 must be a number of at least 0"),
        (
            pd.concat([alone(1, 2), alone(3, 4)]),
            "row 2: a second count for 2022-09-01; say which column names the place by place='...'",
        ),
        (alone(1).head(0), "no rows; a panel needs at least one count"),
    ],
)
def test_a_frame_is_refused_with_column_row_and_remedy(frame, message):
    with pytest.raises(PanelError, match=message):
        Panel.from_frame(frame, date="day", value="people")


def test_a_row_without_a_place_is_refused_and_makes_no_place_of_its_own():
    with pytest.raises(PanelError, match="column 'station', row 2: None must name a place; fill it in"):
        Panel.from_frame(OWN.assign(station=["b", "a", None], people=1), **NAMES)


def test_an_instant_that_is_none_is_refused():
    with pytest.raises(PanelError, match="column 'told', row 0: 'soon' must be an instant such as"):
        Panel.from_frame(OWN.assign(told="soon", people=1), **NAMES, recorded_at="told")


def test_a_place_that_was_named_and_is_not_there_is_missed():
    with pytest.raises(PanelError, match=r"column 'post' is missing; found .*; say which it is by place="):
        Panel.from_frame(OWN, place="post", date="day", value="people")


def test_renamed_rows_have_the_usual_names_and_no_others():
    found = renamed(alone(3, 5, note="x"), "arrivals", {"date": "day", "value": "people"})
    assert list(found.columns) == ["crossing", "date", "arrivals"]
    assert set(found["crossing"]) == {"all"}
    whole = renamed(OWN, "waiting", {**NAMES, "recorded_at": "told", "status": "state"})
    assert list(whole.columns) == ["crossing", "date", "waiting", "status", "recorded_at"]
