"""What people decide of findings, and what keeps it."""
