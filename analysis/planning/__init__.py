"""Before a wave: sample sizes, allocation, power, and how wide intervals will be."""
