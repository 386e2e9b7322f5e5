from dataclasses import replace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.paths import Paths
from forecast.quantiles import QUANTILE_LEVELS
from service.store import blocks
from tests.service.store.builders import CUTOFF, forecast, sample_paths

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=30)
MODES = st.sampled_from(["calm", "surge", "collapse", "closed", "reopening"])


def quantiles(largest):
    values = hnp.arrays(float, SHAPES, elements=st.floats(0, largest))
    return values.map(lambda array: np.sort(array, axis=1))


@given(quantiles(1e9))
def test_quantiles_come_back_to_the_tenth_ordered_and_not_negative(values):
    read = blocks.published(values)
    assert read.shape == values.shape
    np.testing.assert_allclose(read, values, rtol=0, atol=0.05 + 1e-6)
    assert (read >= 0).all()
    assert (np.diff(read, axis=1) >= 0).all()


@given(quantiles(1e12))
def test_what_was_published_once_is_published_the_same_again(values):
    once = blocks.published(values)
    np.testing.assert_array_equal(blocks.published(once), once)
    assert blocks.encode_quantiles(once) == blocks.encode_quantiles(values)


@given(quantiles(1e300))
def test_numbers_beyond_whole_tenths_come_back_as_they_were(values):
    huge = values + 1e16
    np.testing.assert_array_equal(blocks.published(huge), huge)


@pytest.mark.parametrize("bits", [6, 7, 14, 15, 16, 30, 31, 32, 49])
def test_every_width_of_integer_holds_what_it_is_chosen_for(bits):
    values = np.array([[2**bits / 10 - 0.1, 2**bits / 10, 2**bits / 10 + 0.1], [0.0, 0.0, 2**bits / 10]])
    np.testing.assert_allclose(blocks.published(values), values, rtol=1e-12, atol=1e-9)


@given(hnp.arrays(np.int64, SHAPES, elements=st.integers(0, 2**62)))
def test_paths_come_back_exactly(values):
    np.testing.assert_array_equal(blocks.decode_paths(blocks.encode_paths(values)), values)


def test_a_year_of_a_series_takes_about_a_kilobyte_a_day():
    generator = np.random.default_rng(1)
    values = np.quantile(generator.poisson(800, (500, 28)), QUANTILE_LEVELS, axis=0).T
    assert len(blocks.encode_quantiles(values)) < 28 * 23 * 2
    assert len(blocks.encode_paths(generator.poisson(800, (500, 28)))) < 500 * 28 * 2


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_not_finite_is_no_forecast(wrong):
    with pytest.raises(blocks.BlockError, match="finite"):
        blocks.encode_quantiles(np.array([[1.0, wrong]]))


@pytest.mark.parametrize(
    "block",
    [b"", b"\x01", b"\x01\x01\x00\x01\x00garbage", b"\x09\x01\x00\x01\x00" + blocks.zlib.compress(b"1")],
)
def test_bytes_that_are_no_block_are_refused(block):
    with pytest.raises(blocks.BlockError):
        blocks.decode_paths(block)


@given(st.lists(MODES, max_size=60).map(tuple))
def test_modes_come_back_as_they_were(modes):
    assert blocks.decode_modes(blocks.encode_modes(modes)) == modes


def test_a_run_of_one_mode_is_written_once():
    assert blocks.encode_modes(["surge"] * 3 + ["calm"] * 25) == "surge*3 calm*25"


def test_a_checksum_does_not_depend_on_the_order_of_places():
    forecasts, paths = [forecast("a"), forecast("b", level=7)], sample_paths("a", "b")
    turned = Paths(("b", "a"), CUTOFF, paths.values[:, ::-1])
    assert blocks.checksum(forecasts, {"arrivals": paths}) == blocks.checksum(
        forecasts[::-1], {"arrivals": turned}
    )


def test_a_checksum_is_that_of_what_is_published():
    rounded = replace(forecast("a"), values=blocks.published(forecast("a").values))
    assert blocks.checksum([rounded], {}) == blocks.checksum([forecast("a")], {})


@pytest.mark.parametrize(
    "other",
    [
        forecast("b"),
        forecast("a", measure="departures"),
        forecast("a", level=100.2),
        forecast("a", baseline=forecast("a").values),
        forecast("a", modes=("calm", "calm", "surge")),
        forecast("a", flags=("closed",)),
    ],
)
def test_a_checksum_tells_every_difference_in_a_forecast(other):
    assert blocks.checksum([other], {}) != blocks.checksum([forecast("a")], {})


def test_a_checksum_tells_one_count_in_one_path():
    paths = sample_paths("a")
    values = paths.values.copy()
    values[3, 0, 2] += 1
    assert blocks.checksum([], {"arrivals": Paths(("a",), CUTOFF, values)}) != blocks.checksum(
        [], {"arrivals": paths}
    )
