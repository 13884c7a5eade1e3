"""How large a line does R&D expense carry?"""
