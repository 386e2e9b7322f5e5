"""JSON lines on stderr, ours and the libraries', with what is bound to the thread and without secrets."""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_NAMES = re.compile(r"authorization|password|secret|token|api_?key|cookie", re.IGNORECASE)
_SECRETS = (
    (re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*(?=@)"), "***"),  # user and password in a URL
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 ***"),
    (re.compile(r"(?i)\b((?:password|token|secret|api_?key)=)[^\s&;]+"), r"\1***"),
    (re.compile(r"\barv_[A-Za-z0-9_-]{8,}"), "arv_***"),  # an API key
)
_CHATTY = {
    "apscheduler": logging.ERROR,  # warns at every tick while a cycle is at work
    "cmdstanpy": logging.WARNING,
    "prophet": logging.WARNING,
    "waitress": logging.WARNING,
    "urllib3": logging.WARNING,
    "alembic": logging.WARNING,
}


def configure(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send every log line as one JSON object to a stream, stderr by default."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    for name, least in _CHATTY.items():
        logging.getLogger(name).setLevel(max(threshold, least))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blank what is named like a secret, and what looks like one within any text."""
    return {
        name: "***" if _SECRET_NAMES.search(name) else _without_secrets(value)
        for name, value in event.items()
    }


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return hide_secrets(None, "", value)
    if isinstance(value, list | tuple):
        return [_without_secrets(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    for pattern, blank in _SECRETS:
        text = pattern.sub(blank, text)
    return text
