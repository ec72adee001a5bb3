"""Runs the service with TLS: in this process until told to stop, or in a thread for tests and demonstrations."""

import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread
from types import TracebackType

import uvicorn

from central import desk, identity
from central.app import create_app
from central.service import Service, open_service, utc_now
from central.settings import Settings

START_SECONDS = 60.0


def _server(service: Service, log_level: str) -> uvicorn.Server:
    certificate, key = identity.certificates(service.key_folder, service.settings.public_host)
    return uvicorn.Server(
        uvicorn.Config(
            create_app(service),
            host=service.settings.host,
            port=service.settings.port,
            ssl_certfile=str(certificate),
            ssl_keyfile=str(key),
            log_level=log_level,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )


def serve(settings: Settings) -> None:
    """Serve until interrupted."""
    service = open_service(settings)
    try:
        _server(service, "info").run()
    finally:
        service.close()


class EmbeddedService:
    """The real service on loopback, in a thread of this process; on a free port unless told which."""

    def __init__(
        self, folder: Path, database_url: str = "", port: int = 0, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._listening = socket.create_server(("127.0.0.1", port))
        port = self._listening.getsockname()[1]
        self.service = open_service(Settings(folder, database_url, "127.0.0.1", port, "127.0.0.1"), now)
        self._server = _server(self.service, "error")
        self._thread = Thread(target=self._server.run, args=([self._listening],), name="central", daemon=True)

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self.service.settings.port}"

    def enrolment_link(self, area: str, unit: str) -> str:
        """A fresh one-time link for a laptop."""
        return desk.enrolment_link(self.service, area, unit)

    def __enter__(self) -> "EmbeddedService":
        self._thread.start()
        # The socket listens already: a client that comes before the server is up waits in its queue.
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._listening.close()
        self.service.close()
