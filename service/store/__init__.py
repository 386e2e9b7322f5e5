"""The store: the only place with SQL. It speaks of places, counts, issues, scores, jobs and keys."""

from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import select

from service.store import migration, schema, upkeep, uploads
from service.store.alerts import AlertStore
from service.store.audit import AuditStore
from service.store.capacities import CapacityStore
from service.store.database import WRITER_WAIT_SECONDS, Database
from service.store.errors import LeaseLost, NewerDatabase, StoreBusy, StoreError, StoreFull
from service.store.events import EventStore
from service.store.hindcasts import HindcastStore
from service.store.issues import IssueStore
from service.store.jobs import JobStore
from service.store.keys import KeyStore
from service.store.models import ModelStore
from service.store.observations import ObservationStore
from service.store.outbox import OutboxStore
from service.store.outlook_scores import OutlookScoreStore
from service.store.overrides import OverrideStore
from service.store.places import PlaceStore
from service.store.plans import PlanStore
from service.store.recipients import RecipientStore
from service.store.records import EVERYTHING, Measure, QualityFlag, Scope
from service.store.reports import ReportStore
from service.store.scenarios import ScenarioStore
from service.store.scores import ScoreStore
from service.store.shadows import ShadowStore
from service.store.small_counts import SmallCountStore
from service.store.uploads import UploadStore

__all__ = [
    "EVERYTHING",
    "LeaseLost",
    "NewerDatabase",
    "Scope",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreFull",
]


class Store:
    """One database with a part for each kind of thing; made by `Store.open`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.places = PlaceStore(database)
        self.observations = ObservationStore(database)
        self.events = EventStore(database)
        self.capacities = CapacityStore(database)
        self.uploads = UploadStore(database)
        self.issues = IssueStore(database)
        self.plans = PlanStore(database)
        self.scenarios = ScenarioStore(database)
        self.hindcasts = HindcastStore(database)
        self.scores = ScoreStore(database)
        self.outlook_scores = OutlookScoreStore(database)
        self.small_counts = SmallCountStore(database)
        self.models = ModelStore(database)
        self.shadows = ShadowStore(database)
        self.overrides = OverrideStore(database)
        self.jobs = JobStore(database)
        self.alerts = AlertStore(database)
        self.keys = KeyStore(database)
        self.audit = AuditStore(database)
        self.recipients = RecipientStore(database)
        self.outbox = OutboxStore(database)
        self.reports = ReportStore(database)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        migrate: bool = True,
        writer_wait: float = WRITER_WAIT_SECONDS,
        read_only: bool = False,
    ) -> "Store":
        """Open a database by its SQLAlchemy URL, and bring an older or empty one up to date.

        One that is `read_only` refuses every write and is not brought up to date. Raises NewerDatabase when
        it was written by newer code, StoreError when it is older and not to be brought up to date, or not
        there and only to be read.
        """
        database = Database(url, writer_wait=writer_wait, read_only=read_only)
        try:
            migration.bring_up_to_date(database, migrate=migrate and not read_only)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def measures(self) -> tuple[Measure, ...]:
        """What is counted, and in which unit."""
        statement = select(schema.measure.c.id, schema.measure.c.unit).order_by(schema.measure.c.position)
        with self.database.read() as connection:
            return tuple(Measure(row.id, row.unit) for row in connection.execute(statement))

    def quality(
        self,
        scope: Scope = EVERYTHING,
        *,
        place_id: str | None = None,
        measure: str | None = None,
        days: tuple[date | None, date | None] = (None, None),
        limit: int = 1_000,
    ) -> tuple[QualityFlag, ...]:
        """The flags of the places in scope, newest first."""
        return uploads.quality(
            self.database, scope, place_id=place_id, measure=measure, days=days, limit=limit
        )

    def doctor(self) -> dict[str, Any]:
        """Versions, integrity, migration, rows, sizes and warnings."""
        return upkeep.doctor(self.database)

    def backup(self, path: Path | str) -> None:
        """Write a copy of the database while it is in use; raises StoreError where it cannot."""
        upkeep.backup(self.database, Path(path))

    @staticmethod
    def restore(path: Path | str, url: str) -> None:
        """Put a backup in the place of a database that nobody has open, which is laid aside."""
        upkeep.restore(Path(path), url)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
