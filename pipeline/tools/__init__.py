"""What it is done with: one foreign library or format a file."""
