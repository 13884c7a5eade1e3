"""Product: what does 备案风险核查 say?"""
