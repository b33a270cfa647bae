"""Finding out whether a letter in doubt had been accepted."""
