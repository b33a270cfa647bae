"""How answers became points, in words, from the rules that the sheet states."""

from questionnaires.text import Text
from survey_service.reports.blocks import Bullets, Section
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import Group


def method(wave: PublishedWave, w: Wording) -> Section:
    """Say how the points, their errors and the ranks were computed."""
    return Section(
        code="method",
        title=w.pick("Cách tính", "Method"),
        blocks=(Bullets(items=(*_points(wave, w), *uncertainty_words(wave, w))),),
    )


def _points(wave: PublishedWave, w: Wording) -> list[str]:
    rules = wave.sheet.method
    index = {
        "mean": w.pick(
            "Mỗi mức trả lời có một giá trị phần trăm; điểm của một nhóm là trung bình các giá trị "
            "đó.",
            "Every option has a value in percent; a group's score is the mean of these values.",
        ),
        "top_two": w.pick(
            "Điểm của một nhóm là tỷ lệ chọn hai mức cao nhất.",
            "A group's score is the share of the two best options.",
        ),
    }
    below = {
        "renormalise": w.pick(
            "trọng số của nhóm chia lại cho các nhóm còn lại và bảng có ghi chú",
            "its weight goes to the other groups, and the table says so",
        ),
        "block": w.pick("kết quả không được công bố", "nothing may be published"),
        "flag": w.pick(
            "nhóm vẫn tính đủ và tiêu chí được đánh dấu",
            "it counts in full and the criterion is marked",
        ),
    }
    stage = {
        "leaf": w.pick("ở từng tiêu chí", "at every criterion"),
        "total": w.pick("một lần ở tổng điểm", "once, at the total"),
    }
    said = [
        index.get(rules.index_method, rules.index_method),
        w.pick(
            "Điểm của tiêu chí là trung bình của các nhóm theo trọng số của bộ chỉ số, nhân với "
            "điểm tối đa. “Không biết” và “không áp dụng” không vào mẫu số; không suy đoán thay "
            "câu trả lời thiếu.",
            "A criterion's points are the mean over the groups by the framework's weights, times "
            "its maximum. Don't know and not applicable are left out of the base; nothing is "
            "imputed.",
        ),
        w.pick(
            f"Nhóm có dưới {rules.minimum_count} phiếu hợp lệ ở một tiêu chí: "
            f"{below.get(rules.below_minimum, rules.below_minimum)}.",
            f"A group of fewer than {rules.minimum_count} valid ballots on a criterion: "
            f"{below.get(rules.below_minimum, rules.below_minimum)}.",
        ),
        w.pick(
            f"Làm tròn số học {rules.places} chữ số thập phân "
            f"{stage.get(rules.stage, rules.stage)}; thứ hạng theo điểm đã công bố, bằng điểm thì "
            "đồng hạng.",
            f"Points are rounded half-up to {rules.places} places "
            f"{stage.get(rules.stage, rules.stage)}; ranks follow the published points, equal "
            "points share a rank.",
        ),
    ]
    if rules.half_rule:
        said.append(
            w.pick(
                "Người trả lời dưới một nửa số câu của một tiêu chí không tính cho tiêu chí đó.",
                "Whoever answered less than half of a criterion's items does not count on it.",
            )
        )
    return said


_WORDS = {
    "95 % logit-t, Satterthwaite": Text(
        vi="95% trên thang logit, phân phối t với bậc tự do Satterthwaite",
        en="95% on the logit scale, t with Satterthwaite's degrees of freedom",
    ),
    "95 % step-down differences, 10000 draws, PCG64": Text(
        vi="95% cho cả bảng, so từng cặp theo bước lùi, 10.000 lần mô phỏng (PCG64)",
        en="95% for the table as a whole, stepping down over all pairs, 10,000 draws (PCG64)",
    ),
}
"""What the sheet names for programs, in words."""


def _in_words(method: str, w: Wording) -> str:
    return w.of(_WORDS[method]) if method in _WORDS else method


def uncertainty_words(wave: PublishedWave, w: Wording) -> list[str]:
    """Say how sampling errors were computed, and for which lists there is none."""
    interval = _in_words(wave.sheet.method.interval, w)
    rank_sets = _in_words(wave.sheet.method.rank_sets, w)
    said = [
        w.pick(
            f"Sai số chọn mẫu: khoảng tin cậy {interval}; phương sai gồm cả tương quan giữa các "
            "tiêu chí của cùng một người.",
            f"Sampling error: intervals {interval}; the variance carries the covariance between "
            "the criteria of one person.",
        ),
        w.pick(
            f"Khoảng thứ hạng: {rank_sets} (Mogstad, Romano, Shaikh, Wilhelm 2024).",
            f"Sets of ranks: {rank_sets} (Mogstad, Romano, Shaikh, Wilhelm 2024).",
        ),
    ]
    return said + list_words(wave, w) + _service_words(wave, w)


def _service_words(wave: PublishedWave, w: Wording) -> list[str]:
    """Say how figures by service were computed, where there are any."""
    found = wave.findings.by_service() if wave.findings else None
    if found is None or not found.lines:
        return []
    said = [
        w.pick(
            "Theo dịch vụ: điểm yếu tố của một người là trung bình các câu người đó được hỏi và đã "
            "trả lời; chỉ số của dịch vụ là trung bình các yếu tố theo điểm tối đa của bộ chỉ số, "
            "có trọng số của mẫu. Sai số theo từng lớp rút thăm, có hiệu chỉnh tổng thể hữu hạn.",
            "By service: a person's factor score is the mean of the items asked and answered; a "
            "service's index the mean of its factors by the framework's points, with sampling "
            "weights. Errors come from the strata, with finite population correction.",
        )
    ]
    if found.sampling is not None and found.sampling.design == "two-stage":
        said.append(
            w.pick(
                "Mẫu hai bước: số liệu gộp nhiều đơn vị coi mỗi đơn vị là một cụm, như rút có hoàn "
                "lại, nên sai số hơi rộng hơn thực tế.",
                "Two stages: figures over several units take units as clusters drawn with "
                "replacement, so that their errors are a little too wide.",
            )
        )
    return said


def list_words(wave: PublishedWave, w: Wording) -> list[str]:
    """Say what each way of making a list means for the error that can be stated."""
    kinds: dict[str, list[Group]] = {}
    for group in wave.sheet.groups:
        kinds.setdefault(group.list_kind, []).append(group)
    named = {kind: w.names([w.of(group.name) for group in found]) for kind, found in kinds.items()}
    said: list[str] = []
    if "census" in named:
        said.append(
            w.pick(
                f"Mời tất cả: {named['census']}. Sai số chỉ do có người không trả lời, tính như "
                "thể họ vắng mặt ngẫu nhiên trong từng lớp.",
                f"Everybody invited: {named['census']}. The error comes from those who did not "
                "answer, taken to be missing at random within their stratum.",
            )
        )
    if "drawn" in named:
        said.append(
            w.pick(
                f"Chọn ngẫu nhiên: {named['drawn']}. Có sai số chọn mẫu và được nêu.",
                f"Drawn at random: {named['drawn']}. There is a sampling error, and it is stated.",
            )
        )
    if "nominated" in named:
        said.append(
            w.pick(
                f"Do đơn vị cử: {named['nominated']}. Không phải mẫu ngẫu nhiên, nên ở những điểm "
                "có nhóm này không nêu khoảng tin cậy; kết quả chỉ nói về người đã trả lời.",
                f"Nominated: {named['nominated']}. No random sample, so that no interval is stated "
                "where such a group counts; the figures speak of those who answered alone.",
            )
        )
    if "volunteers" in named:
        said.append(
            w.pick(
                f"Tự trả lời theo mã trên giấy hẹn: {named['volunteers']}. Không ai được chọn ngẫu "
                "nhiên, nên không có tỷ lệ trả lời và không nêu khoảng tin cậy.",
                f"By a code on their receipt: {named['volunteers']}. Nobody was drawn at random, "
                "so that there is no response rate and no interval is stated.",
            )
        )
    return said
