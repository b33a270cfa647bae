"""Serve the application over HTTP, in this thread or beside it."""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import uvicorn
from litestar import Litestar

from questionnaires.problems import ProblemsError, problem
from survey_service.config import Settings
from survey_service.system_errors import explain

PATIENCE_SECONDS = 30
"""How long a server may take to start, and to finish what it is answering."""


class NotListeningError(ProblemsError):
    """The address cannot be listened on, or the application did not start behind it."""


def listen(settings: Settings) -> socket.socket:
    """Take the address; whoever connects waits until the application serves.

    With port 0 the system chooses one. Raises NotListeningError (a port that is taken, most often).
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        vi, en = explain(error)
        raise NotListeningError(
            problem(
                "SURVEY_HOST, SURVEY_PORT",
                f"không mở được {where} cho trang web ({vi}); dừng chương trình đang dùng cổng, "
                "hoặc đặt SURVEY_HOST và SURVEY_PORT khác (với demo là --port).",
                f"cannot listen on {where} ({en}); stop the program that has the port, or set "
                "another SURVEY_HOST and SURVEY_PORT (--port of the demo).",
            )
        ) from error


def serve(app: Litestar, settings: Settings, listener: socket.socket) -> None:
    """Serve until the process is told to stop; what was taken in is answered first.

    Raises NotListeningError where the application does not start.
    """
    server = _build_server(app, settings)
    _run(server, listener)
    if not server.started:
        raise _not_started()


@contextmanager
def serving(app: Litestar, settings: Settings) -> Generator[str]:
    """Serve from a thread of its own, and give the address that it listens on.

    Raises NotListeningError.
    """
    server = _build_server(app, settings)
    with listen(settings) as listener:
        host, port = listener.getsockname()[:2]
        thread = threading.Thread(
            target=_run, args=(server, listener), name="web-server", daemon=True
        )
        thread.start()
        try:
            _wait(server, thread)
            yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def _build_server(app: Litestar, settings: Settings) -> uvicorn.Server:
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


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    # Where the application does not start, uvicorn would end the process.
    with suppress(SystemExit):
        server.run([listener])


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise _not_started()
        time.sleep(0.01)


def _not_started() -> NotListeningError:
    return NotListeningError(
        problem(
            "serve",
            "ứng dụng web không khởi động được; lý do nằm ngay trên dòng này, trong nhật ký lỗi.",
            "the web application did not start; the reason stands above, in its error log.",
        )
    )
