"""Files of lengths of stay: counts by nights, no persons."""

import pytest

from service.ingest import Refusal, read_lengths


def read(text):
    return read_lengths(text.encode(), name="stays.csv")


def test_counts_by_nights_become_the_lengths_of_a_document():
    assert read("nights,count,still_present\n1,200,\n2,50,3\n14,0,7\n") == {
        "lengths": {"1": 200, "2": 50, "14": 0},
        "still_present": {"1": 0, "2": 3, "14": 7},
    }
    assert read("nights,count\n1,200\n")["still_present"] == {"1": 0}


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("nights,count\n", 0, None),
        ("nights\n1\n", 0, "count"),
        ("nights,count,name\n1,2,somebody\n", 0, "name"),
        ("nights,count\n1.5,2\n", 1, "nights"),
        ("nights,count\n4000,2\n", 1, "nights"),
        ("nights,count\n1,-2\n", 1, "count"),
        ("nights,count\n1,2.5\n", 1, "count"),
        ("nights,count\n1,2\n1,3\n", 2, "nights"),
    ],
)
def test_what_cannot_be_a_length_of_stay_is_refused_by_row_and_column(text, row, column):
    refusal = read(text)
    assert isinstance(refusal, Refusal)
    assert [(reason.row, reason.column) for reason in refusal.reasons] == [(row, column)]
