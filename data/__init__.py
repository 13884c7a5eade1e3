"""What is known about enterprises, and since when."""
