"""Which guarantees does the province support?"""
