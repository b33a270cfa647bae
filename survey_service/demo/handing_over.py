"""One-stop software that hands over its transactions: a whole list, or what is new since."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from survey_service.demo.input_files import PlayedRound
from survey_service.demo.one_stop import Handled, transactions, written
from survey_service.demo.stage import ACTOR, Stage
from survey_service.folders import digest
from survey_service.pseudonyms import Pseudonyms
from survey_service.transactions.feed import CHECKSUM, take_feeds
from survey_service.transactions.importing import import_transactions
from survey_service.transactions.mapping import Mapping, read_mapping
from survey_service.transactions.sources import install_mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """One-stop software with the transactions of a round."""

    mapping_file: Path
    mapping: Mapping
    rows: tuple[Handled, ...]
    zone: ZoneInfo

    def hand_over_all(self, stage: Stage, path: Path) -> str:
        """Bring in everything as one list, and say what came of it."""
        path.write_bytes(written(self.mapping, self.rows))
        imported = import_transactions(
            *(stage.database, stage.clock, Pseudonyms(stage.keys), path, self.mapping), actor=ACTOR
        )
        return (
            f"Danh sách giao dịch / Transactions: {imported.added}, "
            f"không có thư điện tử / without e-mail {imported.no_email}"
        )

    def feed(self, stage: Stage, days: int) -> None:
        """Give what was finished on the last days into the folder of the feed, and take it in."""
        folder = install_mapping(stage.settings, self.mapping_file)
        today = stage.clock.now().astimezone(self.zone).date()
        since = today - timedelta(days=days)
        ready = [row for row in self.rows if row.returned and since <= row.returned < today]
        if ready:
            content = written(self.mapping, ready)
            path = folder.incoming / f"mot-cua-{today}.csv"
            path.write_bytes(content)
            beside = path.with_name(path.name + CHECKSUM)
            beside.write_text(f"{digest(content)}  {path.name}\n", encoding="utf-8")
        take_feeds(
            *(stage.database, stage.clock, stage.keys, stage.settings), only=self.mapping.source
        )


def software_of(one: PlayedRound, seed: int) -> Software | None:
    """Start the software of a round that has one."""
    one_stop, sample = one.round.one_stop, one.plan.sample
    if one_stop is None or sample is None:
        return None
    file = one.file.with_name(one_stop.mapping)
    mapping = read_mapping(file)
    rows = transactions(one_stop, mapping, sample, season=one.plan.code, seed=seed)
    return Software(
        mapping_file=file, mapping=mapping, rows=tuple(rows), zone=ZoneInfo(one.plan.zone)
    )
