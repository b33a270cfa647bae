"""The doctor: what keeps letters from arriving or from being believed, found before they go."""
