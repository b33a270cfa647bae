"""The pages without a token: is this survey real, static files, is the service alive."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from sqlalchemy import Row, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_service.answering.desk import Desk
from survey_service.store.database import Database
from survey_service.store.migrate import is_current
from survey_service.store.waves import Wave
from survey_service.waves.reading import LoadedWave
from survey_service.web.fields import wanted
from survey_service.web.replies import HTML, READ
from survey_service.web.templating import Templates
from survey_service.web.wording import wave_words

FOREVER = "public, max-age=31536000, immutable"


_SHOWN = (
    select(
        Wave.id,
        Wave.framework_hash,
        Wave.questionnaires_hash,
        Wave.state,
        Wave.opens_at,
        Wave.closes_at,
    )
    .where(Wave.state.in_(("open", "paused", "published")))
    .order_by(Wave.id.desc())
)


def shown_waves(desk: Desk) -> tuple[list[LoadedWave], list[LoadedWave]]:
    """Read the waves that write to people now and those whose sheet is published, newest first.

    A wave that announced itself (its pre-notice) is shown before its first day too.
    """
    now = desk.clock.now()
    with desk.database.reading() as session:
        waves = [_wave(desk, session, row) for row in session.execute(_SHOWN)]
    running = [w for w in waves if w.state != "published" and now < w.closes_at]
    return running, [wave for wave in waves if wave.state == "published"]


def _wave(desk: Desk, session: Session, row: Row[*tuple[Any, ...]]) -> LoadedWave:
    frozen = desk.waves.find(session, row.id, row.framework_hash, row.questionnaires_hash)
    return replace(frozen.wave, state=row.state, opens_at=row.opens_at, closes_at=row.closes_at)


@route("/", http_method=READ)
async def front(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    templates: NamedDependency[Templates],
) -> Response[str]:
    """Answer whether the survey is real."""
    language = wanted(request.query_params.get("lang"), "vi")
    running, published = await sync_to_thread(shown_waves, desk)
    html = templates.render(
        "respond/front.html",
        language,
        waves=[wave_words(wave, language) for wave in running],
        published=[(wave.code, wave.plan.title.in_(language)) for wave in published],
    )
    return Response(html, media_type=HTML)


@route("/static/{digest:str}/{name:str}", http_method=READ)
async def static(
    digest: FromPath[str], name: FromPath[str], templates: NamedDependency[Templates]
) -> Response[bytes]:
    """Give a static file, to be kept for ever; raises NotFoundException."""
    asset = templates.assets.find(digest, name)
    if asset is None:
        raise NotFoundException
    headers = {"cache-control": FOREVER}
    return Response(asset.content, media_type=asset.kind, headers=headers)


@route("/healthz", http_method=READ)
async def healthz() -> Response[str]:
    """Say that the process is alive."""
    return Response("ok\n", media_type="text/plain")


@route("/readyz", http_method=READ)
async def readyz(desk: NamedDependency[Desk]) -> Response[str]:
    """Say whether answers can be taken: database reached and migrated, writer alive."""
    missing: list[str] = []
    if not await sync_to_thread(_is_migrated, desk.database):
        missing.append("database not migrated or not reached: survey-service db upgrade")
    if not desk.writer.alive:
        missing.append("answer writer stopped: restart the service")
    status = HTTP_503_SERVICE_UNAVAILABLE if missing else HTTP_200_OK
    said = "\n".join(missing or ["ready"])
    return Response(f"{said}\n", media_type="text/plain", status_code=status)


def _is_migrated(database: Database) -> bool:
    try:
        return is_current(database)
    except SQLAlchemyError:
        return False


FRONT = (front, static, healthz, readyz)
