"""The report's charts: small, with words, in the report's language, readable without colour."""

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from forecast.plots.fans import SHADES
from service.languages import language
from service.reports.figures import figures_of
from tests.service.reports.reports import SMALL, example_report
from tests.service.reports.sheets import example_figures

LARGEST = 40_000  # bytes of one picture: five of them and the PDF make a mail


def test_there_is_one_of_the_place_and_of_each_crossing_that_matters() -> None:
    captions = [one.caption for one in example_figures()]
    assert len(captions) == 3
    assert captions[0].startswith("Republic of Veldania & Sons")


def test_a_crossing_without_a_number_to_tell_has_none() -> None:
    assert not any(SMALL.name[:10] in one.caption for one in example_figures())


def test_words_tell_the_figure_to_plan_for_and_the_last_count() -> None:
    fullest = example_report().own.weeks[0].fullest
    assert f"up to {fullest.upper():,} people, middle {fullest.median:,}." in example_figures()[0].alt
    assert "Last count: 2,400 people on Sun, 25 Sep." in example_figures()[0].alt


def test_a_small_count_is_in_no_words() -> None:
    report = example_report()
    own = replace(
        report.own, observed=(*report.own.observed[:-1], replace(report.own.observed[-1], value="small"))
    )
    told = figures_of(replace(report, forecasts=(own,)), language("en"))[0].alt
    assert "small" not in told
    assert "25 Sep." not in told.split("Last count")[1]


def test_pictures_are_small_and_the_same_each_time() -> None:
    again = figures_of(example_report(), language("en"))
    for one, other in zip(example_figures(), again, strict=True):
        assert len(one.png) < LARGEST
        assert (one.png, one.svg) == (other.png, other.svg)


def test_pictures_are_sharp_on_a_phone() -> None:
    for one in example_figures():
        with Image.open(io.BytesIO(one.png)) as picture:
            assert picture.width >= 2 * 343


def test_bands_differ_in_grey() -> None:
    greys = [Image.new("RGB", (1, 1), shade).convert("L").getpixel((0, 0)) for shade in SHADES]
    assert np.all(np.diff(greys) < -25)
