"""The page tells what was scored, also where we lose."""

from dataclasses import replace

import pytest

from benchmarks.page import page
from benchmarks.tables import of_losses, of_members, of_part, of_peers
from tests.benchmarks.findings import findings, scored


def test_a_part_has_a_row_for_each_method_and_a_test_against_each():
    told = of_part(scored("Land", {"a": 0.5, "b": 0.5}, {"Prophet": 0.9}))
    assert told.startswith("2 crossings, 14 cutoffs from 2023-04-02 to 2023-10-01, 784 days scored.")
    assert "| ensemble | 0.50 | 0.50 | 80 | 80 | 80 |  |" in told
    assert "| Prophet | 0.90 | 0.90 | 50 | 50 | 50 |" in told


def test_a_peer_that_exploded_does_not_fill_the_line():
    told = of_part(scored("Land", {"a": 0.5}, {"AutoARIMA, log1p": 2e37}))
    assert "| AutoARIMA, log1p | over 100 | over 100 |" in told


def test_a_peer_that_has_not_forecast_every_day_is_not_shown():
    part = scored("Land", {"a": 0.5}, {"Prophet": 0.9})
    some = part.rows[(part.rows["method"] != "Prophet") | (part.rows["cutoff"] > "2023-05")]
    assert "Prophet" not in of_part(replace(part, rows=some))


def test_the_page_names_where_another_method_is_better():
    told = of_losses(findings(scored("Land", {"a": 0.8}, {"Prophet": 0.7}), scored("Sea", {"a": 0.5})))
    assert "- Land, natural: 0.80, against Prophet 0.70." in told
    assert "Sea" not in told


def test_a_difference_below_three_percent_is_no_loss():
    assert of_losses(findings(scored("Land", {"a": 0.8}, {"Prophet": 0.78}))) == "Nowhere by more than 3 %."


def test_what_a_member_adds_is_the_change_without_it():
    told = of_members(findings(scored("Land", {"a": 0.8})), ("root", "log"))
    assert "| root | +12.5 / +12.5 |" in told
    assert "| log | – |" in told


def test_peers_that_are_not_shown_are_named():
    told = of_peers(findings(scored("Land", {"a": 0.8})).peers)
    assert "- 2026-01-02: numpy 2.4" in told
    assert "| AutoETS | not scored |" in told


@pytest.mark.parametrize("speed", [True, False])
def test_the_whole_page_holds_every_section(speed):
    made = findings(scored("Land", {"a": 0.8}, {"Prophet": 0.9}), scored("Simulated, calm", {"a": 0.5}))
    if not speed:
        made = type(made)(made.parts, made.surges)
    told = page(made, ["Today."], ("root",), "all of them")
    for title in (
        "Targets",
        "Land",
        "Where the ensemble loses",
        "Telling a surge or a collapse",
        "Speed",
        "Peers",
    ):
        assert f"\n## {title}\n" in told
    assert "**not met**" in told
    assert ("Not measured in this run." in told) is not speed
