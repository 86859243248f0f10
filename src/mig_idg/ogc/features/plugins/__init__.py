"""Features that provider plug-ins of pygeoapi read: whole layers, under the same rights and parameters as tables.

sources.py    asks the plug-ins, each in a process of its own
fields.py     what a plug-in says of its fields, as the table that parsers and schemas know
handlers.py   what the routes answer
alone.py      the isolated process; selection.py and provider.py run only there
"""
