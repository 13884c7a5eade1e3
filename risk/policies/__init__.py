"""What do the policy products ask of a firm, what do they pay, and who bears a loss under them?"""
