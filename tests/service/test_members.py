import sys

import pytest

from forecast.members import MEMBERS
from service.members import MemberError, configuration_from_document, names, own_members
from tests.service.own import install


def test_without_own_ones_the_members_are_the_library_s():
    assert names()[: len(MEMBERS)] == tuple(MEMBERS)


def test_an_own_member_is_found_by_its_entry_point_and_imported_when_named(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, name="same-day")
    assert "same-day" in names()
    assert "own_same_day" not in sys.modules
    (member,) = own_members(("weekly_naive", "same-day")).values()
    assert member.name == "same-day"


def test_a_name_that_nothing_bears_is_refused_with_the_nearest(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, name="same-day")
    with pytest.raises(MemberError, match="there is no member 'same_day': did you mean same-day"):
        own_members(["same_day"])


def test_a_name_like_none_is_refused_with_all_there_are():
    with pytest.raises(MemberError, match="there is no member 'zzzzzz': choose among weekly_naive, root"):
        own_members(["zzzzzz"])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ImportError('no such thing')", "raised ImportError: no such thing"),
        ("class SameDay:\n    name = 'other'\n", "calls itself 'other'"),
        ("class SameDay:\n    def __init__(self, size): pass\n", "raised TypeError"),
    ],
)
def test_a_member_that_cannot_be_used_says_why(tmp_path, monkeypatch, body, told):
    install(tmp_path, monkeypatch, name="same-day", body=body)
    with pytest.raises(MemberError, match=f"member 'same-day' cannot be used: own_same_day:SameDay {told}"):
        own_members(["same-day"])


def test_a_document_with_an_unknown_member_is_refused():
    with pytest.raises(ValueError, match="there is no member 'wekly_naive': did you mean weekly_naive"):
        configuration_from_document('members = ["wekly_naive"]\n')
