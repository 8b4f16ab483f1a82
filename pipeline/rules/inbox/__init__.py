"""What staff say by names and in case.yaml."""
