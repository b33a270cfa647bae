"""`mail`: relays, letters, what came back, and the doctor."""

import click


@click.group()
def mail() -> None:
    """Thư: máy chủ gửi, thư mẫu, thư trả về, kiểm tra · Relays, letters, returns, the doctor."""
