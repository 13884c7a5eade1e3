"""Product: what does 创新券 say?"""
