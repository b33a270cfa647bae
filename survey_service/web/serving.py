"""Serve the application over HTTP, in this thread or beside it."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import uvicorn
from litestar import Litestar

from survey_service.config import Settings

PATIENCE_SECONDS = 30
"""How long a server may take to listen, and to finish what it is answering."""


class NotListeningError(Exception):
    """The server could not start; its log says why (a port that is taken, most often)."""


def build_server(app: Litestar, settings: Settings) -> uvicorn.Server:
    """Set a server up. It logs no request: the path of a personal page holds the token."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            log_config=None,
            lifespan="on",
            ws="none",
            timeout_graceful_shutdown=PATIENCE_SECONDS,
        )
    )


def serve(app: Litestar, settings: Settings) -> None:
    """Serve until the process is told to stop; what was taken in is answered first."""
    build_server(app, settings).run()


@contextmanager
def serving(app: Litestar, settings: Settings) -> Generator[str]:
    """Serve from a thread of its own, and give the address that it listens on.

    With port 0 the system chooses one. Raises NotListeningError.
    """
    server = build_server(app, settings)
    thread = threading.Thread(target=_run, args=(server,), name="web-server", daemon=True)
    thread.start()
    try:
        yield _address(server, thread)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


def _run(server: uvicorn.Server) -> None:
    # A server that cannot listen ends the process; here it only ends its thread.
    with suppress(SystemExit):
        server.run()


def _address(server: uvicorn.Server, thread: threading.Thread) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise NotListeningError
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
