"""Which model answers for a card now?"""
