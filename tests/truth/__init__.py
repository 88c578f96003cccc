"""What the numbers must be, worked out a second time without the product's own code."""
