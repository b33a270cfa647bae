"""The mail plan of a wave: its steps, when each is due, for whom, and in which words."""
