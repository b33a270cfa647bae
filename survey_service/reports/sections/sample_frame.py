"""How people were drawn from lists of transactions, and whom the lists do not reach."""

from questionnaires.text import Text
from survey_service.findings.services import SamplingReport
from survey_service.reports.blocks import Block, Bullets, Fact, Facts, Paragraph, Section
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.sample_tables import (
    changes_table,
    coverage_table,
    excluded_table,
)
from survey_service.reports.wording import Wording

_DESIGNS = {
    "simple": Text(vi="rút thăm đơn giản", en="simple random sample"),
    "stratified": Text(vi="rút thăm theo từng lớp", en="stratified random sample"),
    "systematic": Text(vi="rút cách đều từ điểm bắt đầu ngẫu nhiên", en="systematic sample"),
    "two-stage": Text(
        vi="rút thăm hai bước: đơn vị trước, người sau", en="two stages: units, then people"
    ),
    "rolling": Text(vi="rút thăm hằng ngày theo tỷ lệ", en="drawn every day at a rate"),
}


def sample_frame(wave: PublishedWave, w: Wording) -> Section | None:
    """State the frame and the draw; None where nobody was drawn from transactions."""
    services = wave.findings.by_service() if wave.findings else None
    sampling = services.sampling if services else None
    if sampling is None:
        return None
    said = [*draw_words(sampling, w), *coverage_words(sampling, w), *_weight_words(sampling, w)]
    blocks: list[Block] = [intact_words(sampling, w), Bullets(items=tuple(said))]
    blocks += [coverage_table(wave, sampling.coverage, w)] if sampling.coverage else []
    blocks += [excluded_table(sampling, w)] if sampling.excluded else []
    blocks += [changes_table(wave, sampling, w)] if sampling.changes else []
    blocks.append(_facts(sampling, w))
    return Section(
        code="frame",
        title=w.pick("Danh sách hồ sơ và rút thăm", "Lists of transactions, and the draw"),
        blocks=tuple(blocks),
    )


def intact_words(sampling: SamplingReport, w: Wording) -> Paragraph:
    """Say whether those asked are those drawn."""
    if sampling.intact:
        return Paragraph(
            text=w.pick(
                "Những người được hỏi đúng là những người đã rút thăm và gọi dự bị; không ai bị "
                "thêm vào hay lấy ra ngoài hệ thống.",
                "The people asked are those drawn and called; nobody was added or taken out "
                "outside the service.",
            ),
            kind="finding",
        )
    return Paragraph(
        text=w.pick(
            "CẢNH BÁO: danh sách người được hỏi không khớp với kết quả rút thăm; đã có thay đổi "
            "ngoài hệ thống. Không nên dùng kết quả của nhóm này trước khi làm rõ.",
            "WARNING: the people asked are not those drawn; the sample was changed outside the "
            "service. Do not use the results of this group before that is cleared up.",
        ),
        kind="caution",
    )


def draw_words(sampling: SamplingReport, w: Wording) -> list[str]:
    """Say how people were drawn, and how often the draw was made."""
    listed, people = sum_of_frame(sampling)
    drawn = sum(one.drawn for one in sampling.strata)
    said = [
        w.pick(
            f"Hệ thống rút thăm {w.count(drawn)} người trong {w.count(people)} người của "
            f"{w.count(listed)} hồ sơ ({w.of(_DESIGNS[sampling.design])}); cơ quan được đánh giá "
            "không chọn người. Mỗi người chỉ được hỏi về một hồ sơ, cũng do rút thăm.",
            f"The service drew {w.count(drawn)} of {w.count(people)} people behind "
            f"{w.count(listed)} transactions ({w.of(_DESIGNS[sampling.design])}); the rated "
            "agencies choose nobody. Each person is asked about one transaction, also by lot.",
        )
    ]
    if sampling.draws > 1:
        said.append(
            w.pick(
                f"Đã rút thăm {sampling.draws} lần; {sampling.draws - 1} lần trước bị hủy, lý do "
                "ghi trong nhật ký.",
                f"The draw was made {sampling.draws} times; the first {sampling.draws - 1} were "
                "discarded, for reasons that stand in the journal.",
            )
        )
    else:
        said.append(w.pick("Chỉ rút thăm một lần.", "The draw was made once."))
    return said


def sum_of_frame(sampling: SamplingReport) -> tuple[int, int]:
    """Give the transactions and the people of the frame."""
    return (
        sum(one.transactions for one in sampling.strata),
        sum(one.people for one in sampling.strata),
    )


def coverage_words(sampling: SamplingReport, w: Wording) -> list[str]:
    """Say plainly how many transactions no letter can reach."""
    for field in ("unit", "service", "channel", "month"):
        rows = [one for one in sampling.coverage if one.field == field]
        every = sum(one.transactions for one in rows)
        if every:
            email = sum(one.email for one in rows)
            share = w.percent(f"{100 * email / every:.1f}")
            return [
                w.pick(
                    f"{share} hồ sơ có thư điện tử ({w.count(email)} trên {w.count(every)}). Người "
                    "của các hồ sơ còn lại không có cơ hội được hỏi qua thư điện tử; họ có thể "
                    "nghĩ khác (lớn tuổi hơn, nộp tại chỗ), và sai số đã nêu không gồm phần này.",
                    f"{share} of the transactions have an e-mail address ({w.count(email)} of "
                    f"{w.count(every)}). The people behind the others could not be asked by "
                    "e-mail; they may think otherwise (older, applied in person), and the errors "
                    "stated do not include that.",
                )
            ]
    return []


def _weight_words(sampling: SamplingReport, w: Wording) -> list[str]:
    of = sampling.weights
    if of is None:
        return []
    what = w.pick("người", "people")
    if sampling.target == "transactions":
        what = w.pick("hồ sơ", "transactions")
    return [
        w.pick(
            f"Mỗi người trả lời đại diện cho từ {w.figure(of.least)} đến {w.figure(of.greatest)} "
            f"{what}; vì chênh lệch đó, cần gấp {w.figure(of.design_effect)} lần số người so với "
            "khi ai cũng đại diện như nhau (Kish).",
            f"Each answer stands for {w.figure(of.least)} to {w.figure(of.greatest)} {what}; for "
            f"that, {w.figure(of.design_effect)} times as many people are needed as with equal "
            "weights (Kish).",
        )
    ]


def _facts(sampling: SamplingReport, w: Wording) -> Facts:
    return Facts(
        facts=tuple(
            Fact(term=term, said=said, code=True)
            for term, said in (
                (w.pick("Hạt giống rút thăm", "Seed of the draw"), sampling.seed),
                (w.pick("Cam kết khi mở đợt", "Commitment at the opening"), sampling.commitment),
                (w.pick("Dấu vân tay danh sách", "Fingerprint of the frame"), sampling.frame),
                (w.pick("Dấu vân tay mẫu", "Fingerprint of the sample"), sampling.sample),
            )
            if said
        )
    )
