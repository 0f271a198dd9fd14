"""How the data types show themselves in a notebook: tables, and loads as bars.

Each module turns one type into HTML that needs nothing beside it. Whatever comes from a file or
a user is escaped. Nothing is imported for it but the standard library.
"""
