"""Which loans are filed, and who bears their losses?"""
