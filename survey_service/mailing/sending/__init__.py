"""The outbox in the database: claims, pace, marks, doubts, history and forecast."""
