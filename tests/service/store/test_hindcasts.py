import numpy as np

from service.store.hindcasts import ISSUES_KEPT
from tests.service.store.builders import publish


def test_hindcasts_come_back_with_shape_and_bits(border):
    kept = {
        "a": np.array([[1.5, np.nan, np.inf], [0.1 + 0.2, -0.0, 5e-324]]),
        "b": np.zeros((0, 3)),
        "c": np.float64(7),
    }
    publish(border, "first", kept={key: np.asarray(array) for key, array in kept.items()})
    read = border.hindcasts.all()
    assert set(read) == set(kept)
    for key, array in kept.items():
        np.testing.assert_array_equal(read[key], array)
        assert read[key].shape == np.shape(array)
        assert np.signbit(read["a"][1, 1])


def test_what_is_read_may_be_written_to(border):
    publish(border, "first", kept={"a": np.zeros(3)})
    border.hindcasts.all()["a"][0] = 1


def test_an_empty_store_keeps_none(store):
    assert store.hindcasts.all() == {}


def test_a_hindcast_stays_while_issues_use_it_and_some_more_after(border):
    publish(border, "used", kept={"a": np.ones(1), "b": np.ones(1)})
    for number in range(ISSUES_KEPT - 1):
        publish(border, f"n{number}", kept={"b": np.ones(1)})
    assert set(border.hindcasts.all()) == {"a", "b"}
    publish(border, "last", kept={"b": np.ones(1), "c": np.ones(1)})
    assert set(border.hindcasts.all()) == {"b", "c"}
