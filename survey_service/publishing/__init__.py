"""The public package of a wave's scores, and the proof that nothing in it was changed."""
