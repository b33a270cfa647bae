"""Where one-stop software hands over transactions: with a token, whole, and each body once."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.concurrency import sync_to_thread
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    HTTP_422_UNPROCESSABLE_ENTITY,
)
from litestar.types import ControllerRouterHandler

from questionnaires.problems import Problem, ProblemsError
from questionnaires.text import Text
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.frame.headings import fold
from survey_service.frame.sheets import Row, read_rows
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.transactions.deliveries import Delivered
from survey_service.transactions.headings import mapped_headings
from survey_service.transactions.importing import import_delivery
from survey_service.transactions.mapping import Mapping
from survey_service.transactions.sources import is_token_of, source_folder

PATH: Final = "/feeds/{source:str}"
LARGEST_FEED: Final = 16_000_000
"""Some fifty thousand transactions; while more were written, answers would wait too long."""
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")

Json = Response[bytes]
_Object = dict[str, str | int | float | bool | None]


class _RefusedError(Exception):
    def __init__(self, status: int, said: Text, problems: tuple[Problem, ...] = ()) -> None:
        self.status = status
        self.said = said
        self.problems = problems
        super().__init__(said.en)


def feed_door(
    *, database: Database, settings: Settings, keys: KeyRing, clock: Clock
) -> list[ControllerRouterHandler]:
    """Make the path that takes transactions of a source that has a token."""
    pseudonyms = Pseudonyms(keys)
    objects = msgspec.json.Decoder(list[_Object])

    def take(source: str, kind: str, body: bytes) -> bytes:
        try:
            mapping = source_folder(settings, source).read_mapping()
            with TemporaryDirectory(prefix=".feed-", dir=settings.data) as folder:
                rows = (
                    _object_rows(_objects(objects, body), mapping)
                    if kind == "application/json"
                    else read_rows(_written(Path(folder), body))
                )
                imported = import_delivery(
                    database,
                    clock,
                    pseudonyms,
                    Delivered(
                        place=Path("request.json" if kind == "application/json" else "request.csv"),
                        sha256=hashlib.sha256(body).hexdigest(),
                        rows=rows,
                    ),
                    mapping,
                    actor="feed",
                    skip_errors=True,
                )
        except ProblemsError as error:
            said = Text(
                vi="Không dùng được nội dung này; chưa ghi gì.",
                en="This cannot be used; nothing was written.",
            )
            raise _RefusedError(HTTP_422_UNPROCESSABLE_ENTITY, said, error.problems) from None
        # The same body gets the same answer: warnings are told to nobody a second time.
        errors = tuple(found for found in imported.problems if found.severity == "error")
        answer = msgspec.to_builtins(msgspec.structs.replace(imported, problems=errors))
        del answer["already"]
        return msgspec.json.encode(answer)

    @post(PATH, status_code=HTTP_200_OK, request_max_body_size=LARGEST_FEED)
    async def deliver(request: "Request[Any, Any, Any]", source: FromPath[str]) -> Json:
        """Take the transactions of a body; the same body again changes nothing."""
        try:
            _require_token(request, settings, source)
            kind = _kind(request)
            body = await _whole_body(request)
            answer = await sync_to_thread(take, source, kind, body)
        except _RefusedError as refused:
            return _problem(refused)
        return Response(answer, media_type="application/json")

    return [deliver]


def _require_token(request: "Request[Any, Any, Any]", settings: Settings, source: str) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_token_of(settings, source, token.strip()):
        raise _RefusedError(
            HTTP_401_UNAUTHORIZED,
            Text(
                vi="Thiếu hoặc sai mã truy cập; tạo mã mới bằng: transactions token.",
                en="The token is missing or wrong; make a new one with: transactions token.",
            ),
        )


def _kind(request: "Request[Any, Any, Any]") -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"text/csv", "application/json"}:
        raise _RefusedError(
            HTTP_415_UNSUPPORTED_MEDIA_TYPE,
            Text(
                vi="Content-Type phải là text/csv hoặc application/json.",
                en="Content-Type has to be text/csv or application/json.",
            ),
        )
    return kind


async def _whole_body(request: "Request[Any, Any, Any]") -> bytes:
    """Read the body; one whose end is missing does not match its digest (RFC 9530)."""
    try:
        body = await request.body()
    except HTTPException as error:
        if error.status_code != HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            raise
        raise _RefusedError(
            HTTP_413_REQUEST_ENTITY_TOO_LARGE,
            Text(
                vi=f"Tối đa {LARGEST_FEED} byte mỗi lần; hãy chia nhỏ.",
                en=f"At most {LARGEST_FEED} bytes at a time; send smaller parts.",
            ),
        ) from None
    stated = _DIGEST.search(request.headers.get("content-digest", ""))
    if stated is None:
        raise _RefusedError(
            HTTP_400_BAD_REQUEST,
            Text(
                vi="Thiếu Content-Digest: sha-256=:…: (RFC 9530).",
                en="Content-Digest: sha-256=:…: is missing (RFC 9530).",
            ),
        )
    if not hmac.compare_digest(base64.b64decode(stated[1]), hashlib.sha256(body).digest()):
        raise _RefusedError(
            HTTP_400_BAD_REQUEST,
            Text(
                vi="Nội dung không khớp Content-Digest: có thể chưa gửi hết; hãy gửi lại.",
                en="The body does not match Content-Digest: part of it may be missing; send again.",
            ),
        )
    return body


def _objects(decoder: "msgspec.json.Decoder[list[_Object]]", body: bytes) -> list[_Object]:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _RefusedError(
            HTTP_400_BAD_REQUEST,
            Text(
                vi="Phải là JSON dạng [{…}, {…}], giá trị là chữ, số hoặc null.",
                en="It has to be JSON like [{…}, {…}], its values texts, numbers or null.",
            ),
        ) from None


def _object_rows(objects: list[_Object], mapping: Mapping) -> Iterator[Row]:
    """Walk objects as rows under their mapped keys, numbered from 1.

    Other keys are not read, and never laid out: each object could have keys of its own.
    """
    mapped = mapped_headings(mapping)
    meant = {fold(heading) for heading in mapped}
    keys = dict.fromkeys(key for found in objects for key in found)
    names = tuple(key for key in keys if fold(key) in meant)
    yield Row(0, names if objects else mapped)
    for line, found in enumerate(objects, 1):
        yield Row(line, tuple(_cell(found.get(name)) for name in names))


def _cell(value: str | float | None) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _written(folder: Path, body: bytes) -> Path:
    path = folder / "request.csv"
    path.write_bytes(body)
    return path


def _problem(refused: _RefusedError) -> Json:
    """Word a refusal as a problem (RFC 9457), in both languages."""
    document = {
        "type": "about:blank",
        "status": refused.status,
        "title": f"{refused.said.vi} / {refused.said.en}",
        "problems": refused.problems,
    }
    headers = {"www-authenticate": "Bearer"} if refused.status == HTTP_401_UNAUTHORIZED else {}
    return Response(
        msgspec.json.encode(document),
        status_code=refused.status,
        media_type="application/problem+json",
        headers=headers,
    )
