"""What is decided: pure functions over frozen values, without I/O and without a clock."""
