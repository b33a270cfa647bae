"""The frame: who may be asked and what is rated, from the tables that offices keep."""
