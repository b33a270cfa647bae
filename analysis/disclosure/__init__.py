"""What must not be shown, so that no figure tells of too few people."""
