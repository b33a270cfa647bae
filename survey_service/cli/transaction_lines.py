"""What the commands about transactions print."""

import click

from questionnaires.problems import Problem
from questionnaires.text import Text
from survey_service.cli.speaking import Voice, say, show_problems, word
from survey_service.transactions.coverage import SHARED_FROM, Coverage, FrameReport
from survey_service.transactions.feed import FeedFile
from survey_service.transactions.importing import TransactionsImported

_FIELDS = {
    "unit": Text(vi="Đơn vị", en="Unit"),
    "service": Text(vi="Dịch vụ", en="Service"),
    "channel": Text(vi="Hình thức nộp", en="Channel"),
    "month": Text(vi="Tháng trả kết quả", en="Month of return"),
}
_STATES = {
    "taken": Text(vi="đã nhận", en="taken"),
    "ready": Text(vi="đủ, chờ nhận", en="whole, to be taken"),
    "waiting": Text(vi="chưa đủ, còn chờ", en="not whole yet, waits"),
    "stuck": Text(
        vi="CHƯA ĐỦ ĐÃ LÂU: thiếu tệp .sha256 hoặc không khớp",
        en="NOT WHOLE FOR LONG: its .sha256 is missing or does not match",
    ),
    "refused": Text(vi="KHÔNG DÙNG ĐƯỢC", en="CANNOT BE USED"),
}


def say_imported(done: TransactionsImported, voice: Voice) -> None:
    """Say what became of a delivery."""
    if done.already:
        say(
            voice,
            "Tệp này đã nhập rồi; không thay đổi gì. Lần đó:",
            "This very file came in before; nothing was changed. It had:",
        )
    say(
        voice,
        f"{done.rows} dòng: thêm {done.added}, sửa {done.changed}, giữ nguyên {done.unchanged}, "
        f"cũ hơn {done.older}, lặp {done.repeated}, bị từ chối {done.refused}.",
        f"{done.rows} rows: added {done.added}, changed {done.changed}, unchanged "
        f"{done.unchanged}, older {done.older}, repeated {done.repeated}, refused {done.refused}.",
    )
    say(
        voice,
        f"Không có thư điện tử dùng được: {done.no_email}; cũng không có điện thoại: "
        f"{done.no_contact}.",
        f"Without a usable e-mail address: {done.no_email}; without a telephone too: "
        f"{done.no_contact}.",
    )
    if done.changed_after_draw:
        say(
            voice,
            f"{done.changed_after_draw} giao dịch đổi sau khi đã rút mẫu; người được mời giữ "
            "nguyên.",
            f"{done.changed_after_draw} changed after the draw; whoever was drawn is asked as "
            "before.",
        )


def show_report(found: FrameReport, voice: Voice) -> None:
    """Print the frame report as tables."""
    people = found.people
    say(
        voice,
        f"{found.transactions} giao dịch: {found.email} có thư điện tử, {found.telephone} chỉ có "
        f"điện thoại, {found.transactions - found.email - found.telephone} không có gì.",
        f"{found.transactions} transactions: {found.email} with an e-mail address, "
        f"{found.telephone} with a telephone only, "
        f"{found.transactions - found.email - found.telephone} with neither.",
    )
    say(
        voice,
        f"{people.persons} người: {people.with_one} có một giao dịch, {people.with_two} có hai, "
        f"{people.with_more} có từ ba (nhiều nhất {people.most}).",
        f"{people.persons} persons: {people.with_one} with one transaction, {people.with_two} "
        f"with two, {people.with_more} with three or more (at most {people.most}).",
    )
    if people.shared:
        say(
            voice,
            f"{people.shared} địa chỉ hoặc số điện thoại đứng sau hơn {SHARED_FROM} giao dịch mỗi "
            f"nơi ({people.shared_transactions} giao dịch): có lẽ của người làm hộ.",
            f"{people.shared} addresses or telephones stand behind more than {SHARED_FROM} "
            f"transactions each ({people.shared_transactions} in all): somebody else's, perhaps.",
        )
    for field, name in _FIELDS.items():
        rows = [row for row in found.coverage if row.field == field]
        if rows:
            click.echo()
            _show_table(word(name, voice), rows, voice)


def _show_table(name: str, rows: list[Coverage], voice: Voice) -> None:
    headings = (
        Text(vi="Giao dịch", en="Transactions"),
        Text(vi="Có thư điện tử", en="With e-mail"),
        Text(vi="%", en="%"),
        Text(vi="Chỉ điện thoại", en="Telephone only"),
    )
    table = [[name, *(word(heading, voice) for heading in headings)]]
    table += [
        [
            row.value,
            str(row.transactions),
            str(row.email),
            f"{100 * row.email / row.transactions:.1f}",
            str(row.telephone),
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *rest in table:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        click.echo("  ".join([first.ljust(widths[0]), *cells]))


def show_files(files: tuple[FeedFile, ...], voice: Voice) -> None:
    """Print what became of each file of the feeds, and its problems."""
    if not files:
        say(voice, "Không có tệp nào.", "There are no files.")
    problems: list[Problem] = []
    for file in files:
        click.echo(f"{file.source}/{file.name}: {word(_STATES[file.state], voice)}")
        problems += file.problems
        if file.imported is not None:
            problems += file.imported.problems
            say_imported(file.imported, voice)
    show_problems(problems, voice)
