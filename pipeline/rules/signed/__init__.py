"""What a consent record says, and what it leaves out."""
