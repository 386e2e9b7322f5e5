"""The report's speed and size: that what is timed is a full report, and how it is told."""

from benchmarks.report_speed import LARGEST, LONG, ReportSpeed, long_report, measure
from service.languages import language, languages
from service.reports.text import text_of


def test_what_is_timed_is_a_whole_report():
    told = " ".join(text_of(long_report(), language("en")).split())
    assert told.count(LONG) > 60
    assert "booths" in told
    assert "Alerts of the week" in told


def test_every_step_is_timed_and_every_language_small_enough_for_a_mail():
    found = measure(repeats=1)
    assert list(found.seconds) == ["charts", "text", "HTML", "PDF", "mail"]
    assert min(found.seconds.values()) > 0
    assert set(found.sizes) == set(languages())
    assert max(found.sizes.values()) < LARGEST
    assert min(found.charts.values()) >= 3


def test_both_are_told_beside_their_targets():
    told = ReportSpeed({"PDF": 0.5, "mail": 1.0}, {"en": 300_000}, {"en": 5}).sentence()
    assert "target 3 s: met" in told
    assert "target 400 kB: met" in told
    assert "300 kB with 5 (en)" in told
    missed = ReportSpeed(
        {"PDF": 0.5, "mail": 3.1}, {"en": 300_000, "kk": 400_001}, {"en": 5, "kk": 1}
    ).sentence()
    assert "target 3 s: missed" in missed
    assert "target 400 kB: missed" in missed
