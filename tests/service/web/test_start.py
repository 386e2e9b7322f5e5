"""The start page: open without counts; with a key the reader's own figures; nothing remembers the key."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from forecast.quantiles import QUANTILE_LEVELS
from service.clock import SimulatedClock
from service.store import Store
from service.web import create_app, start
from tests.service.web.test_roles import OTHERS, told_of
from tests.service.web.world import NOW, PLACES, FixedSettings, Settings, World, issue_of, publish


@pytest.fixture
def demonstration(own_world: World, tmp_path: Path) -> FlaskClient:
    """The same world under a simulated clock, as in the demonstration."""
    path = tmp_path / "clock"
    SimulatedClock(path).set(NOW)
    return create_app(own_world.store, Settings(simulated_clock=path)).test_client()


def test_without_a_key_the_page_names_the_issue_and_no_place(client: FlaskClient) -> None:
    page = client.get("/")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "26 September 2022" in text
    assert "1 min ago" in text
    assert "It is not for stopping" in text
    assert "data:image" not in text
    assert not [place for place in PLACES if place.name in text or place.id in text]


def test_with_a_key_the_page_shows_a_chart_and_the_own_places(client: FlaskClient, world: World) -> None:
    page = client.post("/", data={"key": world.keys["west planner"]})
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert text.count("data:image/svg+xml") == 2
    assert "West Quarrel: the next 10 days" in text
    (held,) = world.store.issues.forecasts("issue-1", place_ids=["amberford"])
    assert start.people(held.values[0, 11]) in text
    for name in ("East Murmur", "Veldania", "Cindermoor", "Dovebridge"):
        assert name not in text


def test_the_page_tells_a_planner_nothing_of_another_region(client: FlaskClient, world: World) -> None:
    text = client.post("/", data={"key": world.keys["west planner"], "place": "cindermoor"}).get_data(
        as_text=True
    )
    shown = text.split("data:image")[0] + text.rsplit("data:image", 1)[1]
    theirs = {f"{value:,.0f}" for value in told_of(world, OTHERS) if value > 10_000}
    assert not [number for number in theirs if number in shown]


def test_the_reader_may_choose_the_place_of_the_chart(client: FlaskClient, world: World) -> None:
    for name in ("amberford", "Amberford", "AMBERFORD "):
        text = client.post("/", data={"key": world.keys["west planner"], "place": name}).get_data(
            as_text=True
        )
        assert "Amberford: the next 10 days" in text
        assert "no place of that name" not in text


@pytest.mark.parametrize("name", ["cindermoor", "nowhere"])
def test_a_place_that_the_key_does_not_see_is_said_to_be_none(
    client: FlaskClient, world: World, name: str
) -> None:
    text = client.post("/", data={"key": world.keys["west planner"], "place": name}).get_data(as_text=True)
    assert "This key sees no place of that name" in text
    assert "West Quarrel: the next 10 days" in text


@pytest.mark.parametrize(("number", "shown"), [(3082.5, "3,083"), (1795.5, "1,796"), (2.4, "2"), (0, "0")])
def test_a_half_is_rounded_upwards(number: float, shown: str) -> None:
    assert start.people(number) == shown


def test_the_key_is_neither_kept_nor_repeated(client: FlaskClient, world: World) -> None:
    secret = world.keys["west planner"]
    page = client.post("/", data={"key": secret})
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert secret not in page.get_data(as_text=True)
    assert "data:image" not in client.get("/").get_data(as_text=True)


def test_a_wrong_key_shows_nothing(client: FlaskClient) -> None:
    page = client.post("/", data={"key": "arv_0000000000_wrong"})
    assert page.status_code == 401
    assert "not valid" in page.get_data(as_text=True)
    assert "data:image" not in page.get_data(as_text=True)


def test_a_reporters_key_shows_no_forecast(client: FlaskClient, world: World) -> None:
    text = client.post("/", data={"key": world.keys["amberford reporter"]}).get_data(as_text=True)
    assert "data:image" not in text
    assert "Amberford" not in text


def test_the_demonstration_shows_the_synthetic_total_to_everybody_and_nothing_else(
    demonstration: FlaskClient,
) -> None:
    text = demonstration.get("/").get_data(as_text=True)
    assert "all counts are synthetic" in text
    assert "Veldania: the next 10 days" in text
    assert not [place for place in PLACES[1:] if place.name in text]


def test_the_open_chart_obeys_a_stop(demonstration: FlaskClient, own_world: World) -> None:
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    text = demonstration.get("/").get_data(as_text=True)
    assert "data:image" not in text
    assert "withheld" in text


def test_a_planners_page_obeys_a_stop(own_client: FlaskClient, own_world: World) -> None:
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="patrols")
    text = own_client.post("/", data={"key": own_world.keys["west planner"]}).get_data(as_text=True)
    assert text.count(">withheld<") == 4  # the crossing and its region, twice; the neighbour is told
    assert "data:image" not in text


def planned_rows(text: str) -> dict[str, list[str]]:
    """The cells of the planned day's rows by the place's name."""
    part = text.split('<section class="card wide" aria-labelledby="plan">')[1].split("</section>")[0]
    rows = [row for row in part.split("<tr class=")[1:] if "<th scope" in row]
    cells = [[re.sub(r"<[^>]*>", "", cell).split() for cell in row.split("<td")[1:]] for row in rows]
    names = [re.search(r'<th scope="row">([^<]*)</th>', row) for row in rows]
    return {
        name[1]: [" ".join(cell).rpartition(">")[2].strip() for cell in own]
        for name, own in zip(names, cells, strict=True)
        if name
    }


def test_the_page_shows_what_is_planned_for_the_first_day(client: FlaskClient, world: World) -> None:
    rows = planned_rows(client.post("/", data={"key": world.keys["west planner"]}).get_data(as_text=True))
    assert set(rows) == {"Amberford", "Birchgate", "West Quarrel"}
    (waits,) = world.store.plans.blocks("issue-1", "waits", place_ids=["amberford"])
    longest = waits.content["quantiles"]["longest_wait"][0]
    upper, middle = (longest[QUANTILE_LEVELS.index(level)] / 60 for level in (0.95, 0.5))
    assert float(rows["Amberford"][0]) == pytest.approx(upper, abs=0.1)
    assert float(rows["Amberford"][1]) == pytest.approx(middle, abs=0.1)
    (beds,) = world.store.plans.blocks("issue-1", "beds", place_ids=["west-quarrel"])
    table = beds.content["plan_to"]["beds"]
    assert rows["West Quarrel"][0] == f"{table['level'][table['safeties'].index(0.95)][0]:,.0f}"
    (staff,) = world.store.plans.blocks("issue-1", "staff", place_ids=["amberford"])
    table = staff.content["plan_to"]
    assert rows["Amberford"][3] == f"{table['level'][table['safeties'].index(0.95)][0]:.0f} of 8"
    assert rows["West Quarrel"][2] == f"{beds.content['beds'][0]:,}"


def test_the_crossing_with_the_longest_wait_stands_first(client: FlaskClient, world: World) -> None:
    rows = planned_rows(client.post("/", data={"key": world.keys["analyst"]}).get_data(as_text=True))
    waits = [float(cells[0]) for cells in list(rows.values())[:4]]
    assert waits == sorted(waits, reverse=True)


def test_without_a_plan_the_page_has_no_such_part(own_client: FlaskClient, own_world: World) -> None:
    publish(own_world.store, issue_of(name="issue-2"), scores=(), planned=False)
    text = own_client.post("/", data={"key": own_world.keys["analyst"]}).get_data(as_text=True)
    assert "Expected on" in text
    assert "Planned for" not in text


def test_before_the_first_issue_the_page_says_so(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        client = create_app(store, FixedSettings()).test_client()
        assert "Nothing has been published yet" in client.get("/").get_data(as_text=True)
        assert client.get("/healthz").get_json()["status"] == "degraded"
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "< 1 %"), (0.004, "< 1 %"), (0.124, "12 %"), (0.5, "50 %"), (1.0, "> 99 %")],
)
def test_no_chance_is_called_certain(probability: float, shown: str) -> None:
    assert start.share(probability).replace("\u202f", " ") == shown


def test_days_ahead_are_told_in_stretches() -> None:
    assert start.stretches([8, 9, 10, 14, 15, 28]) == "8-10, 14-15, 28"
    assert start.stretches([]) == ""
