"""GET /v1/reports/preview: each form, for whom it is, and nothing in it that runs or fetches."""

import io
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pypdf
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.access import create_key
from service.store import Store
from service.web import create_app
from tests.service.reports.test_html import Read
from tests.service.web.world import EAST, NOW, PLACES, WEST, FixedSettings, World

ROUTE = "/v1/reports/preview"


def ask(client: FlaskClient, world: World, who: str = "west planner", **query: str) -> TestResponse:
    return client.get(ROUTE, query_string={"place": WEST.id} | query, headers=world.headers(who))


def test_the_html_holds_its_pictures_and_asks_nobody(client: FlaskClient, world: World) -> None:
    answer = ask(client, world)
    assert answer.mimetype == "text/html"
    page = Read(answer.get_data(as_text=True))
    assert page.all("img")
    assert all(one["src"].startswith("data:image/png") for one in page.all("img"))
    assert "West Quarrel" in page.words


def test_the_html_may_be_styled_within_and_may_do_nothing_else(client: FlaskClient, world: World) -> None:
    policy = ask(client, world).headers["Content-Security-Policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["style-src"] == "'unsafe-inline'"
    assert parts["img-src"] == "data:"
    assert "script-src" not in parts
    assert "sandbox" in parts


@pytest.mark.parametrize("form", ["text", "pdf", "eml"])
def test_all_else_keeps_the_strict_policy(client: FlaskClient, world: World, form: str) -> None:
    assert "unsafe-inline" not in ask(client, world, form=form).headers["Content-Security-Policy"]


def test_the_text_is_plain_and_in_utf_8(client: FlaskClient, world: World) -> None:
    answer = ask(client, world, form="text")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.get_data(as_text=True).count("\n") > 40


def test_the_pdf_is_a_file_with_a_name(client: FlaskClient, world: World) -> None:
    answer = ask(client, world, form="pdf")
    assert answer.mimetype == "application/pdf"
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="arrivals-west-quarrel-2022-W39.pdf"'
    )
    assert len(pypdf.PdfReader(io.BytesIO(answer.get_data())).pages) >= 1


def test_the_mail_names_neither_sender_nor_reader(client: FlaskClient, world: World) -> None:
    mail = message_from_bytes(ask(client, world, form="eml").get_data(), policy=SMTP)
    assert mail["Subject"].startswith("West Quarrel")
    assert mail["To"] is None
    assert mail["From"] is None


def test_a_region_of_others_is_answered_like_none(client: FlaskClient, world: World) -> None:
    theirs, nowhere = (ask(client, world, place=place) for place in (EAST.id, "nowhere"))
    assert theirs.status_code == nowhere.status_code == 404
    assert theirs.get_data() == nowhere.get_data()


def test_a_crossing_has_no_report(client: FlaskClient, world: World) -> None:
    answer = ask(client, world, place="amberford")
    assert answer.status_code == 404
    assert answer.get_json()["title"] == "No such report"


@pytest.mark.parametrize("code", ["xx", "EN", "en-GB", "../en", ""])
def test_a_language_that_is_not_there_is_refused_by_name(
    client: FlaskClient, world: World, code: str
) -> None:
    answer = ask(client, world, language=code)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "language"


def test_before_the_first_issue_there_is_no_report(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        store.places.put(PLACES, at=NOW - timedelta(days=60))
        key = create_key(store, "analyst", now=NOW, by="test")[1]
        client = create_app(store, FixedSettings()).test_client()
        answer = client.get(f"{ROUTE}?place={WEST.id}", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 404
    assert answer.get_json()["title"] == "No such report"


def test_a_look_is_written_down(own_world: World, own_client: FlaskClient) -> None:
    assert ask(own_client, own_world, form="text").status_code == 200
    entry = own_world.store.audit.read(1)[0]
    assert entry.action == "forecasts.read"
    assert entry.detail["report"] == "2022-W39"
    assert set(entry.subject.split(",")) <= {"amberford", "birchgate"}


def test_a_stop_is_obeyed_at_once(own_world: World, own_client: FlaskClient) -> None:
    assert "Amberford" in ask(own_client, own_world, form="text").get_data(as_text=True)
    own_world.store.places.stop("amberford", at=NOW, by="test", reason="danger")
    assert "Amberford" not in ask(own_client, own_world, form="text").get_data(as_text=True)
