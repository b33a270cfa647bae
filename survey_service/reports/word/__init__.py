"""Reports as Word files, from a template that staff can edit."""
