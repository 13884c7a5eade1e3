"""How do banks' machines prove who they are? Signed assertions, bound tokens, proofs of possession."""
