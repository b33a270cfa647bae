"""What a wave will be able to measure, and what bars it from opening."""
