"""What every file of an export says about itself: it is restricted, as the dataset is."""

from typing import Final

from questionnaires.text import Text

RESTRICTED: Final = Text(
    vi="Dữ liệu hạn chế: từng phiếu trả lời, chỉ dùng trong nội bộ cho người được giao quyền; "
    "không đăng, không gửi tiếp, không tìm cách nhận ra người trả lời. Số liệu để công bố lấy từ "
    "gói công bố.",
    en="Restricted data: single ballots, for those entrusted with the dataset only; do not "
    "publish, pass on, or try to recognise respondents. Figures to publish are those of the "
    "publication.",
)
