"""A token server of OAuth 2.0 on the loopback, which plays what a test wants."""

import json
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class TokenServer:
    """Gives out the tokens `t1`, `t2`, …, or the next answer of its script."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.script: deque[tuple[int, bytes]] = deque()
        self.seconds: Any = 3600
        self.pause = threading.Event()
        self.pause.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = parse_qs(self.rfile.read(length).decode(), strict_parsing=True)
                server.asked.append({name: values[0] for name, values in form.items()})
                server.pause.wait(5)
                status, body = server.answer()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{server.url}/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                raise AssertionError("nobody asks by GET")

            def log_message(self, *_words: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/token"

    def answer(self) -> tuple[int, bytes]:
        if self.script:
            return self.script.popleft()
        token = {"access_token": f"t{len(self.asked)}", "token_type": "Bearer"}
        if self.seconds is not None:
            token["expires_in"] = self.seconds
        return 200, json.dumps(token).encode()


@contextmanager
def running_token_server() -> Generator[TokenServer]:
    server = TokenServer()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        thread.join()
        server.http.server_close()
