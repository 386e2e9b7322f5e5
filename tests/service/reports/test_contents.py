"""The values of a report: kept as JSON and read again as they were."""

import json

import pytest
from pydantic import ValidationError

from service.reports.contents import Day, as_json, from_json
from tests.service.reports.reports import CUTOFF, example_report


@pytest.mark.parametrize("corrected", [False, True])
def test_a_report_is_read_as_it_was_written(corrected: bool) -> None:
    report = example_report(corrected=corrected)
    assert from_json(json.loads(json.dumps(as_json(report)))) == report


def test_what_is_not_told_is_written_as_null_and_what_is_small_as_a_word() -> None:
    small = as_json(example_report())["forecasts"][3]
    assert small["days"][0]["median"] == "small"
    assert small["days"][27]["median"] is None
    assert small["observed"][1] == {"date": CUTOFF.isoformat(), "value": None, "complete": False}


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(ValidationError):
        from_json({**as_json(example_report()), "made_at": "yesterday"})


def test_a_day_without_ends_has_neither_upper_nor_lower() -> None:
    withheld = Day(CUTOFF, 1, None, {})
    assert (withheld.upper(), withheld.lower(0.8)) == (None, None)
    told = Day(CUTOFF, 1, 5, {"0.95": (1, 9), "0.8": (2, 8)})
    assert (told.upper(), told.lower(), told.upper(0.8), told.lower(0.8)) == (9, 1, 8, 2)
