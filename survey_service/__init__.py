"""The application: waves of letters in, a published score sheet out."""
