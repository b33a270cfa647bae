"""Letters through SMTP: nothing lost, nothing doubled, every doubt shown."""
