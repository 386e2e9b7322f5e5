"""What a publication stop withholds: the place, all that lies in it, and every total above."""

from collections.abc import Iterable

from forecast.places import Places


def given_away(places: Places, stopped: Iterable[str]) -> frozenset[str]:
    """What is stopped, all that lies in it, and every total above: a total minus the rest gives one away."""
    roots = frozenset(stopped)
    above = {up for place_id in roots if place_id in places for up in places.ancestors(place_id)}
    inside = {place.id for place in places if roots.intersection(places.ancestors(place.id))}
    return roots | above | inside
