import numpy as np
import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from service.store.hindcasts import ISSUES_KEPT
from service.store.schema import hindcast
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


@pytest.mark.parametrize("damage", [lambda content: content[:-3], lambda content: content[:-1] + b"\x01",
                                    lambda content: b"", lambda content: b"\x00" + content[1:]])  # fmt: skip
def test_a_damaged_hindcast_is_dropped_and_what_is_made_anew_is_kept(border, damage):
    publish(border, "first", kept={"a": np.ones(4), "b": np.full(2, 3.0)})
    with border.database.write() as connection:
        content = connection.scalar(select(hindcast.c.content).where(hindcast.c.key == "a"))
        connection.execute(update(hindcast).where(hindcast.c.key == "a").values(content=damage(content)))
    with capture_logs() as logged:
        assert set(border.hindcasts.all()) == {"b"}
    assert [(entry["log_level"], entry["first"]) for entry in logged] == [("warning", "a")]
    publish(border, "second", kept={"a": np.ones(4)})
    np.testing.assert_array_equal(border.hindcasts.all()["a"], np.ones(4))


def test_bytes_kept_under_another_key_or_shape_are_damaged(border):
    publish(border, "first", kept={"a": np.ones(4), "b": np.ones(4)})
    with border.database.write() as connection:
        connection.execute(update(hindcast).where(hindcast.c.key == "a").values(shape=[2, 2]))
        connection.execute(update(hindcast).where(hindcast.c.key == "b").values(key="c"))
    assert border.hindcasts.all() == {}
