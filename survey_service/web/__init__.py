"""What people see in a browser: the form, the published sheet, caught mail."""
