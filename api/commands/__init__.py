"""Which commands does `lukeping` have? One module a subject; heavy imports happen within commands."""
