"""OGC API Features: items, single items, what may be asked of them, and their edition.

routes.py        the routes, each with the action it asks of the charter
items.py        pages of features, counts, searches
item.py         one feature
transactions.py create, replace, update, delete
standard.py     what the standard of the layer holds against a feature that is written
history.py      who changed a feature, and when
schemas.py      queryables, sortables, schema
formats.py      which representation the client wants
"""
