"""What the public pages show, as values and in other sites' formats."""
