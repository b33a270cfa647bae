"""The round of 2022, played whole: people, letters, answers, points."""
