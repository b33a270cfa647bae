"""Records as they are pasted into a zone file or a provider's form."""

_STRING_OCTETS = 255
"""The longest character-string of a TXT record (RFC 1035 sec. 3.3.14)."""


def text_record(name: str, text: str) -> str:
    """Write a TXT record; a long text becomes several strings, which resolvers join again."""
    parts = [text[start : start + _STRING_OCTETS] for start in range(0, len(text), _STRING_OCTETS)]
    return f"{name}. IN TXT " + " ".join(f'"{part}"' for part in parts or [""])


def exchange_record(name: str, host: str) -> str:
    """Write an MX record."""
    return f"{name}. IN MX 10 {host}."


def tags_of(text: str) -> dict[str, str] | None:
    """Read a tag list such as `v=DKIM1; p=…` (RFC 6376 sec. 3.2); None where it is none.

    Tags are in lower case; white space around and within values is taken away.
    """
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        tag, sign, value = part.partition("=")
        name = tag.strip().lower()
        if not sign or not name.isidentifier() or name in tags:
            return None
        tags[name] = "".join(value.split())
    return tags
