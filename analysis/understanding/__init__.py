"""What the answers say: distributions, satisfaction, drivers, differences of groups."""
