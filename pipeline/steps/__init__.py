"""What is done, one verb a file. Steps meet only in the catalog."""
