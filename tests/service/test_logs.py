import io
import json
import logging

import pytest
import structlog

from service import logs

KEY = "arv_0a1b2c3d4e_" + "x" * 43


@pytest.fixture
def lines():
    stream = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure("info", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:], logging.getLogger().level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_is_one_json_object_with_the_cycle_that_is_bound(lines):
    with structlog.contextvars.bound_contextvars(cycle="cycle-2022-09-27"):
        structlog.get_logger("service.cycle").info("published", series=10)
    (line,) = lines()
    assert line["event"] == "published"
    assert line["cycle"] == "cycle-2022-09-27"
    assert line["series"] == 10
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_a_library_that_logs_the_usual_way_comes_out_as_json_too(lines):
    logging.getLogger("some.library").warning("slow: %s", "3 s")
    assert lines()[0]["event"] == "slow: 3 s"


def test_what_is_less_severe_than_asked_for_is_left_out(lines):
    structlog.get_logger().debug("detail")
    logging.getLogger("apscheduler").info("tick")
    assert lines() == []


@pytest.mark.parametrize(
    "value",
    [
        f"Authorization: Bearer {KEY}",
        f"key {KEY} refused",
        "postgresql+psycopg://arrivals:hunter2@db.example/arrivals",
        "https://feed.example/counts.csv?token=hunter2&day=1",
        {"nested": ["postgresql://arrivals:hunter2@db/x"]},
        ValueError("https://me:hunter2@feed.example"),
    ],
)
def test_no_secret_reaches_a_line_whatever_it_is_wrapped_in(lines, value):
    structlog.get_logger().warning("refused", found=value)
    logging.getLogger("library").warning("refused %s", value)
    assert len(lines()) == 2
    assert "hunter2" not in json.dumps(lines())
    assert "xxxx" not in json.dumps(lines())


def test_a_field_that_is_named_like_a_secret_is_blanked(lines):
    structlog.get_logger().warning("refused", authorization="abc", smtp_password="def")
    assert lines()[0]["authorization"] == lines()[0]["smtp_password"] == "***"


def test_a_traceback_is_kept_and_its_secrets_are_not(lines):
    try:
        raise RuntimeError("cannot reach postgresql://arrivals:hunter2@db/x")
    except RuntimeError:
        structlog.get_logger().exception("cycle failed")
    assert "RuntimeError" in lines()[0]["exception"]
    assert "hunter2" not in json.dumps(lines())
