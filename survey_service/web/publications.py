"""Published files as they lie in the database: found by wave and version, never changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.store.database import Database
from survey_service.store.waves import Publication, PublicationFile, Wave


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """One file of one version; `etag` is its SHA-256, quoted (RFC 9110 sec. 8.8.3)."""

    name: str
    version: int
    fingerprint: str
    published_at: datetime
    content: bytes
    etag: str


def find_file(
    database: Database, wave: str, name: str, version: int | None = None
) -> PublishedFile | None:
    """Find a file of a wave's publication, the newest version where none is named."""
    with database.reading() as session:
        publication = _find(session, wave, version)
        if publication is None:
            return None
        file = session.get(PublicationFile, (publication.id, name))
        if file is None:
            return None
        return PublishedFile(
            name=name,
            version=publication.version,
            fingerprint=publication.fingerprint,
            published_at=publication.published_at,
            content=file.content,
            etag=f'"{hashlib.sha256(file.content).hexdigest()}"',
        )


def _find(session: Session, wave: str, version: int | None) -> Publication | None:
    found = select(Publication).join(Wave, Wave.id == Publication.wave_id).where(Wave.code == wave)
    if version is not None:
        found = found.where(Publication.version == version)
    return session.scalars(found.order_by(Publication.version.desc()).limit(1)).one_or_none()
