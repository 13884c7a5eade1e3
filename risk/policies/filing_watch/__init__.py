"""Does a filing bring old trouble under cover?"""
