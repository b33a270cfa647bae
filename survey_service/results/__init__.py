"""From a frozen dataset to its score sheet: the same dataset, the same sheet."""
