"""Serves a WSGI application by waitress and ends without cutting an answer off."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Any

import structlog
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

POLL_SECONDS = 0.25

log = structlog.get_logger(__name__)


class Server:
    """A listening server; `bind` it, tell its `address`, then `run` it until asked to end."""

    def __init__(self, sockets: dict[int, Any], server: Any):
        self._sockets, self._server = sockets, server

    @classmethod
    def bind(cls, app: Any, host: str, port: int, *, threads: int, largest: int) -> "Server":
        """Listen on a host and port, 0 for a free one; raises OSError if it is taken.

        `largest` is the largest request body in bytes.
        """
        sockets: dict[int, Any] = {}
        server = create_server(
            app,
            map=sockets,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            max_request_body_size=largest,
            asyncore_use_poll=True,
        )
        return cls(sockets, server)

    @property
    def address(self) -> str:
        """The URL of the first address that it listens on."""
        listener = next(self._of(BaseWSGIServer))
        host = f"[{listener.effective_host}]" if ":" in listener.effective_host else listener.effective_host
        return f"http://{host}:{listener.effective_port}"

    def run(self, stopping: Event, *, grace_seconds: float) -> None:
        """Answer until `stopping` is set; then take no more connections and finish what was begun."""
        while not stopping.is_set():
            self._turn()
        for listener in list(self._of(BaseWSGIServer)):
            # not its close(): that would end the pipe by which threads hand over their answers
            listener.accepting = False
            listener.del_channel()
            listener.socket.close()
        deadline = monotonic() + grace_seconds
        while any(map(_busy, self._of(HTTPChannel))) and monotonic() < deadline:
            self._turn()
        self._server.task_dispatcher.shutdown(timeout=max(0.1, deadline - monotonic()))
        with suppress(OSError):
            wasyncore.close_all(self._sockets)
        log.info("server stopped")

    def _turn(self) -> None:
        wasyncore.loop(timeout=POLL_SECONDS, use_poll=True, map=self._sockets, count=1)

    def _of(self, kind: type) -> Iterator[Any]:
        return (each for each in list(self._sockets.values()) if isinstance(each, kind))


def _busy(channel: Any) -> bool:
    """Whether a connection has a request that is being read or answered, or an answer not yet sent."""
    return bool(channel.requests or channel.request is not None or channel.total_outbufs_len)
