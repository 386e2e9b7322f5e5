"""Small print that several sections share."""

from collections.abc import (
    Iterator,
)

from service.reports.contents import (
    Report,
)
from service.reports.words import (
    Words,
)


def more(what: str, report: Report, words: Words) -> Iterator[str]:
    """How many rows are not shown, and where they are."""
    hidden = report.left_out.get(what, 0)
    if hidden:
        yield words.count(
            "{number} more is not shown here; the service shows all.",
            "{number} more are not shown here; the service shows all.",
            hidden,
        )
