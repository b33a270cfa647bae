"""What several relays report is one figure, and whose trouble it is stays in sight."""

from dataclasses import replace

from mailer.sending.progress import Progress, Tally
from survey_service.mailing.joint_progress import JointProgress, add_up

NOTHING = Tally().progress(in_hand=0, trouble="")


def test_figures_add_up_and_troubles_are_named_without_addresses() -> None:
    one = replace(NOTHING, sent=3, in_hand=2, trouble="454 4.7.1 <anh@hop-thu.example>: denied")
    two = replace(NOTHING, sent=4, put_back=1)
    together = add_up({"mot": one, "hai": two})
    assert together == replace(
        NOTHING, sent=7, in_hand=2, put_back=1, trouble="mot: 454 4.7.1 <…>: denied"
    )


def test_the_only_relay_s_trouble_needs_no_name() -> None:
    assert add_up({"relay": replace(NOTHING, trouble="refused")}).trouble == "refused"


def test_the_newest_report_of_each_relay_counts() -> None:
    shown: list[Progress] = []
    joint = JointProgress(shown.append)
    one, two = joint.of("mot"), joint.of("hai")
    one(replace(NOTHING, sent=1))
    two(replace(NOTHING, sent=5))
    one(replace(NOTHING, sent=2))
    assert [progress.sent for progress in shown] == [1, 6, 7]
