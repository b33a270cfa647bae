"""From a dataset to its findings; every figure passes the clearance before it leaves."""
