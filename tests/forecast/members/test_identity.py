"""What is kept of a member is found again by the same one, in any process, and by no other."""

import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest

from forecast.members import MEMBERS, MemberError, OneByOne, fingerprint, settings_of, with_settings
from tests.forecast.own import Flat, Newest

OWN = """
from dataclasses import dataclass
GAIN = 0.5

def level(counts):
    return counts.mean() * 2

@dataclass(frozen=True)
class Mine:
    name: str = "mine"
    slow: bool = False
    stride: int = 1

    @property
    def doubled(self):
        return 2

    def hindcast(self, panel, context, cutoffs, horizon):
        return sorted({GAIN: level(panel)} | {one: one for one in ("a", "b", "c")})
"""
TELL = "import sys; sys.path.insert(0, sys.argv[1]); import mine; from forecast.members import fingerprint\n"


def made_of(source):
    """The member that a cell of a notebook defines."""
    cell = {"__name__": "notebook"}
    exec(source, cell)  # as a notebook does
    return cell["Mine"]()


@pytest.mark.parametrize("name", list(MEMBERS))
def test_a_library_members_is_its_own_text(name):
    assert fingerprint(MEMBERS[name]) == repr(MEMBERS[name])


def test_a_cell_that_is_run_again_as_it_was_makes_the_same_member():
    assert fingerprint(made_of(OWN)) == fingerprint(made_of(OWN))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("GAIN = 0.5", "GAIN = 0.6"),
        ("counts.mean() * 2", "counts.mean() * 3"),
        ("counts.mean()", "counts.min()"),
        ("return 2", "return 3"),
        ('("a", "b", "c")', '("a", "b", "d")'),
        ("stride: int = 1", "stride: int = 1\n    size: int = 1"),
    ],
)
def test_a_changed_cell_makes_another(before, after):
    assert fingerprint(made_of(OWN)) != fingerprint(made_of(OWN.replace(before, after)))


def test_it_is_the_same_in_another_process(tmp_path):
    (tmp_path / "mine.py").write_text(OWN)
    told = [
        subprocess.run(
            [sys.executable, "-c", TELL + "print(fingerprint(mine.Mine()))", str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert "mine:Mine" in told[0]


def test_settings_and_versions_tell_members_apart():
    @dataclass(frozen=True)
    class Versioned(Newest):
        version: str = "1"

    assert fingerprint(Newest()) != fingerprint(Newest(factor=2.0))
    assert fingerprint(Versioned()) != fingerprint(Versioned(version="2"))
    assert fingerprint(OneByOne(Flat())) != fingerprint(OneByOne(Flat(window=7)))
    assert settings_of(OneByOne(Flat())) == {"least": 7, "window": 28}


def test_an_array_among_the_settings_is_told_by_all_its_numbers():
    @dataclass(frozen=True, eq=False)
    class Weighed(Newest):
        weights: object = None

    first = np.arange(5_000.0)
    second = first.copy()
    second[2_500] = 0
    assert fingerprint(Weighed(weights=first)) == fingerprint(Weighed(weights=first.copy()))
    assert fingerprint(Weighed(weights=first)) != fingerprint(Weighed(weights=second))


def test_a_setting_that_is_called_otherwise_in_each_process_is_refused():
    with pytest.raises(
        MemberError, match=r"factor is <object object at .*; make it a number, a text or a frozen"
    ):
        fingerprint(Newest(factor=object()))


def test_settings_are_changed_by_name_in_their_own_type():
    assert with_settings(Newest(), {"factor": 2}) == Newest(factor=2.0)
    assert with_settings(OneByOne(Flat()), {"window": 7}) == OneByOne(Flat(window=7))
    assert with_settings(MEMBERS["count"], {"gains": [0.1, 0.2]}) == replace(
        MEMBERS["count"], gains=(0.1, 0.2)
    )
    assert with_settings(MEMBERS["analog"], {"examples": 150}) is MEMBERS["analog"]
    assert with_settings(Newest(), {"factor": -1.0}).factor == -1.0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"facto": 2.0}, "settings.newest.facto: newest has no such setting; did you mean factor"),
        ({"factor": "2"}, "settings.newest.factor: found '2', wanted a number, such as 1.0"),
        ({"factor": True}, "found True, wanted a number"),
        ({"name": "other"}, "settings.newest.name: newest has no such setting"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, told):
    with pytest.raises(MemberError, match=told):
        with_settings(Newest(), settings)
