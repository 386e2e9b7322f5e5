from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecast.events import Event, EventError
from service.store.records import Scope
from tests.service.store.builders import NOW

HOUR = timedelta(hours=1)
CLOSURE = Event("repairs", "closure", date(2022, 10, 1), date(2022, 10, 9), "ferry", recorded_at=NOW)
STRIKE = Event("strike", "disruption", date(2022, 10, 3), place="west", multiple=2.5, note="on the far side",
               recorded_at=NOW)  # fmt: skip


def test_events_come_back_as_they_were_put(border):
    assert border.events.put([STRIKE, CLOSURE], at=NOW) == 2
    assert border.events.known(as_of=NOW) == (CLOSURE, STRIKE)
    assert border.events.known(as_of=NOW - HOUR) == ()


def test_what_is_known_already_is_not_put_again(border):
    border.events.put([CLOSURE], at=NOW)
    assert border.events.put([replace(CLOSURE, recorded_at=NOW + HOUR)], at=NOW + HOUR) == 0
    assert border.events.vintage() == 1


def test_a_changed_event_is_one_more_version_and_the_old_one_stays_readable(border):
    border.events.put([CLOSURE], at=NOW)
    longer = replace(CLOSURE, last=None, recorded_at=NOW + HOUR)
    assert border.events.put([longer], at=NOW + HOUR) == 1
    assert border.events.known(as_of=NOW) == (CLOSURE,)
    assert border.events.known(as_of=NOW + HOUR) == (longer,)
    assert border.events.known(as_of=NOW + HOUR, last_event=1) == (CLOSURE,)


def test_a_withdrawn_event_is_gone_and_can_be_put_again(border):
    border.events.put([CLOSURE], at=NOW)
    border.events.put([replace(CLOSURE, recorded_at=NOW + HOUR, withdrawn=True)], at=NOW + HOUR)
    assert border.events.known(as_of=NOW + HOUR) == ()
    assert border.events.put([replace(CLOSURE, recorded_at=NOW + 2 * HOUR)], at=NOW + 2 * HOUR) == 1


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (replace(CLOSURE, id="other", first=date(2022, 10, 9)), "on days on which"),
        (replace(CLOSURE, id="other", place="moon"), "'moon' is not registered"),
        (replace(CLOSURE, last=None, recorded_at=NOW - HOUR), "lies before that of the version it changes"),
    ],
)
def test_a_register_that_would_contradict_itself_is_refused_whole(border, second, message):
    border.events.put([CLOSURE], at=NOW)
    with pytest.raises(EventError, match=message):
        border.events.put([STRIKE, second], at=NOW + HOUR)
    assert border.events.known(as_of=NOW + HOUR) == (CLOSURE,)


def test_a_reader_sees_the_events_of_own_places_of_those_above_and_of_all(border):
    everywhere = Event("storm", "disruption", date(2022, 10, 5), recorded_at=NOW)
    border.events.put([CLOSURE, STRIKE, everywhere, replace(CLOSURE, id="far", place="pass")], at=NOW)

    def ids(*places):
        return {event.id for event in border.events.seen(Scope(places=frozenset(places)), as_of=NOW)}

    assert ids("ferry") == {"repairs", "strike", "storm"}
    assert ids("bridge") == {"strike", "storm"}
    assert ids("east") == {"far", "storm"}
    assert {event.id for event in border.events.seen(as_of=NOW)} == {"repairs", "strike", "storm", "far"}
