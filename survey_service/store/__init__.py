"""The database: connections, tables by subject, migrations."""
