"""Product: what does 鲁科保 say?"""
