"""The bodies of an alert letter: text with all there is, and simple HTML of the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from forecast.places import Place, Places
from service.alerts.wording import AlertWords
from service.languages import Language
from service.mail.envelope import plain


@dataclass(frozen=True, slots=True)
class Group:
    """The alerts of one region and its crossings, under its name; of the service, under none."""

    name: str
    told: tuple[AlertWords, ...]


@dataclass(frozen=True, slots=True)
class Bodies:
    """A letter before it is addressed: its subject and its two forms."""

    subject: str
    text: str
    html: str


def bodies(groups: tuple[Group, ...], language: Language, *, contact: str, unsubscribe: str) -> Bodies:
    """The letter of some groups of alerts; raises ValueError where there are none."""
    subject = headline(groups, language)
    closing = tuple(_closing(language, contact, unsubscribe))
    text = "\n".join([*_lines(groups, language), *closing, ""])
    html = _TEMPLATES.get_template("alerts.html").render(
        code=language.code, subject=subject, groups=groups, closing=closing, say=language.say
    )
    return Bodies(subject, text, html)


def headline(groups: tuple[Group, ...], language: Language) -> str:
    """The first alert, and how many more there are."""
    told = [words for group in groups for words in group.told]
    if not told:
        raise ValueError("a letter without an alert tells nothing")
    if len(told) == 1:
        return told[0].subject
    return language.count(
        "{first}; {number} more alert", "{first}; {number} more alerts", len(told) - 1, first=told[0].subject
    )


def grouped(told: Iterable[tuple[Place | None, AlertWords]], places: Places) -> tuple[Group, ...]:
    """Alerts by region, the region's own before its crossings'; of the country and the service first."""
    by_region: dict[str, list[tuple[tuple[int, int], AlertWords]]] = {}
    position = {place.id: number for number, place in enumerate(places)}
    for place, words in told:
        region = _region(place, places)
        depth = 1 if place is not None and place.level == "crossing" else 0
        at = (depth, position.get(place.id, -1) if place is not None else -1)
        by_region.setdefault(region, []).append((at, words))
    order = sorted(by_region, key=lambda region: position.get(region, -1))
    return tuple(
        Group(
            plain(places[region].name) if region else "",
            tuple(words for _, words in sorted(by_region[region], key=lambda one: one[0])),
        )
        for region in order
    )


def _region(place: Place | None, places: Places) -> str:
    """The region that a place is or lies in; the place itself where it lies in none."""
    if place is None:
        return ""
    above = [up for up in places.ancestors(place.id) if places[up].level == "region"]
    return above[0] if above else place.id


def _lines(groups: tuple[Group, ...], language: Language) -> Iterator[str]:
    for group in groups:
        if group.name:
            yield from (group.name, "=" * len(group.name), "")
        for words in group.told:
            yield words.subject
            yield from (f"- {sentence}" for sentence in words.sentences)
            yield f"- {language.say('Look here:')} {words.look}"
            yield ""


def _closing(language: Language, contact: str, unsubscribe: str) -> Iterator[str]:
    yield language.say("Each matter is told once; the list at /v1/alerts shows what still stands.")
    yield language.say(
        "For planning reception capacity and waiting conditions alone, never for turning anyone away."
    )
    yield language.say("Questions: {contact}", contact=contact)
    yield language.say("To get no more of these letters, write to {unsubscribe}.", unsubscribe=unsubscribe)


_TEMPLATES = Environment(
    loader=PackageLoader("service.alerts"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
