"""Which premiums does the province subsidise?"""
