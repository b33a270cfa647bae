"""A wave's life: planned, checked, opened, watched, closed."""
