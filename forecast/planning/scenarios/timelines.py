"""A place's documents laid end to end in time, and one stretch of them changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from forecast.planning import fields
from forecast.planning.documents import filled
from forecast.planning.fields import Document
from forecast.planning.registers import CapacityError

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A document and the days on which it holds, both inclusive; without `last`, for good."""

    first: date
    last: date | None
    document: Document

    @property
    def dated(self) -> dict[str, Any]:
        """The document with these days."""
        until = None if self.last is None else self.last.isoformat()
        return {**self.document, "valid_from": self.first.isoformat(), "valid_until": until}

    def meets(self, first: date, last: date | None) -> bool:
        """Whether the piece holds on any of some days."""
        return self.cut(first, last) is not None

    def cut(self, first: date, last: date | None) -> "Piece | None":
        """What of the piece lies within some days."""
        begin = max(self.first, first)
        ends = [end for end in (self.last, last) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end < begin else Piece(begin, end, self.document)


def timelines(documents: Iterable[Document]) -> dict[str, tuple[Piece, ...]]:
    """The pieces of each place, each ended by the next."""
    by_place: dict[str, list[Document]] = {}
    for document in sorted(documents, key=lambda one: str(one["valid_from"])):
        by_place.setdefault(str(document["place"]), []).append(document)
    return {place: tuple(_ended(own)) for place, own in by_place.items()}


def _ended(documents: Sequence[Document]) -> Iterator[Piece]:
    begins = [fields.day(one["valid_from"], "valid_from") for one in documents]
    for document, first, next_first in zip(documents, begins, (*begins[1:], None), strict=True):
        until = document.get("valid_until")
        told = None if until is None else fields.day(until, "valid_until")
        ends = [end for end in (told, next_first and next_first - _DAY) if end is not None]
        yield Piece(first, min(ends) if ends else None, document)


def changed(
    timeline: Sequence[Piece], change: Mapping[str, Any], *, first: date, last: date | None
) -> tuple[Piece, ...]:
    """The timeline with fields of its documents changed on some days, by what `revised` takes.

    Raises CapacityError where no document holds on any of them.
    """
    found: list[Piece] = []
    reached = False
    for piece in timeline:
        own = piece.cut(first, last)
        after = None if last is None else piece.cut(last + _DAY, None)
        found += [kept for kept in (piece.cut(date.min, first - _DAY),) if kept]
        if own is not None:
            found.append(Piece(own.first, own.last, revised(own.document, change)))
            reached = True
        found += [kept for kept in (after,) if kept]
    if not reached:
        raise CapacityError(
            "place", found="no capacity on these days", wanted="a place with a registered capacity"
        )
    return tuple(found)


def revised(document: Document, change: Mapping[str, Any]) -> dict[str, Any]:
    """A document with fields changed; `mean_nights` and `weights` change one kind of guest each.

    Raises CapacityError for a kind that the document does not have.
    """
    own = {name: value for name, value in change.items() if name not in ("mean_nights", "weights")}
    told = {**document, **own}
    for name in ("mean_nights", "weights"):
        if change.get(name):
            told["stays"] = _stays(told, name, change[name])
    return told


def _stays(document: Document, name: str, by_kind: Mapping[str, float]) -> list[dict[str, Any]]:
    stays = filled(document).get("stays", [])
    if not isinstance(stays, list) or not all(isinstance(stay, Mapping) and "kind" in stay for stay in stays):
        raise CapacityError(
            "change.stays", found=fields.quoted(stays), wanted='a list of objects with "kind"'
        )
    kinds = [str(stay["kind"]) for stay in stays]
    for kind in by_kind:
        if kind not in kinds:
            wanted = f"kinds of guests that are registered: {', '.join(kinds) or 'none'}"
            raise CapacityError(f"change.{name}", found=fields.quoted(kind), wanted=wanted)
    forms = ("survival", "lengths", "still_present", "mean_nights") if name == "mean_nights" else ("weight",)
    field = "mean_nights" if name == "mean_nights" else "weight"
    return [
        {**{key: value for key, value in stay.items() if key not in forms}, field: by_kind[kind]}
        if kind in by_kind
        else dict(stay)
        for kind, stay in zip(kinds, stays, strict=True)
    ]
