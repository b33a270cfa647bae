"""The restricted dataset of a frozen wave: plain files in, typed values out, and back."""
