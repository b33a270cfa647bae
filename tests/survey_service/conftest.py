"""Makes the helper modules of this folder known to the folders below it."""
