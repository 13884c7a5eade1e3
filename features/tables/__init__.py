"""Tables that no list gives: worked out from other tables by pure functions, with a known_on of their own."""
