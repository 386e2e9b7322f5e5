"""The commands for keys, the audit log and publication, as an operator types them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forecast.places import Place
from service.access import authenticate
from service.cli import main
from service.clock import SimulatedClock
from service.store import Store

NOW = datetime(2022, 9, 27, 6, 0, tzinfo=UTC)
PLACES = (
    Place("kz", "Kazakhstan", "country"),
    Place("west", "West", "region", "kz"),
    Place("syrym", "Syrym", parent="west"),
)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with three places, named by the settings together with a fixed clock."""
    found = f"sqlite:///{tmp_path / 'a.db'}"
    with Store.open(found) as store:
        store.places.put(PLACES, at=NOW)
    SimulatedClock(tmp_path / "clock").set(NOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARRIVALS_DATABASE", found)
    monkeypatch.setenv("ARRIVALS_SIMULATED_CLOCK", str(tmp_path / "clock"))
    return found


def arrivals(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    return result


def made(*words: str) -> str:
    """The key that a command shows, alone on standard output."""
    return arrivals("keys", *words).stdout.strip()


def valid(url: str, secret: str, *, now: datetime = NOW) -> bool:
    with Store.open(url) as store:
        return authenticate(store, f"Bearer {secret}", now=now) is not None


def test_a_key_is_shown_once_and_opens(url: str) -> None:
    secret = made("create", "--role", "planner", "--region", "west", "--label", "Oral office")
    assert valid(url, secret)
    listed = arrivals("keys", "list").stdout
    assert "planner" in listed
    assert "west" in listed
    assert "Oral office" in listed
    assert secret not in listed
    assert secret.split("_", 2)[2] not in arrivals("audit").stdout


def test_all_regions_cover_the_country(url: str) -> None:
    secret = made("create", "--role", "planner", "--all-regions")
    with Store.open(url) as store:
        principal = authenticate(store, f"Bearer {secret}", now=NOW)
        assert principal is not None
        assert store.places.scope_ids(principal.scope) == {"kz", "west", "syrym"}


def test_a_day_of_expiry_is_its_end(url: str) -> None:
    secret = made("create", "--role", "analyst", "--expires", "2022-09-30")
    assert valid(url, secret, now=datetime(2022, 9, 30, 23, 59, tzinfo=UTC))
    assert not valid(url, secret, now=datetime(2022, 10, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--role", "planner"), "needs the places it covers; name them with --region or --crossing"),
        (("--role", "planner", "--region", "north"), "'north' is not registered"),
        (("--role", "reporter", "--region", "west"), "crossings one by one"),
        (("--role", "analyst", "--expires", "2022-09-01"), "later instant"),
    ],
)
def test_a_key_that_cannot_be_made_says_why(url: str, words: tuple[str, ...], complaint: str) -> None:
    assert complaint in arrivals("keys", "create", *words, code=1).output


@pytest.mark.parametrize("expires", ["tomorrow", "2022-10-01T00:00", "9999-12-31"])
def test_an_expiry_is_a_day_or_an_aware_instant(url: str, expires: str) -> None:
    arrivals("keys", "create", "--role", "analyst", "--expires", expires, code=2)


def test_a_revoked_key_is_void(url: str) -> None:
    secret = made("create", "--role", "reporter", "--crossing", "syrym")
    arrivals("keys", "revoke", secret.split("_")[1])
    assert not valid(url, secret)
    assert "void since 2022-09-27" in arrivals("keys", "list").stdout


def test_a_rotated_key_opens_for_a_week_more(url: str) -> None:
    old = made("create", "--role", "planner", "--region", "west")
    new = made("rotate", f"key-{old.split('_')[1]}")
    assert valid(url, old, now=NOW + timedelta(days=6))
    assert not valid(url, old, now=NOW + timedelta(days=7))
    assert valid(url, new, now=NOW + timedelta(days=70))


def test_a_key_that_does_not_exist_is_named(url: str) -> None:
    for command in ("revoke", "rotate"):
        assert "there is no key 'key-none'" in arrivals("keys", command, "key-none", code=1).output


def test_publication_is_stopped_listed_and_resumed(url: str) -> None:
    arrivals("publication", "stop", "syrym", "--reason", "patrols at the gate")
    listed = arrivals("publication", "list").stdout
    assert "syrym" in listed
    assert "patrols at the gate" in listed
    arrivals("publication", "resume", "syrym")
    assert arrivals("publication", "list").stdout == ""
    log = arrivals("audit").stdout
    assert log.index("publication.resume") < log.index("publication.stop")


def test_only_a_registered_place_can_be_stopped(url: str) -> None:
    for words in (("stop", "nowhere", "--reason", "x"), ("resume", "nowhere")):
        assert "'nowhere' is not registered" in arrivals("publication", *words, code=1).output


def test_the_audit_log_is_paged_by_number(url: str) -> None:
    for _ in range(3):
        made("create", "--role", "analyst")
    lines = arrivals("audit", "--limit", "2").stdout.splitlines()
    numbers = [line.split()[0] for line in lines]
    assert numbers == ["3", "2"]
    assert arrivals("audit", "--before", "2").stdout.split()[0] == "1"
