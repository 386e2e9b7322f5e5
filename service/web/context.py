"""What a view may reach: the store, the clock, who asks, and what may be told to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import current_app, g

from forecast.places import Place, Places
from service.access import Principal
from service.disclosure import Disclosure, disclosure_for
from service.published.reader import Reader
from service.settings import Settings
from service.store import Store
from service.store.records import AuditEntry, Scope
from service.web.problems import unknown_place


@dataclass(frozen=True, slots=True)
class Wiring:
    """The store and the settings that an app answers from."""

    store: Store
    settings: Settings


def wire(app: Any, store: Store, settings: Settings) -> None:
    """Give the app its store and settings."""
    app.extensions["arrivals"] = Wiring(store, settings)


def wiring() -> Wiring:
    """The store and settings of the running app."""
    return wiring_of(current_app)


def wiring_of(app: Any) -> Wiring:
    """The store and settings of an app."""
    return cast(Wiring, app.extensions["arrivals"])


def store() -> Store:
    """The store."""
    return wiring().store


def now() -> datetime:
    """The instant of the settings' clock."""
    return wiring().settings.clock.now()


def reader() -> Principal:
    """Who asks; only where the guard let somebody in."""
    return cast(Principal, g.principal)


def scope() -> Scope:
    """Which places the reader may see."""
    return reader().scope


def register() -> Places:
    """The places the reader may see; read once per request."""
    if "register" not in g:
        g.register = store().places.all(scope())
    return cast(Places, g.register)


def visible(place_id: str, *, field: str = "place") -> Place:
    """A place the reader may see. Ends the request with 404 for any other, registered or not."""
    places = register()
    if place_id not in places:
        unknown_place(field)
    return places[place_id]


def told() -> Disclosure:
    """What is withheld from the reader; read once per request."""
    if "told" not in g:
        principal = cast(Principal | None, g.get("principal"))
        clearance = principal is not None and principal.may("withheld.read")
        role = principal.role if principal else None
        g.told = disclosure_for(store(), wiring().settings, role, clearance=clearance)
    return cast(Disclosure, g.told)


def hearer() -> Reader:
    """The reader as `service.published` knows one: the scope, and what is withheld from it."""
    return Reader(scope(), told(), wiring().settings.withhold_untrusted)


def audit(action: str, subject: str, **detail: Any) -> None:
    """Write down what the reader does; if that fails, the request fails with it."""
    store().audit.append(AuditEntry(now(), reader().key_id, action, subject, detail))


def audit_short_horizon(places: list[Place], **detail: Any) -> None:
    """Write down a read of crossings' forecasts for the next days, which could be used against people."""
    crossings = [place.id for place in places if place.level == "crossing"]
    if crossings:
        audit("forecasts.read", ",".join(crossings), **detail)
