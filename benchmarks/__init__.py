"""What the service costs, as ratios and peaks measured in one run: `make bench`."""
