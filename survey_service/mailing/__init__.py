"""Mail of the survey: what a letter says, the outbox in the database, and its delivery."""
