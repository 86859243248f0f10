"""Features that provider plug-ins of pygeoapi read: whole layers, under the same rights and parameters as tables.

fields.py     what a plug-in says of its fields, as the table that parsers and schemas know
handlers.py   what the routes answer
"""
