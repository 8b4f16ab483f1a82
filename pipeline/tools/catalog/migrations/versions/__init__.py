"""One file per released change of the tables, in their order."""
