"""Survey statistics over arrays: columns in, estimates out."""
