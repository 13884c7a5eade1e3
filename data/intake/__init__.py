"""How do official files become evidence: one declaration per list, one way to read them."""
