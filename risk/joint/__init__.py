"""How do bureau, bank and guarantor evaluate an application together, and support it to its end?"""
