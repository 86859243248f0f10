"""The API definition (OpenAPI 3.0): what one caller may ask of the routes that are mounted, and nothing else.

Operations are written in the rows of their routes (guard/operation.py says what one is); here they are assembled.

parameters.py   `components.parameters`
schemas.py      `components.schemas`, self-contained
answers.py      `components.responses`: problem documents
document.py     the assembly for a caller
"""
