"""Reports going to press: each made once for a place and week, kept, and laid into the outbox with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from service.languages import language
from service.mail.envelope import Heading, plain
from service.mail.letters import letter_of
from service.reports.contents import Correction, Report, as_json, from_json
from service.reports.differences import differences
from service.reports.message import message_of
from service.reports.reading import report_of
from service.reports.sources import NoReportError
from service.settings import Settings
from service.store import Store
from service.store.mail_records import Letter, LetterKind, Recipient, ReportRecord


@dataclass(frozen=True, slots=True)
class Made:
    """An edition of a report and how many letters it gave; `new` is False where it had been made before."""

    place: str
    week: str
    edition: int
    issue: str
    letters: int
    new: bool

    def as_detail(self) -> Mapping[str, Any]:
        """As the job ledger keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Press:
    """Where reports are made: as of an instant, by a job or an operator, who stands in the audit log."""

    store: Store
    settings: Settings
    now: datetime
    by: str

    def make(self, place_id: str, week: str) -> Made:
        """Make the report of an ISO week and write to its readers; one that is there already stays as it is.

        Raises NoReportError where the place has none or nothing was issued.
        """
        before = self.store.reports.latest(place_id, week)
        if before is not None:
            return _stays(before)
        report = report_of(self.store, self.settings, place_id, week, now=self.now)
        readers = self.store.recipients.of(place_id, "report")
        return self._publish(report, tuple(self._letters(report, "report", readers)))

    def correct(self, place_id: str, week: str, note: str) -> Made:
        """Make a week's report anew from the newest issue and tell those who may have got the wrong one.

        Raises NoReportError where there is nothing to correct; ValueError for a note that says nothing.
        """
        wrong = self.store.reports.latest(place_id, week)
        if wrong is None:
            raise NoReportError(
                f"there is no report of {place_id} for {week} to correct; see the list of them"
            )
        told = plain(note)
        if not told:
            raise ValueError("the note must say what was wrong, in a sentence for every reader")
        right = report_of(self.store, self.settings, place_id, week, now=self.now)
        changed = differences(from_json(wrong.content), right)
        correction = Correction(told, self.now, changed)
        report = replace(right, edition=wrong.edition + 1, correction=correction)
        misled = self.store.reports.readers(place_id, week)
        readers = [one for one in self.store.recipients.all() if one.id in misled]
        return self._publish(report, tuple(self._letters(report, "correction", readers)))

    def _publish(self, report: Report, letters: tuple[Letter, ...]) -> Made:
        record = _record(report)
        laid = self.store.reports.put(record, letters, by=self.by)
        if laid is None:  # another worker was faster
            return _stays(record)
        return Made(record.place_id, record.week, record.edition, record.issue_id, laid, new=True)

    def _letters(self, report: Report, kind: LetterKind, readers: Iterable[Recipient]) -> Iterator[Letter]:
        """One letter to each reader; a language's text, pictures and PDF are made once."""
        messages = {code: message_of(report, language(code)) for code in {one.language for one in readers}}
        period = report.week if not report.edition else f"{report.week}-{report.edition}"
        for reader in readers:
            message = messages[reader.language]
            heading = Heading(kind, report.place.id, period, str(message["Subject"]), self.now)
            yield letter_of(message, heading, reader, settings=self.settings)


def _record(report: Report) -> ReportRecord:
    return ReportRecord(
        place_id=report.place.id,
        week=report.week,
        edition=report.edition,
        issue_id=report.issue.id,
        made_at=report.made_at,
        note=report.correction.note if report.correction else "",
        content=as_json(report),
    )


def _stays(record: ReportRecord) -> Made:
    return Made(record.place_id, record.week, record.edition, record.issue_id, letters=0, new=False)
