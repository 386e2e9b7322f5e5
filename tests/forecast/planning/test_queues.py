"""The fluid queue and the stationary formulas, beside numbers worked by hand."""

import numpy as np
import pytest

from forecast.planning.queues import erlang_c, fluid, late_share, mean_wait


def one_crossing(demand, capacity, start=0.0):
    """One path at one crossing, its flow's hours as plain lists."""
    flow = fluid(np.array([[demand]], dtype=float), np.array([capacity], dtype=float), np.array([[start]]))
    return {name: getattr(flow, name)[0, 0].tolist() for name in type(flow).__dataclass_fields__}


def test_four_hours_above_capacity_leave_400_people_two_hours_of_wait_and_four_hours_to_clear():
    flow = one_crossing([300] * 4 + [100] * 6, [200] * 10)
    assert flow["queue"] == [100, 200, 300, 400, 300, 200, 100, 0, 0, 0]
    assert flow["throughput"] == [200] * 8 + [100, 100]
    assert max(flow["longest"]) == pytest.approx(2.0)
    assert flow["wait"][3:5] == pytest.approx([1.75, 1.75])
    assert sum(flow["person_hours"]) == pytest.approx(400 * 8 / 2)
    assert flow["longest"][8:] == [0, 0]


def test_a_load_of_ten_waits_as_erlang_says():
    assert erlang_c(10, np.array([11, 12, 14])) == pytest.approx([0.6821, 0.4494, 0.1741], abs=5e-5)
    assert mean_wait(10, 1, 12) == pytest.approx(13.5, abs=0.05)
    assert late_share(10, 1, 12, minutes=15) == pytest.approx(0.273, abs=5e-4)
