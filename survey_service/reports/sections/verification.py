"""What was not shown and why, and how anybody can check that the figures are the published ones."""

from questionnaires.text import Text
from survey_service.reports.blocks import (
    Block,
    Bullets,
    Column,
    Fact,
    Facts,
    Paragraph,
    Section,
    Table,
    text_row,
)
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

_TABLES = {
    "responding": Text(vi="Tỷ lệ trả lời", en="Response rates"),
    "item_nonresponse": Text(vi="Câu hỏi bị bỏ trống", en="Items left out"),
    "careless": Text(vi="Trả lời thiếu cẩn thận", en="Careless answering"),
    "scales": Text(vi="Tính nhất quán của câu hỏi", en="Consistency of the items"),
    "answers.distributions": Text(vi="Phân bố câu trả lời", en="Answers by option"),
    "answers.satisfaction": Text(vi="Chỉ số hài lòng", en="Satisfaction"),
    "answers.group_differences": Text(vi="Khác biệt giữa các nhóm", en="Differences of groups"),
    "answers.rank_tests": Text(vi="Kiểm định theo hạng", en="Rank tests"),
    "answers.drivers": Text(vi="Yếu tố đi cùng đánh giá chung", en="Drivers"),
    "answers.weak_points": Text(vi="Điểm còn yếu", en="Weak points"),
    "answers.comments": Text(vi="Ý kiến tự viết", en="Comments"),
    "services": Text(vi="Theo dịch vụ công", en="By public service"),
    "services.factors": Text(vi="Yếu tố của từng dịch vụ", en="Factors of a service"),
    "services.facts": Text(vi="Trải nghiệm theo dịch vụ", en="Experience by service"),
    "services.doors": Text(vi="Ý kiến đến bằng cửa khác", en="Opinions by other doors"),
    "trust.standing": Text(vi="Thứ hạng", en="Standing"),
    "trust.robustness": Text(vi="Độ nhạy của thứ hạng", en="Sensitivity of the ranks"),
    "trust.changes": Text(vi="Thay đổi so với đợt trước", en="Changes"),
}
_REASONS = {
    "threshold": Text(vi="ít người", en="few people"),
    "complementary": Text(vi="ẩn kèm để không suy ra được", en="hidden with another"),
    "differencing": Text(vi="để không so với lần công bố trước mà suy ra", en="differencing"),
}


def hidden(wave: PublishedWave, w: Wording) -> Section:
    """Say the rule of small cells, and how many figures it hid in each table."""
    threshold = wave.sheet.method.disclosure_threshold
    blocks: list[Block] = [
        Paragraph(
            text=w.pick(
                f"Số liệu dựa trên dưới {threshold} phiếu hợp lệ vẫn được tính vào điểm nhưng "
                "không hiển thị, và không thể suy ra từ các số bên cạnh.",
                f"Figures that rest on fewer than {threshold} valid ballots count in the points "
                "but are not shown, nor can they be worked out from their neighbours.",
            )
        )
    ]
    found = wave.findings.hidden if wave.findings else ()
    if found:
        blocks.append(
            Table(
                caption=w.pick("Số liệu không hiển thị", "Figures that are not shown"),
                columns=(
                    Column(name=w.pick("Bảng", "Table")),
                    Column(name=w.pick("Lý do", "Reason")),
                    Column(name=w.pick("Số ô", "Figures"), figure=True),
                ),
                rows=tuple(
                    text_row(
                        _table_name(one.table, w),
                        f"{w.of(_REASONS[one.reason])}: {w.of(one.rule)}",
                        w.count(one.figures),
                    )
                    for one in found
                ),
            )
        )
    return Section(
        code="hidden",
        title=w.pick("Số liệu không hiển thị", "What is not shown"),
        blocks=tuple(blocks),
    )


def _table_name(table: str, w: Wording) -> str:
    return w.of(_TABLES[table]) if table in _TABLES else table


def verification(wave: PublishedWave, w: Wording) -> Section:
    """Give the hashes, and the command that checks them."""
    facts = [
        Fact(term=w.pick("Dấu vân tay gói công bố", "Fingerprint of the publication"),
             said=wave.fingerprint, code=True),
        Fact(term=w.pick("Mã băm bộ dữ liệu", "Hash of the dataset"),
             said=wave.sheet.dataset, code=True),
        Fact(term=w.pick("Bộ chỉ số", "Framework"),
             said=f"{wave.sheet.framework.code} {wave.sheet.framework.sha256}", code=True),
        Fact(term=w.pick("Bộ phiếu", "Questionnaires"),
             said=f"{wave.sheet.questionnaires.code} {wave.sheet.questionnaires.sha256}",
             code=True),
        Fact(term=w.pick("Hạt giống rút số", "Seed of the draws"),
             said=str(wave.sheet.method.seed)),
    ]  # fmt: skip
    steps = (
        w.pick("Tải trọn gói công bố.", "Fetch the whole publication."),
        w.pick(
            "Chạy: survey-service verify THƯ-MỤC --expect DẤU-VÂN-TAY (dấu vân tay lấy từ nguồn "
            "khác, ví dụ biên bản có chữ ký).",
            "Run: survey-service verify FOLDER --expect FINGERPRINT (take the fingerprint from "
            "another source, such as signed minutes).",
        ),
        w.pick(
            "Người được giữ bộ dữ liệu có thể tính lại toàn bộ số liệu và được đúng từng byte.",
            "Whoever may hold the dataset can compute every figure anew, to the same bytes.",
        ),
    )
    return Section(
        code="verification",
        title=w.pick("Kiểm chứng", "How to check it"),
        blocks=(Facts(facts=tuple(facts)), Bullets(items=steps, numbered=True)),
    )
