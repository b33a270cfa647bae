"""Reports that people read: pages, PDF and Word, from a publication alone."""
