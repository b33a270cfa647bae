"""What people see: pages, letters, styles and translations, as importable data."""
