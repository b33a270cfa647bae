"""What comes back: bounces, complaints and automatic replies, read and classified."""
