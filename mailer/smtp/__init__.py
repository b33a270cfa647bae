"""Speaking SMTP: one letter over one connection, and what its end means."""
