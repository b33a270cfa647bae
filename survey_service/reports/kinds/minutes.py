"""The minutes (biên bản) of publishing the results and handing the publication over."""

from survey_service.reports.blocks import (
    Paragraph,
    Report,
    Section,
    Table,
    columns,
    text_row,
)
from survey_service.reports.kinds.official import DOTS, official_head, signed_by_both
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.verification import verification
from survey_service.reports.wording import Wording


def minutes(wave: PublishedWave, w: Wording) -> Report:
    """Make the minutes of a hand-over: which files, which hashes, and how to check them."""
    title = w.of(wave.sheet.wave.title)
    return Report(
        kind="minutes",
        language=w.language,
        overline="",
        title=w.pick("BIÊN BẢN", "MINUTES"),
        lead="",
        running=title,
        head=official_head(
            w,
            sign="BB",
            kind=w.pick("BIÊN BẢN", "MINUTES"),
            subject=w.pick(
                f"Công bố và bàn giao kết quả “{title}”",
                f"Publication and hand-over of the results of “{title}”",
            ),
        ),
        foot=signed_by_both(w),
        sections=(
            _meeting(w),
            _files(wave, w),
            _checked(wave, w),
            verification(wave, w),
            _close(w),
        ),
    )


def _meeting(w: Wording) -> Section:
    return Section(
        code="meeting",
        title=w.pick("1. Thời gian, địa điểm, thành phần", "1. Time, place, present"),
        blocks=(
            Paragraph(
                text=w.pick(
                    "Thời gian bắt đầu: …… giờ ……, ngày …… tháng …… năm ……",
                    "Begun at: …… on ……",
                )
            ),
            Paragraph(text=w.pick(f"Địa điểm: {DOTS}", f"Place: {DOTS}")),
            Paragraph(text=w.pick(f"Bên giao: {DOTS}", f"Handed over by: {DOTS}")),
            Paragraph(text=w.pick(f"Bên nhận: {DOTS}", f"Taken over by: {DOTS}")),
            Paragraph(text=w.pick(f"Chứng kiến: {DOTS}", f"Witness: {DOTS}")),
        ),
    )


def _files(wave: PublishedWave, w: Wording) -> Section:
    intro = w.pick(
        f"Hai bên giao, nhận gói công bố gồm {len(wave.files) + 2} tệp: {len(wave.files)} tệp dưới "
        "đây, bản kê manifest.json và manifest.sha256.",
        f"Handed over: the publication of {len(wave.files) + 2} files: the {len(wave.files)} "
        "below, their list manifest.json, and manifest.sha256.",
    )
    table = Table(
        caption=w.pick("Các tệp và mã băm SHA-256", "Files and their SHA-256"),
        columns=columns(w.pick("Tệp", "File"), "SHA-256", figures=False),
        rows=tuple(text_row(name, digest) for name, digest in sorted(wave.files.items())),
    )
    return Section(
        code="files",
        title=w.pick("2. Gói công bố", "2. The publication"),
        blocks=(Paragraph(text=intro), table) if wave.files else (),
    )


def _checked(wave: PublishedWave, w: Wording) -> Section:
    ranked = sum(len(unit_class.ranking) for unit_class in wave.sheet.classes)
    items = (
        w.pick(
            "☐ Đã chạy lệnh kiểm chứng trước mặt hai bên; kết quả: ……",
            "☐ The check was run before both sides; result: ……",
        ),
        w.pick(
            f"☐ Bảng điểm có {len(wave.sheet.units)} đơn vị, trong đó {ranked} đơn vị được xếp "
            "hạng.",
            f"☐ The sheet has {len(wave.sheet.units)} units, {ranked} of them ranked.",
        ),
        w.pick(
            "☐ Dấu vân tay dưới đây đã được đọc lại và khớp với nhật ký của hệ thống.",
            "☐ The fingerprint below was read back and agrees with the journal.",
        ),
    )
    return Section(
        code="checked",
        title=w.pick("3. Những việc đã kiểm tra", "3. What was checked"),
        blocks=tuple(Paragraph(text=item) for item in items),
    )


def _close(w: Wording) -> Section:
    return Section(
        code="close",
        title=w.pick("Kết thúc", "Close"),
        blocks=(
            Paragraph(
                text=w.pick(
                    "Biên bản được lập thành …… bản có giá trị như nhau, đọc cho mọi người cùng "
                    "nghe và thống nhất ký tên. Kết thúc lúc …… giờ …… cùng ngày.",
                    "Made in …… copies of equal force, read out, agreed to and signed. Closed at "
                    "…… on the same day.",
                )
            ),
        ),
    )
