"""What comes back: taken once, judged, and acted upon."""
