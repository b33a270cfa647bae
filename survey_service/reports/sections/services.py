"""What can be said per public service, and what is still missing for it."""

from survey_service.reports.blocks import Block, Bullets, Paragraph, Section
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording


def services(wave: PublishedWave, w: Wording) -> Section:
    """Say that the sheet has no figures by service, and what they would need."""
    blocks: tuple[Block, ...] = (
        Paragraph(
            text=w.pick(
                "Đợt này không có số liệu theo từng dịch vụ công: bảng điểm chỉ tính theo đơn vị, "
                "và bộ dữ liệu đã chốt không ghi phiếu thuộc dịch vụ nào. Để có báo cáo theo dịch "
                "vụ cần:",
                "This wave has no figures by public service: the sheet is about units, and the "
                "frozen dataset does not tell which service a ballot is about. A report by "
                "service needs:",
            )
        ),
        Bullets(
            items=(
                w.pick(
                    "danh sách hồ sơ, giao dịch của kỳ điều tra, mỗi hồ sơ ghi dịch vụ và đơn vị "
                    "giải quyết;",
                    "the list of transactions of the period, each with its service and unit;",
                ),
                w.pick(
                    "mẫu chọn ngẫu nhiên theo lớp dịch vụ × đơn vị, có tổng số hồ sơ của từng lớp;",
                    "a random sample within strata of service × unit, with the count of each;",
                ),
                w.pick(
                    f"ít nhất {wave.sheet.method.disclosure_threshold} phiếu hợp lệ cho mỗi dịch "
                    "vụ được nêu.",
                    f"at least {wave.sheet.method.disclosure_threshold} valid ballots for every "
                    "service that is shown.",
                ),
            )
        ),
    )
    return Section(
        code="services", title=w.pick("Theo dịch vụ công", "By public service"), blocks=blocks
    )
