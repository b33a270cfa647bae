"""A wave as it is read back from the database, made without one."""

from made_waves import PLAN, UNITS
from msgspec.structs import replace

from questionnaires import catalogue
from questionnaires.loading import load_definitions
from survey_service.waves.mail_plan.wording import StepWording
from survey_service.waves.reading import LoadedWave, WaveUnit


def loaded_wave(*wordings: StepWording) -> LoadedWave:
    """Give the open wave of `made_waves`, with words of its own."""
    plan = replace(PLAN, wording=wordings)
    definitions = load_definitions(catalogue.folder(plan.definitions))
    return LoadedWave(
        id=1,
        code=plan.code,
        state="open",
        plan=plan,
        framework=definitions.framework,
        questionnaires=definitions.questionnaires,
        framework_hash="",
        questionnaires_hash="",
        units={
            unit["code"]: WaveUnit(
                code=unit["code"],
                name_vi=unit["name_vi"],
                name_en=unit["name_en"],
                unit_class=unit["unit_class"],
            )
            for unit in UNITS
        },
        opens_at=plan.opens_at(),
        closes_at=plan.closes_at(),
    )
