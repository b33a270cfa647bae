"""The invitation log, and letters in doubt, for staff."""
