"""The frame of administrative documents: head, recipients and signatures.

Layout: Decree 30/2020/NĐ-CP on records work, annex I. Number, place, date, names and signatures
are left to the office that issues the document.
"""

from typing import Final

from survey_service.reports.blocks import OfficialFoot, OfficialHead, Signature, Table
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.ranking import ranking_table
from survey_service.reports.wording import Wording

DOTS: Final = "…………"
"""Where staff fill in."""


def official_head(
    w: Wording, *, sign: str, kind: str, subject: str, addressee: str = ""
) -> OfficialHead:
    """Make the head of a document; `sign` is the kind's short sign in its number (TTr, BB)."""
    return OfficialHead(
        parent=w.pick("TÊN CƠ QUAN CHỦ QUẢN", "NAME OF THE SUPERIOR BODY"),
        issuer=w.pick("TÊN CƠ QUAN BAN HÀNH", "NAME OF THE ISSUING BODY"),
        state=w.pick("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
        motto=w.pick("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
        number=w.pick(f"Số: ……/{sign}-……", f"No.: ……/{sign}-……"),
        place=w.pick("…………, ngày …… tháng …… năm ……", "…………, …… …… ……"),
        kind=kind,
        subject=subject,
        addressee=addressee,
    )


def signed_by_head(w: Wording) -> OfficialFoot:
    """End a document that the head of the issuing body signs."""
    return OfficialFoot(
        recipients_title=w.pick("Nơi nhận:", "Recipients:"),
        recipients=(
            w.pick("- Như trên;", "- As above;"),
            f"- {DOTS};",
            w.pick("- Lưu: VT, ……", "- Filed: records office, ……"),
        ),
        signatures=(
            Signature(
                post=w.pick("QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", "POST OF THE SIGNATORY"),
                hint=w.pick("(Chữ ký, dấu của cơ quan)", "(Signature, seal of the body)"),
                name=w.pick("Họ và tên", "Full name"),
            ),
        ),
    )


def signed_by_both(w: Wording) -> OfficialFoot:
    """End minutes that the side that hands over and the side that takes over sign."""
    hint = w.pick("(Ký, ghi rõ họ tên)", "(Signature and full name)")
    return OfficialFoot(
        recipients_title=w.pick("Nơi nhận:", "Recipients:"),
        recipients=(
            w.pick("- Hai bên giao, nhận;", "- Both sides;"),
            w.pick("- Lưu: VT, ……", "- Filed: records office, ……"),
        ),
        signatures=tuple(
            Signature(post=post, hint=hint, name="")
            for post in (
                w.pick("BÊN GIAO", "HANDED OVER BY"),
                w.pick("BÊN NHẬN", "TAKEN OVER BY"),
                w.pick("THƯ KÝ", "SECRETARY"),
            )
        ),
    )


def result_tables(wave: PublishedWave, w: Wording) -> tuple[Table, ...]:
    """Give the ranked list of every class that has units."""
    return tuple(
        ranking_table(wave, unit_class, w)
        for unit_class in wave.sheet.classes
        if unit_class.ranking or unit_class.unranked
    )
