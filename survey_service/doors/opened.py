"""A wave that takes answers now, which every door needs."""

from sqlalchemy.orm import Session

from questionnaires.problems import ProblemsError, problem
from survey_service.waves.reading import LoadedWave, load_wave


def require_open(session: Session, code: str, door: str) -> LoadedWave:
    """Read a wave that is open or paused; raises WaveUnknownError, and ProblemsError otherwise."""
    wave = load_wave(session, code)
    if wave.state not in {"open", "paused"}:
        raise ProblemsError(
            problem(
                f"đợt/wave {code}",
                f"mã chỉ in được khi đợt đang mở ({door}); mở đợt bằng: wave open {code}.",
                f"codes are printed while the wave is open ({door}); open it with: wave open "
                f"{code}.",
            )
        )
    return wave
