"""Weights of people who were drawn: what an answer stands for once it is known who answered."""
