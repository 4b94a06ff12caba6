"""Evidence: the bytes that are signed, the log that orders them, and what makes either of them believable."""
