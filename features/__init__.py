"""The facts: what can be said about an enterprise at a date."""
