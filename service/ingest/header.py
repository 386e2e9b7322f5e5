"""Which columns an upload of counts may have, and what they mean."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from service.ingest.reasons import Reasons

OPTIONAL = ("status", "source", "unit", "recorded_at")
# A queue is counted in whatever its reporter can see; all other measures have one unit.
QUEUE = "waiting"
QUEUE_UNITS = ("people", "vehicles", "km")


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of an upload: the column of places, and one column per measure or `measure,value`."""

    place: str
    measures: tuple[str, ...]
    columns: frozenset[str]

    @property
    def long(self) -> bool:
        """Whether each row names its measure."""
        return not self.measures


def layout_of(
    names: Sequence[str], measures: Mapping[str, str], reasons: Reasons, *, history: bool
) -> Layout | None:
    """What a header says; None, with the reasons noted, where the rows below cannot be understood."""
    _refuse_unknown(names, measures, reasons, history=history)
    places = [name for name in ("crossing", "place") if name in names]
    if len(places) != 1:
        found = "both crossing and place" if places else "neither crossing nor place"
        reasons.add(0, "crossing", found=found, wanted="one column that names the crossing")
    if "date" not in names:
        reasons.add(0, "date", found="no such column", wanted="a column of days as YYYY-MM-DD")
    usable = len(places) == 1 and "date" in names and _has_counts(names, measures, reasons)
    if not usable:
        return None
    return Layout(places[0], tuple(name for name in names if name in measures), frozenset(names))


def _refuse_unknown(
    names: Sequence[str], measures: Mapping[str, str], reasons: Reasons, *, history: bool
) -> None:
    known = ("crossing", "date", *measures, "measure", "value", "place", *OPTIONAL)
    for name in names:
        if name == "recorded_at" and not history:
            wanted = "no such column; only an operator's `arrivals ingest --history` may bring it"
            reasons.add(0, name, found="recorded_at", wanted=wanted)
        elif name not in known:
            reasons.add(0, name, found="a column that is not known", wanted=_instead(name, known))


def _instead(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name.strip().casefold()[:40], known, n=1)
    if near:
        return f"{near[0]}, written so"
    return f"only {', '.join(known)}: counts are aggregates, without a column for a person, plate or document"


def _has_counts(names: Sequence[str], measures: Mapping[str, str], reasons: Reasons) -> bool:
    """Whether the header has columns of measures, or the pair `measure,value`, but not both."""
    pair = [name for name in ("measure", "value") if name in names]
    wide = [name for name in names if name in measures]
    if bool(wide) != bool(pair) and len(pair) != 1:
        return True
    found = f"the columns {', '.join([*wide, *pair])}" if wide or pair else "no column of counts"
    wanted = f"a column per measure ({', '.join(measures)}), or the two columns measure,value"
    reasons.add(0, None, found=found, wanted=wanted)
    return False
