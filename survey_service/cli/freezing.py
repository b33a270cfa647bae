"""`wave freeze`, `publish` and `purge`: the cut-off, what the public gets, and the end."""

from pathlib import Path

import click

from survey_service.cli.options import (
    actor_option,
    comments_option,
    former_option,
    json_option,
    wave_argument,
)
from survey_service.cli.speaking import Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring


@click.command()
@wave_argument
@actor_option
@json_option
@speaks
@pass_wiring
def freeze(wiring: Wiring, code: str, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Chốt số liệu: hủy mối liên hệ người – phiếu · Freeze; cuts ballots off from people."""
    from survey_service.freezing.cut_off import freeze_wave  # noqa: PLC0415 - quicker help

    folder = wiring.settings.wave_folder(code) / "dataset"
    dataset = freeze_wave(
        wiring.database,
        wiring.clock,
        wiring.entropy,
        code=code,
        folder=folder,
        actor=actor,
        keys=wiring.keys,
    )
    if as_json:
        show_json({"dataset": dataset, "folder": str(folder)})
        return
    say(voice, f"Đã chốt số liệu đợt {code}: {folder}", f"Wave {code} is frozen: {folder}")
    say(voice, f"Mã băm của tập dữ liệu: {dataset}", f"Hash of the dataset: {dataset}")


@click.command()
@wave_argument
@former_option
@comments_option
@actor_option
@json_option
@speaks
@pass_wiring
def publish(
    wiring: Wiring,
    code: str,
    former: Path | None,
    comments: Path | None,
    actor: str,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Công bố bảng điểm của đợt đã chốt · Publish the score sheet of a frozen wave."""
    # numpy and scipy are slow to import and few other commands need them.
    from survey_service.publishing.wave import publish_wave  # noqa: PLC0415

    published = publish_wave(
        wiring.database,
        wiring.clock,
        code=code,
        wave_folder=wiring.settings.wave_folder(code),
        actor=actor,
        former=former,
        comments=comments,
    )
    if as_json:
        show_json(
            {
                "version": published.version,
                "fingerprint": published.fingerprint,
                "folder": str(published.folder),
                "letters": published.letters,
            }
        )
        return
    say(
        voice,
        f"Đã công bố đợt {code}, bản {published.version}: {published.folder}",
        f"Published wave {code}, version {published.version}: {published.folder}",
    )
    say(
        voice,
        f"Mã băm của gói công bố: {published.fingerprint}",
        f"Fingerprint of the publication: {published.fingerprint}",
    )
    if published.letters:
        say(
            voice,
            f"{published.letters} thư báo kết quả chờ gửi.",
            f"{published.letters} letters about the results are queued.",
        )


@click.command()
@wave_argument
@actor_option
@json_option
@speaks
@pass_wiring
def purge(wiring: Wiring, code: str, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Xóa danh sách và thư sau ngày đã báo; giữ số đếm · Delete a wave's lists and letters."""
    from survey_service.purging import purge_wave  # noqa: PLC0415 - quicker help

    purged = purge_wave(wiring.database, wiring.clock, code=code, actor=actor)
    if as_json:
        show_json({"people": purged.people, "letters": purged.letters})
        return
    if not purged.people:
        say(voice, f"Đợt {code} đã xóa từ trước.", f"Wave {code} was purged already.")
        return
    say(
        voice,
        f"Đã xóa {purged.people} người và {purged.letters} thư của đợt {code}; số đếm và gói công "
        "bố còn lại.",
        f"Deleted {purged.people} people and {purged.letters} letters of wave {code}; counts and "
        "the publication stay.",
    )
