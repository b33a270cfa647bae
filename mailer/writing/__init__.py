"""Writing letters: addresses, headers, bodies, and one letter as bytes."""
