"""Is a firm rather a case for equity than for debt?"""
