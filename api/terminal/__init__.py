"""What does the command line show, and how does it end?"""
