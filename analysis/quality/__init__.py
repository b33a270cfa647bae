"""How good the data are: response rates, careless answering, consistency of the items."""
