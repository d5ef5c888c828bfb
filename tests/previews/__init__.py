"""What is known of files without having them."""
