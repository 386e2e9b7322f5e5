"""Who is told what was published: the places covered, what is withheld, and whether lost skill is."""

from dataclasses import dataclass, field

from service.disclosure import Disclosure
from service.store.records import EVERYTHING, Scope

NOTHING_WITHHELD = Disclosure(frozenset(), "")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a scope, what is withheld from it, and whether days without skill are withheld as well."""

    scope: Scope = EVERYTHING
    disclosure: Disclosure = field(default=NOTHING_WITHHELD)
    withhold_untrusted: bool = False
