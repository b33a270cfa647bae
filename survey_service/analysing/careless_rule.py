"""The rule on careless ballots, fixed before anybody sees points, in numbers and in words."""

from questionnaires.definition import Questionnaires
from questionnaires.text import Text
from survey_service.findings.quality import Flag

FEWEST_TICKS = 6
"""A ballot of fewer rating answers is too short to be judged by its pattern."""
FEWEST_FOR_COPIES = 10
"""Copies are looked for among ballots of at least so many rating answers."""
CHECKS: tuple[Flag, ...] = (
    "straight_lining",
    "no_variation",
    "even_odd",
    "duplicate",
    "outlier",
)
"""The checks that a dataset allows."""
ALONE: tuple[Flag, ...] = ("straight_lining", "duplicate")
"""Checks of which each flags a ballot by itself."""
TOGETHER: tuple[Flag, ...] = ("even_odd", "outlier")
"""Checks that an honest ballot fails now and then: only together they flag one."""

RULE = Text(
    vi="Quy tắc định trước khi xem điểm: một phiếu bị đánh dấu khi chọn cùng một mức ở ít nhất "
    "80 % số câu trả lời liên tiếp, hoặc trùng từng câu với phiếu của người khác mà khó do ngẫu "
    "nhiên, hoặc vừa không nhất quán giữa câu chẵn và câu lẻ vừa khác thường (D² Mahalanobis). "
    "Phiếu bị đánh dấu vẫn được tính điểm; thứ hạng khi không có các phiếu này được nêu riêng.",
    en="A rule fixed before the points were seen: a ballot is flagged where one option is ticked "
    "in at least 80 % of its answers in a row, or where it agrees answer by answer with another "
    "person's beyond chance, or where it is both inconsistent between even and odd items and "
    "unusual (Mahalanobis D²). Flagged ballots count in the points; the ranks without them are "
    "shown beside.",
)

_RULES: dict[Flag, Text] = {
    "straight_lining": Text(
        vi="chuỗi dài nhất của cùng một mức chiếm ít nhất 80 % số câu đánh giá đã trả lời "
        "(phiếu có từ 6 câu)",
        en="the longest run of one option is at least 80 % of the rating items answered (ballots "
        "of 6 or more)",
    ),
    "no_variation": Text(
        vi="mọi câu đánh giá chọn cùng một mức (độ lệch chuẩn bằng 0); đã nằm trong dấu hiệu trên",
        en="all rating items ticked alike (standard deviation 0); part of the sign above",
    ),
    "even_odd": Text(
        vi="tương quan giữa nửa chẵn và nửa lẻ của từng lĩnh vực dưới 0,3 (từ 3 lĩnh vực có hai "
        "câu trở lên); phiếu trung thực cũng hay rơi vào, nên không tự nó đánh dấu phiếu",
        en="the correlation of even and odd halves of the components is below 0.3 (3 components "
        "of two items or more); honest ballots often fail it, so it flags none by itself",
    ),
    "duplicate": Text(
        vi="trùng mọi câu với phiếu của người khác, trong khi xáo trộn ngẫu nhiên cho dưới 0,001 "
        "cặp trùng (phiếu có từ 10 câu; phiếu chọn toàn một mức không bao giờ bị tính)",
        en="equal in every answer to another person's, where chance order would give fewer than "
        "0.001 equal pairs (ballots of 10 items or more; one option throughout never counts)",
    ),
    "outlier": Text(
        vi="khoảng cách Mahalanobis D² trong đuôi 0,1 % của χ² (phiếu trả lời đủ); không tự nó "
        "đánh dấu phiếu",
        en="Mahalanobis distance D² in the 0.1 % tail of χ² (complete ballots); flags none by "
        "itself",
    ),
    "speeding": Text(
        vi="dưới 1 giây mỗi câu hoặc dưới 1/3 trung vị; bộ dữ liệu không giữ thời gian trả lời "
        "nên không xét được",
        en="under 1 second an item or under a third of the median; the dataset keeps no times, "
        "so it cannot be judged",
    ),
}
_NO_REVERSED = Text(
    vi="; phiếu hỏi không có câu đảo chiều, nên trả lời giống nhau cũng có thể là thật",
    en="; no item is worded the other way round, so equal answers may also be honest",
)


def check_rule(flag: Flag, questionnaires: Questionnaires) -> Text:
    """Give a check's rule in words, as these questionnaires bear it out."""
    rule = _RULES[flag]
    if flag != "straight_lining" or has_reversed_items(questionnaires):
        return rule
    return Text(vi=rule.vi + _NO_REVERSED.vi, en=rule.en + _NO_REVERSED.en)


def has_reversed_items(questionnaires: Questionnaires) -> bool:
    """Tell whether some rating item is worded the other way round.

    Scales are written best option first: two items that share their options in opposite orders
    are worded against each other.
    """
    orders = {
        tuple(option.code for option in questionnaires.options(item))
        for item in questionnaires.items
        if item.kind == "scale"
    }
    return any(order != order[::-1] and order[::-1] in orders for order in orders)
