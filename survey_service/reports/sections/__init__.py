"""The sections of reports: each turns one part of what was published into blocks."""
