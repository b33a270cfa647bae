"""What has to hold before a wave's sample can be drawn, each refusal with its remedy."""

from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.frame.reach import rated_classes
from survey_service.frame.register import units_in_force
from survey_service.sampling.exclusions import Exclusions
from survey_service.store.transactions import Sample
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import SamplePlan


def sampled_plan(wave: LoadedWave) -> SamplePlan:
    """Give the plan of a wave's sample; raises ProblemsError where the wave draws none."""
    if wave.plan.sample is None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "tệp đợt điều tra không có bảng [sample]; thêm bảng đó rồi chạy lại wave create.",
                "the wave file has no table [sample]; add one and run wave create again.",
            )
        )
    return wave.plan.sample


def drawable(session: Session, wave: LoadedWave) -> SamplePlan:
    """Give the plan of a sample that is still to be drawn; raises ProblemsError."""
    plan = sampled_plan(wave)
    if plan.rolling is not None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "đợt này mời cuốn chiếu ([sample.rolling]): mỗi ngày phần mềm tự bốc người trong "
                "lúc đợt đang mở, không rút mẫu trước.",
                "this wave asks day by day ([sample.rolling]): the service draws people while it "
                "is open, and there is no draw beforehand.",
            )
        )
    if session.get(Sample, wave.id) is not None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "mẫu đã được rút và không rút lại để chọn người; muốn bỏ mẫu này, ghi lý do: "
                f"sample discard {wave.code} --reason (số lần rút được công bố).",
                "its sample is drawn, and is not drawn again for other people; to give it up, say "
                f"why: sample discard {wave.code} --reason (the number of draws is published).",
            )
        )
    return plan


def not_drawn(wave: LoadedWave) -> Problem:
    """Word that there is no sample yet."""
    return problem(
        f"đợt/wave {wave.code}",
        f"đợt chưa rút mẫu; chạy: sample draw {wave.code}.",
        f"its sample is not drawn yet; run: sample draw {wave.code}.",
    )


def drawn_sample(session: Session, wave: LoadedWave) -> Sample:
    """Give the sample that was drawn for a wave; raises ProblemsError where there is none."""
    plan, sample = sampled_plan(wave), session.get(Sample, wave.id)
    if plan.rolling is not None:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "đợt này mời cuốn chiếu: không có mẫu rút trước và không có người dự phòng.",
                "this wave asks day by day: it has no sample drawn beforehand and no reserves.",
            )
        )
    if sample is None:
        raise ProblemsError(not_drawn(wave))
    return sample


def rated_by(session: Session, wave: LoadedWave, group: Code) -> frozenset[Code]:
    """Give the units that a group can rate on the first day: of the classes it is asked about."""
    classes = rated_classes(wave.framework, wave.questionnaires, group)
    in_force = units_in_force(session, wave.plan.opens)
    return frozenset(unit.code for unit in in_force if unit.unit_class in classes)


def nobody(wave: LoadedWave, excluded: Exclusions) -> Problem:
    """Word that nobody is in the frame, and which rules left transactions out."""
    left_out = ", ".join(f"{rule} {count}" for rule, count in excluded.by_rule().items())
    return problem(
        f"đợt/wave {wave.code}",
        "khung mẫu không có ai: không có giao dịch nào trả kết quả trong khoảng ngày của [sample] "
        f"mà hỏi được (loại: {left_out or 'không có'}); nhập danh sách giao dịch, hoặc nới ngày.",
        "nobody is in the frame: no transaction returned within the days of [sample] can be asked "
        f"about (left out: {left_out or 'none'}); import the lists, or widen the days.",
    )
