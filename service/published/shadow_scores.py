"""How proposed configurations did in shadow, beside what was published from the same vintages."""

import pandas as pd

from service.published.reader import Reader
from service.published.scores import Window, quantile_scores, told
from service.store import Store

FORECAST = ["issue_id", "place_id", "measure", "horizon", "observed"]


def shadow_scores(
    store: Store, reader: Reader, configuration_id: str, *, asked: tuple[str, str | None, Window]
) -> pd.DataFrame:
    """Like `quantile_scores`, of a configuration, with the `published_wis` of the same forecasts.

    Asked for by measure, place or none, and days. NaN where what was published has no score
    against the same count: counts that are corrected after a shadow ended change the published scores alone.
    """
    measure, place_id, (first, last) = asked
    shadow = store.scores.of_shadow(configuration_id)
    own = shadow.read(reader.scope, place_id=place_id, measure=measure, first=first, last=last)
    published = quantile_scores(store, reader, measure=measure, place_id=place_id, days=(first, last))
    beside = published[[*FORECAST, "wis"]].rename(columns={"wis": "published_wis"})
    return told(own, store, reader, measure).merge(beside, on=FORECAST, how="left")
