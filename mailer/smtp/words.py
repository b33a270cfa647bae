"""What a server said, as words that every database, log and terminal takes."""


def plain_words(said: str, most: int) -> str:
    """Give at most `most` printable characters on one line.

    Servers may say any octets: what is no UTF-8 (surrogates, as aiosmtplib reads it) becomes �,
    control characters become spaces.
    """
    whole = said[:most].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in whole)[:most]
