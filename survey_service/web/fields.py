"""The fields of a sent form, read from a body that nothing vouches for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from litestar import Request
from litestar.exceptions import ClientException, HTTPException
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE

from questionnaires.text import Language

LARGEST_BODY = 256 * 1024
"""Octets; the longest page of a form stays far below."""
MOST_FIELDS = 2_000

Fields = Mapping[str, list[str]]


class UnreadableKindError(HTTPException):
    """The body is not a form (RFC 9110 sec. 15.5.16)."""

    status_code = HTTP_415_UNSUPPORTED_MEDIA_TYPE


async def read_fields(request: "Request[Any, Any, Any]") -> Fields:
    """Read a URL-encoded form, UTF-8 only; blank values are kept.

    Raises UnreadableKindError for another kind of body and ClientException for a broken one.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != "application/x-www-form-urlencoded" and body:
        raise UnreadableKindError
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        # UnicodeDecodeError too is a ValueError.
        raise ClientException("unreadable form") from error


def first(fields: Fields, name: str) -> str:
    """Give a field's first value, or nothing."""
    return fields.get(name, [""])[0]


def wanted(value: str | None, otherwise: Language) -> Language:
    """Read the language somebody asks for; anything else is as good as not asking."""
    if value == "vi":
        return "vi"
    return "en" if value == "en" else otherwise
