"""Product: what does 科技研发贷 say?"""
