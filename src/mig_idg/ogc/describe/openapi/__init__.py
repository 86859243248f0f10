"""The API definition (OpenAPI 3.0): what one caller may ask of the routes that are mounted, and nothing else.

operation.py    one operation of one route, as data
operations.py   the table of them, trade by trade (of_*.py)
parameters.py   `components.parameters`
schemas.py      `components.schemas`, self-contained
answers.py      `components.responses`: problem documents
document.py     the assembly for a caller
"""
