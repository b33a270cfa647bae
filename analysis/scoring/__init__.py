"""The score, exactly: from ballots to points with one covariance over all units."""
