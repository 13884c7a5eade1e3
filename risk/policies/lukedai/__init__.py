"""Product: what does 鲁科贷 say?"""
