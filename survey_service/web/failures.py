"""What went wrong, as a page: one place where exceptions become answers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import (
    HTTP_404_NOT_FOUND,
    HTTP_410_GONE,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from survey_service.web.fields import wanted
from survey_service.web.stopping import AddressPurgedError
from survey_service.web.templating import Templates
from survey_service.web.visit import UnknownLinkError
from survey_service.writer import WriterBusyError, WriterStoppedError

logger = logging.getLogger(__name__)

RETRY_SECONDS = "10"


@dataclass(frozen=True, slots=True)
class Said:
    """What happened and what to do about it, in one language."""

    title: str
    remedy: str


_SAID: dict[int, tuple[Said, Said]] = {
    400: (
        Said("Không đọc được biểu mẫu", "Xin quay lại trang trước, tải lại trang rồi gửi lại."),
        Said("The form cannot be read", "Please go back, reload the page and send it again."),
    ),
    403: (
        Said(
            "Biểu mẫu được gửi từ một trang khác",
            "Xin mở đường dẫn trong thư và gửi phiếu từ trang đó.",
        ),
        Said(
            "The form was sent from another site",
            "Please open the link in your letter and send the form from there.",
        ),
    ),
    404: (
        Said("Không có trang này", "Xin kiểm tra lại địa chỉ, hoặc mở đường dẫn trong thư."),
        Said("There is no such page", "Please check the address, or open the link in your letter."),
    ),
    405: (
        Said("Trang này không nhận thao tác vừa rồi", "Xin quay lại và mở đường dẫn trong thư."),
        Said("This page does not take that action", "Please go back and open your letter's link."),
    ),
    413: (
        Said("Nội dung gửi quá dài", "Xin quay lại, rút ngắn phần góp ý rồi gửi lại."),
        Said("Too much was sent", "Please go back, shorten your remarks and send them again."),
    ),
    415: (
        Said("Không đọc được kiểu dữ liệu này", "Xin gửi phiếu bằng nút trên trang."),
        Said("This kind of content cannot be read", "Please use the page's own button."),
    ),
    500: (
        Said(
            "Hệ thống gặp lỗi",
            "Lỗi đã được ghi lại. Các trang đã lưu vẫn còn; xin thử lại sau ít phút.",
        ),
        Said(
            "Something went wrong on our side",
            "It has been noted. Saved pages are safe; please try again in a few minutes.",
        ),
    ),
    503: (
        Said(
            "Hệ thống đang bận",
            "Trang vừa gửi chưa được lưu. Xin quay lại và gửi lại sau ít giây.",
        ),
        Said(
            "The service is busy",
            "The page you sent was not saved. Please go back and send it again in a moment.",
        ),
    ),
}

Handler = Callable[["Request[Any, Any, Any]", Any], "Response[str]"]


def failure_handlers(templates: Templates) -> dict[int | type[Exception], Handler]:
    """Make the handlers, by exception; unexpected ones are logged without address or answers."""

    def page(status: int, headers: dict[str, str] | None = None) -> Response[str]:
        vi, en = _SAID.get(status, _SAID[500 if status >= 500 else 400])
        html = templates.render("errors/error.html", "vi", vi=vi, en=en)
        return Response(html, status_code=status, media_type="text/html", headers=headers)

    def expected(_: "Request[Any, Any, Any]", error: HTTPException) -> Response[str]:
        if error.status_code >= HTTP_500_INTERNAL_SERVER_ERROR:
            logger.error("a request failed", exc_info=error)
        return page(error.status_code, error.headers)

    def unexpected(_: "Request[Any, Any, Any]", error: Exception) -> Response[str]:
        logger.error("a request failed", exc_info=error)
        return page(HTTP_500_INTERNAL_SERVER_ERROR)

    def busy(_: "Request[Any, Any, Any]", error: Exception) -> Response[str]:
        logger.warning("the writer takes nothing: %s", type(error).__name__)
        return page(HTTP_503_SERVICE_UNAVAILABLE, {"retry-after": RETRY_SECONDS})

    def unknown(request: "Request[Any, Any, Any]", _: UnknownLinkError) -> Response[str]:
        language = wanted(request.query_params.get("lang"), "vi")
        html = templates.render("respond/unknown.html", language)
        return Response(html, status_code=HTTP_404_NOT_FOUND, media_type="text/html")

    def purged(request: "Request[Any, Any, Any]", _: AddressPurgedError) -> Response[str]:
        language = wanted(request.query_params.get("lang"), "vi")
        html = templates.render("stopping/purged.html", language)
        return Response(html, status_code=HTTP_410_GONE, media_type="text/html")

    return {
        HTTPException: expected,
        UnknownLinkError: unknown,
        AddressPurgedError: purged,
        WriterBusyError: busy,
        WriterStoppedError: busy,
        Exception: unexpected,
    }
