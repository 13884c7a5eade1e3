"""Product: what does 股权投资推荐 say?"""
