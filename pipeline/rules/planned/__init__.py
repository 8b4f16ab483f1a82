"""What a plan is made of: what all renditions share, and the pictures that two originals make."""
