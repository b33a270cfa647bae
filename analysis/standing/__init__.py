"""Where units stand: ranks, rank sets, tiers, classes, and how far they can be trusted."""
