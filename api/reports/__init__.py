"""How does a document become a file that people read?"""
