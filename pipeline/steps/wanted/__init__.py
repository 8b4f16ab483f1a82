"""What is wanted of a case: its answers, words, looks and plan."""
