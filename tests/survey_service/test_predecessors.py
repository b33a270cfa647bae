"""The units that a unit replaced, by the register, stand in the dataset."""

from datetime import timedelta
from pathlib import Path

from made_waves import NOW, PLAN, MadePerson, make_wave

from survey_service.clock import SteppedClock
from survey_service.dataset.reading import read_dataset
from survey_service.entropy import SeededEntropy
from survey_service.freezing.cut_off import freeze_wave
from survey_service.store.database import Database
from survey_service.store.people import Unit


def test_freezing_writes_whom_a_unit_replaced(database: Database, tmp_path: Path) -> None:
    make_wave(database, [MadePerson(name="Người dân", units=("XA1",))], state="closed")
    with database.writing() as session:
        session.add(
            Unit(
                code="XA1",
                name_vi="UBND xã Một",
                name_en="Commune One",
                unit_class="XA",
                successor_of=["XA8", "XA7"],
            )
        )
    clock = SteppedClock(NOW + timedelta(days=20))
    folder = tmp_path / "dataset"
    freeze_wave(database, clock, SeededEntropy(1), code=PLAN.code, folder=folder, actor="test")
    units = {unit.code: unit.successor_of for unit in read_dataset(folder).content.design.units}
    assert units == {"XA1": ("XA7", "XA8"), "XA2": ()}
