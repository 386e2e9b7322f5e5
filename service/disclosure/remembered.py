"""Which days are hidden, remembered from request to request until counts or the register have changed."""

from datetime import date, timedelta
from threading import RLock
from weakref import WeakKeyDictionary

from service.disclosure.families import LOOK_BACK
from service.disclosure.months import HiddenDays, Question, hidden_days
from service.store import Store
from service.store.small_counts import Registration, Standing

MOST = 2_000
"""Months and measures kept at most."""
_MEMORIES: "WeakKeyDictionary[Store, Memory]" = WeakKeyDictionary()
_OPENING = RLock()


class Memory:
    """What is hidden in a store's months; a month is worked out anew only where its counts have changed."""

    def __init__(self, store: Store) -> None:
        # what the memory is kept for must not be kept by the memory
        self._database = store.database
        self._standing: Standing | None = None
        self._registrations: tuple[Registration, ...] = ()
        self._known: dict[Question, HiddenDays] = {}
        self._lock = RLock()

    def hidden(self, asked: Question) -> HiddenDays:
        """The hidden days of a month, as counts and register stood when they were last looked at."""
        with self._lock:
            if asked not in self._known:
                if len(self._known) >= MOST:
                    self._known.clear()
                self._known[asked] = hidden_days(Store(self._database), self._registrations, asked)
            return self._known[asked]

    def refresh(self) -> Standing:
        """Look at how far counts and register have come, and forget the months that they touch."""
        store = Store(self._database).small_counts
        with self._lock:
            standing = store.standing()
            if standing == self._standing:
                return standing
            if self._standing is None or standing[1] != self._standing[1]:
                self._known.clear()
                self._registrations = store.registrations()
            else:
                for measure, days in store.changed(self._standing[0]).items():
                    self._forget(measure, *days)
            self._standing = standing
            return standing

    def _forget(self, measure: str, first: date, last: date) -> None:
        touched = (first.replace(day=1), last + timedelta(days=LOOK_BACK))
        for asked in [one for one in self._known if one.measure == measure]:
            if touched[0] <= asked.first <= touched[1]:
                del self._known[asked]


def memory_of(store: Store) -> Memory:
    """The memory of a store, one in a process."""
    with _OPENING:
        if store not in _MEMORIES:
            _MEMORIES[store] = Memory(store)
        return _MEMORIES[store]
