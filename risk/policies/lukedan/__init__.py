"""Product: what does 鲁科担 say?"""
