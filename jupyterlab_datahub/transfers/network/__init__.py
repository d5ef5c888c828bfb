"""What one host gets from us, and what its answers mean."""
