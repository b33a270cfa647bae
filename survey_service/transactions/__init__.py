"""Lists of transactions from one-stop software: mapped, kept once, and reported on."""
