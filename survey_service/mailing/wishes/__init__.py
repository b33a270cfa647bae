"""What people ask of our mail: no more of it, or their link once more."""
